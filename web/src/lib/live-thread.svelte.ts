/** A thread as the server has it, brought up to date message by message: a busy one is long. */

import { get, query, type Page } from './api.ts';
import * as tree from './tree.ts';
import type { Conversation, Message, Thread } from './types.ts';

/** More changed messages than this at once, and the whole thread is read again. */
const SINGLE_MESSAGES = 10;
/** So many conversations the server brings up to date in one answer. */
const MOST_TALKS = 50;

export class LiveThread {
  thread = $state.raw<Thread | null>(null);
  #changed = new Set<string>();

  /** This message is new or another than it was. */
  touch(id: string): void {
    this.#changed.add(id);
  }

  async load(id: string): Promise<void> {
    this.#changed.clear();
    this.thread = await get<Thread>(`/threads/${id}`);
  }

  /** Too much for single messages: somebody has to load it. */
  get stale(): boolean {
    return !this.thread || this.#changed.size > SINGLE_MESSAGES;
  }

  /** Read what changed; the answer still has to be placed. */
  async changed(): Promise<Message[]> {
    const ids = [...this.#changed];
    this.#changed.clear();
    return Promise.all(ids.map((id) => get<Message>(`/messages/${id}`)));
  }

  place(message: Message): void {
    const thread = this.thread;
    if (!thread || message.thread_id !== thread.id || message.visibility !== thread.visibility) return;
    const messages = tree.place(thread.messages, message);
    const added = messages.length - thread.messages.length;
    this.thread = { ...thread, messages, counts: { ...thread.counts, messages: thread.counts.messages + added } };
  }

  /** The concerns of these people in it, as they are now. */
  async loadTalks(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const page = await get<Page<Conversation>>(`/conversations${query({ ids: ids.slice(0, MOST_TALKS).join(',') })}`);
    if (!this.thread) return;
    const talks = new Map(this.thread.conversations.map((one) => [one.id, one]));
    for (const one of page.items) {
      if (one.merged_into) talks.delete(one.id);
      else talks.set(one.id, one);
    }
    this.thread = { ...this.thread, conversations: [...talks.values()] };
  }
}
