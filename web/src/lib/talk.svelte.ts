/** One conversation with its thread: what the page shows and what can be done to it. */

import { get, patchIf, post, Problem, query, type Page } from './api.ts';
import { unsaved } from './drafts.ts';
import { session } from './session.svelte.ts';
import { later, say } from './toast.svelte.ts';
import * as tree from './tree.ts';
import { LiveThread } from './live-thread.svelte.ts';
import type { Conversation, ConversationPage, Draft, LiveEvent, LogEntry, Message, Named } from './types.ts';

const REFRESH_MS = 250;
/** The server lets go of "is answering" after 60 s. */
const ANSWERING_MS = 20_000;

/** What a PATCH sets, and how that looks until the server has answered. */
export interface Change {
  fields: Record<string, unknown>;
  show: Partial<Conversation>;
  text: string;
}

export class Talk {
  conversation = $state.raw<ConversationPage | null>(null);
  log = $state.raw<LogEntry[]>([]);
  answering = $state.raw<Named[]>([]);
  /** Came while one was looking, and was not seen yet. */
  fresh = $state.raw<string[]>([]);
  failure = $state.raw<unknown>(null);
  mergedInto = $state<string | null>(null);
  /** Shown as done while it can still be taken back. */
  pending = $state<'solved' | 'closed' | 'merged' | null>(null);

  #live = new LiveThread();
  messages = $derived(tree.merge(this.#live.thread?.messages ?? [], this.conversation?.messages ?? []));
  unanswered = $derived(tree.unanswered(this.conversation?.messages ?? [], this.conversation?.id ?? ''));

  #typing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #presence: ReturnType<typeof setInterval> | undefined;
  #own = false;

  /** Typed here and perhaps not on the server yet. Looked up before the server is asked:
   * what it then answers may be older. */
  readonly kept: Draft | null;

  constructor(readonly id: string) {
    this.kept = unsaved(id);
  }

  get thread() {
    return this.#live.thread;
  }

  get lastMessageId(): string | undefined {
    return this.conversation?.messages.at(-1)?.id;
  }

  async load(): Promise<void> {
    try {
      await this.#loadConversation();
      if (!this.conversation) return;
      await this.#live.load(this.conversation.thread.id);
      this.failure = null;
    } catch (problem) {
      this.failure = problem;
    }
  }

  async #loadConversation(): Promise<void> {
    const answer = await get<ConversationPage>(`/conversations/${this.id}`);
    // A merged conversation redirects to the one that lives on.
    if (answer.id !== this.id) {
      this.mergedInto = answer.id;
      return;
    }
    this.#announce(answer.messages);
    this.conversation = answer;
    this.answering = others(answer.answering);
  }

  async loadLog(): Promise<void> {
    this.log = (await get<Page<LogEntry>>(`/conversations/${this.id}/events${query({ limit: 200 })}`)).items;
  }

  /** Messages of others that were not there before. */
  #announce(messages: Message[]): void {
    if (!this.conversation || !this.thread) return;
    const known = new Set([...this.messages.map((one) => one.id), ...this.fresh]);
    const fresh = messages.filter((one) => !known.has(one.id) && one.author.account_id !== session.id);
    if (fresh.length > 0) this.fresh = [...this.fresh, ...fresh.map((one) => one.id)];
  }

  seen(id: string): void {
    if (this.fresh.includes(id)) this.fresh = this.fresh.filter((one) => one !== id);
  }

