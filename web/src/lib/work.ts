/** What can be set at a conversation, each with its words and its way back. */

import { post } from './api.ts';
import { soon, t, word } from './language.svelte.ts';
import { session } from './session.svelte.ts';
import type { Change, Talk } from './talk.svelte.ts';
import { say } from './toast.svelte.ts';
import type { Conversation, Named } from './types.ts';

const me = (): Named => ({ id: session.id, name: session.me?.account.name ?? '' });

const assignee = (one: Named | null): Change => ({
  fields: { assignee_id: one?.id ?? null },
  show: { assignee: one },
  text: one === null ? t('work.was_freed') : one.id === session.id ? t('talk.was_taken') : t('work.was_assigned', { name: one.name }),
});
const department = (one: Named | null): Change => ({
  fields: { department_id: one?.id ?? null },
  show: { department: one },
  text: one ? t('work.was_moved', { name: one.name }) : t('work.was_changed'),
});
const snooze = (until: string | null): Change => ({
  fields: { snooze_until: until },
  show: { snooze_until_at: until },
  text: until ? t('work.was_snoozed', { time: soon(until) }) : t('work.was_woken'),
});
const field = (name: 'intent' | 'topic' | 'priority' | 'tags', value: unknown): Change => ({
  fields: { [name]: value === '' ? null : value },
  show: { [name]: value } as Partial<Conversation>,
  text: t('work.was_changed'),
});
const state = (value: 'open' | 'waiting', waitingFor: string): Change => ({
  fields: { state: value, ...(value === 'waiting' ? { waiting_for: waitingFor } : {}) },
  show: { state: value, waiting_for: value === 'waiting' ? waitingFor : '' },
  text: t('work.was_set', { state: value === 'open' ? word('state', 'open') : word('waiting', waitingFor) }),
});

export function take(talk: Talk): Promise<void> {
  return assign(talk, me());
}
export function assign(talk: Talk, one: Named | null): Promise<void> {
  return talk.change(assignee(one), assignee(talk.conversation!.assignee));
}
export function move(talk: Talk, one: Named | null): Promise<void> {
  return talk.change(department(one), department(talk.conversation!.department));
}
export function putOff(talk: Talk, until: string | null): Promise<void> {
  return talk.change(snooze(until), snooze(talk.conversation!.snooze_until_at));
}
export function set(talk: Talk, name: 'intent' | 'topic' | 'priority' | 'tags', value: unknown): Promise<void> {
  return talk.change(field(name, value), field(name, talk.conversation![name]));
}
export function setState(talk: Talk, value: string): Promise<void> {
  const { state: before, waiting_for: waitedFor } = talk.conversation!;
  const [now, waitingFor] = value.split(':');
  const back = before === 'waiting' ? state('waiting', waitedFor || 'customer') : state('open', '');
  return talk.change(state(now as 'open' | 'waiting', waitingFor ?? ''), back);
}

export function solve(talk: Talk, checkBack: boolean): void {
  talk.finish('solved', t('talk.was_solved'), () => talk.act('solve', { check_back: checkBack }));
}
export function close(talk: Talk, reason: string, note: string): void {
  talk.finish('closed', t('talk.was_closed'), () => talk.act('close', { reason, note }));
}
/** `from` becomes part of this one. */
export function mergeInto(talk: Talk, from: Conversation): void {
  talk.finish('merged', t('merge.was_merged', { name: from.person.name }), async () => {
    await post(`/conversations/${from.id}/merge`, { into: talk.id });
    await talk.load();
  });
}
/** What the program suggests here is not so. */
export const dismissSuggestion = (talk: Talk) => talk.change({ show: { suggestion: '' }, fields: { suggestion: 'none' }, text: '' });

/** This one becomes part of an older one, whose clock counts; the page follows it. */
export function joinTo(talk: Talk, into: Conversation): void {
  talk.finish('merged', t('merge.was_merged', { name: into.person.name }), async () => {
    await post(`/conversations/${talk.id}/merge`, { into: into.id });
    await talk.load();
  });
}
export async function reopen(talk: Talk): Promise<void> {
  await talk.act('reopen');
  say(t('talk.was_reopened'));
}
