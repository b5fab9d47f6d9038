/**
 * A reply or note while it is written: draft, files, sending, taking back. Only a person
 * sends; what has no answer yet is sent again as the same bytes with the same key, so
 * that one reply leaves, however often the network broke.
 */

import { create, newKey, post, Problem } from './api.ts';
import * as drafts from './drafts.ts';
import { t, time } from './language.svelte.ts';
import { remember, remembered } from './memory.ts';
import { session } from './session.svelte.ts';
import type { Talk } from './talk.svelte.ts';
import { say, undoTime } from './toast.svelte.ts';
import type { Draft, Message, Outbox, Visibility } from './types.ts';
import { Uploads } from './uploads.svelte.ts';

interface Sent {
  message: Message;
  outbox: Outbox;
}

export class Reply {
  body = $state('');
  note = $state('');
  /** The warning that was typed; null: the one of what is answered. */
  warning = $state<string | null>(null);
  visibility = $state<Visibility>('public');
  parentId = $state<string | null>(null);
  mode = $state<'reply' | 'note'>('reply');
  /** Whether the server has all of it; null: on its way. */
  saved = $state<boolean | null>(null);
  busy = $state(false);
  failure = $state.raw<unknown>(null);
  /** What a colleague sent while this was written. */
  conflict = $state.raw<Message[] | null>(null);
  readonly uploads: Uploads;

  readonly mentioned = new Map<string, string>();
  #basis: string | undefined;

  constructor(readonly talk: Talk) {
    const conversation = talk.conversation!;
    const draft = talk.kept ?? conversation.draft;
    this.uploads = new Uploads(draft?.attachments ?? [], { account: session.id, conversation: talk.id }, () => this.touch(), () => talk.conversation!.reply_rules.file_rule);
    this.body = draft?.body ?? '';
    this.note = draft?.note ?? '';
    this.parentId = draft?.parent_id ?? null;
    this.warning = remembered(`warning.${talk.id}`);
    this.visibility = (draft?.body && draft.visibility) || conversation.thread.visibility;
    this.mode = session.may('draft') || session.may('answer') ? 'reply' : 'note';
    if (this.mode === 'reply' && this.note !== '' && this.body === '') this.mode = 'note';
    // Saved meanwhile by somebody else on this page: then nothing is left here.
    this.saved = draft && !drafts.unsaved(talk.id) ? true : null;
    this.#basis = talk.lastMessageId;
    if (talk.kept) void drafts.save(talk.id);
  }

  get id(): string {
    return this.talk.id;
  }

  get empty(): boolean {
    return this.body.trim() === '' && this.uploads.done.length === 0;
  }