  onEvent(event: LiveEvent): void {
    const own = event.conversation_id === this.id;
    if (!own && event.thread_id !== this.conversation?.thread.id) return;
    if (event.message_id) this.#live.touch(event.message_id);
    this.#own ||= own;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  /** Read again what changed, and only that: a busy thread is long. */
  async refresh(): Promise<void> {
    const own = this.#own;
    this.#own = false;
    if (this.#live.stale) return this.load();
    try {
      if (own) await this.#loadConversation();
      const messages = await this.#live.changed();
      this.#announce(messages.filter((one) => one.thread_id === this.thread?.id));
      for (const message of messages) this.#live.place(message);
      this.failure = null;
    } catch (problem) {
      this.failure = problem;
    }
  }

  /** The notes that name me stood before my eyes. */
  async notesSeen(): Promise<void> {
    const names = (one: { names_me: boolean }) => one.names_me;
    if (!this.conversation?.notes.some(names)) return;
    this.#use({ notes: this.conversation.notes.map((one) => ({ ...one, names_me: false })) });
    try {
      await post(`/conversations/${this.id}/seen`);
    } catch {
      /* it stays in Today, and counts as seen the next time */
    }
  }

  /** Say that we are typing, hear who else is. */
  startPresence(): () => void {
    this.#presence = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#tellAnswering();
    }, ANSWERING_MS);
    return () => {
      clearInterval(this.#presence);
      clearTimeout(this.#timer);
      if (this.#typing) void this.setTyping(false);
    };
  }

  async setTyping(active: boolean): Promise<void> {
    if (active === this.#typing) return;
    this.#typing = active;
    await this.#tellAnswering();
  }

  async #tellAnswering(): Promise<void> {
    if (!session.may('draft') && !session.may('answer')) return;
    try {
      const path = `/conversations/${this.id}/answering`;
      const answer = await post<{ answering: Named[] }>(path, { active: this.#typing });
      this.answering = others(answer.answering);
    } catch {
      /* presence is a courtesy: a reply in the meantime is still caught when sending */
    }
  }

  #use(part: Partial<ConversationPage>): void {
    if (this.conversation) this.conversation = { ...this.conversation, ...part };
  }

  /**
   * Shown at once, sent, and taken back when the server refuses. `undo` are the fields
   * that bring the old state; without them there is no way back to offer.
   */
  async change(change: Change, undo?: Change): Promise<void> {
    const before = this.conversation;
    if (!before) return;
    this.#use(change.show);
    if (undo) say(change.text, () => void this.change(undo).catch((problem) => (this.failure = problem)));
    try {
      this.#use(await this.#patch(change.fields, before));
    } catch (problem) {
      this.#use(pick(before, change.show));
      throw problem;
    }
  }

  /** Somebody changed something else meanwhile: that is no reason to refuse. */
  async #patch(fields: Record<string, unknown>, before: Conversation): Promise<Conversation> {
    const path = `/conversations/${this.id}`;
    try {
      return await patchIf<Conversation>(path, before.version, fields);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 412) throw problem;
      const current = problem.body.current as Conversation;
      if (Object.keys(fields).some((field) => differs(field, before, current))) {
        this.#use(current);
        throw problem;
      }
      return patchIf<Conversation>(path, current.version, fields);
    }
  }

  async act(verb: string, body: unknown = {}): Promise<void> {
    await post(`/conversations/${this.id}/${verb}`, body);
    await this.refreshOwn();
  }

  async refreshOwn(): Promise<void> {
    this.#own = true;
    await this.refresh();
  }

  /** Solve, close or merge: shown as done, done when the time to undo is over. */
  finish(state: 'solved' | 'closed' | 'merged', text: string, run: () => Promise<void>): void {
    this.pending = state;
    later(
      text,
      () => {
        run().then(
          () => (this.pending = null),
          (problem) => {
            this.pending = null;
            this.failure = problem;
          },
        );
      },
      () => (this.pending = null),
    );
  }
}

const others = (people: Named[] | undefined) =>
  (people ?? []).filter((person) => person.id !== session.id);

function pick<T extends object>(from: T, like: Partial<T>): Partial<T> {
  const keys = Object.keys(like) as (keyof T)[];
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Partial<T>;
}

/** A field of a request and where its value stands in the answer. */
function differs(field: string, a: Conversation, b: Conversation): boolean {
  const of = (one: Conversation) => {
    if (field === 'assignee_id') return one.assignee?.id ?? null;
    if (field === 'department_id') return one.department?.id ?? null;
    if (field === 'snooze_until') return one.snooze_until_at;
    return JSON.stringify((one as unknown as Record<string, unknown>)[field] ?? null);
  };
  return of(a) !== of(b);
}
