/**
 * Nothing typed is lost. Each key press goes to this browser's memory at once and to the
 * server a moment later; the browser forgets it when the server has it. What was sent
 * and not answered keeps its key here, so that sending it again makes no second reply.
 */

import { put } from './api.ts';
import { remember, remembered, rememberedNames } from './memory.ts';
import type { Draft } from './types.ts';

const DELAY_MS = 800;
/** After a failure it is tried again, ever more rarely. */
const RETRY_MS = 3000;
const MAX_RETRY_MS = 60_000;
const failures = new Map<string, number>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Map<string, (saved: boolean) => void>();

/** Two people may use one browser: each has drafts of his or her own. */
let account = '';

export function useAccount(id: string): void {
  account = id;
}

const name = (kind: 'draft' | 'sending', id: string) => `${kind}.${account}.${id}`;

export const nothing = (): Draft => ({ body: '', visibility: 'public', note: '', parent_id: null, attachments: [] });

export const isEmpty = (draft: Draft): boolean =>
  draft.body === '' && draft.note === '' && draft.attachments.length === 0;

/** What this browser holds that the server may not have yet. */
export function unsaved(id: string): Draft | null {
  const text = remembered(name('draft', id));
  if (text === null) return null;
  try {
    return { ...nothing(), ...(JSON.parse(text) as Partial<Draft>) };
  } catch {
    return null;
  }
}

/** Hear whether the server has all of a draft, whoever saved it; returns how to stop. */
export function whenSaved(id: string, listener: (saved: boolean) => void): () => void {
  listeners.set(id, listener);
  return () => {
    if (listeners.get(id) === listener) listeners.delete(id);
  };
}

/** Keep a draft here, and on the server in a moment. */
export function keep(id: string, draft: Draft): void {
  remember(name('draft', id), JSON.stringify(draft));
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => void save(id), DELAY_MS),
  );
}

/** Send what is kept, now. */
export async function save(id: string): Promise<void> {
  const place = name('draft', id);
  const sent = remembered(place);
  const draft = unsaved(id);
  clearTimeout(timers.get(id));
  if (sent === null || draft === null || account === '') return;
  try {
    const { attachments, ...words } = draft;
    await put(`/conversations/${id}/draft`, { ...words, attachment_ids: attachments.map((file) => file.id) });
  } catch {
    listeners.get(id)?.(false);
    again(id);
    return;
  }
  failures.delete(id);
  // Typed on meanwhile: the next save brings the rest.
  if (remembered(place) !== sent) return;
  remember(place, null);
  listeners.get(id)?.(true);
}

function again(id: string): void {
  const count = failures.get(id) ?? 0;
  failures.set(id, count + 1);
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => void save(id), Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** count)),
  );
}

/** After the network came back. */
export function saveAll(): void {
  const start = `draft.${account}.`;
  if (account === '') return;
  for (const kept of rememberedNames(start)) void save(kept.slice(start.length));
}

/** The server dropped the reply of the draft when it took it; the note is saved anew. */
export function sentNow(id: string, rest: Draft): void {
  clearTimeout(timers.get(id));
  remember(name('draft', id), null);
  if (!isEmpty(rest)) keep(id, rest);
}

/** One try to send, as it left: the same bytes and key until there is an answer. */
export interface Try {
  key: string;
  request: Record<string, unknown>;
}

export function tried(id: string): Try | null {
  try {
    return JSON.parse(remembered(name('sending', id)) ?? 'null') as Try | null;
  } catch {
    return null;
  }
}

export function rememberTry(id: string, one: Try | null): void {
  remember(name('sending', id), one && JSON.stringify(one));
}