  #draft(): Draft {
    return {
      body: this.body,
      visibility: this.visibility,
      note: this.note,
      parent_id: this.parentId,
      attachments: this.uploads.done,
    };
  }

  /** What the reply is about, said before it: as typed, else as it stands at what is answered. */
  get warned(): string {
    if (!this.talk.conversation!.reply_rules.warning) return '';
    const mine = (one: Message) => one.conversation_id === this.id && one.direction === 'in';
    const parent = this.talk.messages.find((one) => one.id === this.parentId) ?? this.talk.messages.filter(mine).at(-1);
    return (this.warning ?? parent?.warning ?? '').trim();
  }

  /** As it counts at the network. */
  get whole(): string {
    return this.warned ? `CW: ${this.warned}\n\n${this.body}` : this.body;
  }

  warn(text: string | null): void {
    this.warning = text;
    remember(`warning.${this.id}`, text);
  }

  /** Something was typed or chosen. */
  touch(): void {
    if (this.body.length <= 1 && !drafts.tried(this.id)) this.#basis = this.talk.lastMessageId;
    this.saved = null;
    drafts.keep(this.id, this.#draft());
    void this.talk.setTyping(this.body.trim() !== '');
  }

  discard(): void {
    const before = this.#draft();
    const waiting = this.mode === 'note' ? [] : this.uploads.waiting;
    if (this.mode === 'note') this.note = '';
    else this.#clear();
    this.touch();
    say(t('draft.discarded'), () => {
      this.body = before.body;
      this.note = before.note;
      this.parentId = before.parent_id;
      this.uploads.use(before.attachments);
      this.uploads.add(waiting);
      this.touch();
    });
  }

  #clear(): void {
    this.body = '';
    this.warn(null);
    this.parentId = null;
    this.uploads.use([]);
  }

  #request(): Record<string, unknown> {
    const files = this.uploads.done.map((file) => file.id);
    return {
      body: this.body,
      visibility: this.visibility,
      // None at all is said, too: else the reply would keep that of what it answers.
      ...(this.talk.conversation!.reply_rules.warning ? { warning: this.warned } : {}),
      ...(this.parentId ? { parent_id: this.parentId } : {}),
      ...(files.length > 0 ? { attachment_ids: files } : {}),
      ...(this.#basis ? { expected_last_message_id: this.#basis } : {}),
      ...(undoTime() > 0 ? { undo_ms: undoTime() } : {}),
    };
  }

  /** The same words as at the try that was never answered: then it is the same try. */
  #try(): drafts.Try {
    const request = this.#request();
    const before = drafts.tried(this.id);
    const words = (one: Record<string, unknown>) =>
      JSON.stringify([one.body, one.visibility, one.parent_id, one.attachment_ids, one.warning]);
    if (before && words(before.request) === words(request)) return before;
    const fresh = { key: newKey(), request };
    drafts.rememberTry(this.id, fresh);
    return fresh;
  }

  async send(): Promise<void> {
    if (this.empty || this.busy || this.uploads.busy || this.uploads.failed) return;
    this.busy = true;
    this.failure = null;
    if (!(await this.uploads.described())) {
      this.busy = false;
      return;
    }
    const one = this.#try();
    try {
      const sent = await create<Sent>(`/conversations/${this.id}/replies`, one.request, one.key);
      drafts.rememberTry(this.id, null);
      this.#afterSending(sent, one);
    } catch (problem) {
      if (isAnswer(problem)) drafts.rememberTry(this.id, null);
      this.conflict = sentMeanwhile(problem);
      if (!this.conflict) this.failure = problem;
    } finally {
      this.busy = false;
    }
    await this.talk.refreshOwn();
    if (!this.conflict && !this.failure) this.#basis = this.talk.lastMessageId;
  }

  #afterSending({ outbox }: Sent, one: drafts.Try): void {
    const sent = String(one.request.body);
    const before = { ...this.#draft(), body: sent };
    const warning = this.warning;
    const more = this.body === sent ? '' : this.body.startsWith(sent) ? this.body.slice(sent.length).trimStart() : this.body;
    this.#clear();
    this.body = more; // typed on while it was being sent
    this.conflict = null;
    this.saved = null;
    drafts.sentNow(this.id, this.#draft());
    void this.talk.setTyping(false);
    if (outbox.state === 'held') say(t('composer.held'));
    else if (undoTime() === 0 || outbox.state !== 'queued') say(t('composer.sent'));
    else {
      const seconds = undoTime() / 1000;
      say(t('composer.leaves', { n: seconds }), () => void this.#takeBack(outbox, before, warning), undoTime());
    }
  }

  async #takeBack(outbox: Outbox, before: Draft, warning: string | null): Promise<void> {
    try {
      await post(`/outbox/${outbox.id}/cancel`);
    } catch (problem) {
      if (problem instanceof Problem && problem.code === 'outbox_state') say(t('undo.too_late'));
      else this.failure = problem;
      return;
    }
    // Whatever was typed meanwhile stays, below.
    this.body = this.body === '' ? before.body : `${before.body}\n\n${this.body}`;
    this.visibility = before.visibility;
    this.parentId = before.parent_id;
    this.warn(this.warning ?? warning);
    this.mode = 'reply';
    this.touch();
    say(t('composer.taken_back'));
    await this.talk.refreshOwn();
    this.#basis = this.talk.lastMessageId;
  }

  sendAnyway(): void {
    this.conflict = null;
    this.#basis = this.talk.lastMessageId;
    void this.send();
  }

  keepAsDraft(): void {
    this.conflict = null;
  }

  async addNote(): Promise<void> {
    if (this.note.trim() === '' || this.busy) return;
    this.busy = true;
    this.failure = null;
    const body = this.note;
    const place = `note.${this.id}`;
    const ids = [...this.mentioned].filter(([, name]) => body.includes(`@${name}`)).map(([id]) => id);
    const before = drafts.tried(place);
    const one = before?.request.body === body ? before : { key: newKey(), request: { body, mention_ids: ids } };
    drafts.rememberTry(place, one);
    try {
      await create(`/conversations/${this.id}/notes`, one.request, one.key);
      drafts.rememberTry(place, null);
      this.note = this.note.startsWith(body) ? this.note.slice(body.length).trimStart() : this.note;
      this.mentioned.clear();
      this.touch();
      say(t('composer.noted', { time: time(Date.now()) }));
      await this.talk.refreshOwn();
    } catch (problem) {
      if (isAnswer(problem)) drafts.rememberTry(place, null);
      this.failure = problem;
    } finally {
      this.busy = false;
    }
  }
}

/** Refused is an answer; silence or a broken server is none: it may have arrived. */
const isAnswer = (problem: unknown) => problem instanceof Problem && problem.status !== 0 && problem.status < 500;

/** What was sent since we last looked, when that is why we were refused. */
function sentMeanwhile(problem: unknown): Message[] | null {
  if (!(problem instanceof Problem) || problem.status !== 409 || !problem.body.current) return null;
  return [problem.body.current as Message];
}
