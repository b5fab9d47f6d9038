/** One conversation with its thread: what the page shows and what can be done to it. */

import { create, get, newKey, patch, post, Problem, query, type Page } from './api.ts';
import { unsaved } from './drafts.ts';
import { session } from './session.svelte.ts';
import type { ConversationPage, Draft, LiveEvent, LogEntry, Message, Named, Thread } from './types.ts';

const REFRESH_MS = 250;
/** The server lets go of "is answering" after 60 s. */
const ANSWERING_MS = 20_000;

export class Talk {
  conversation = $state<ConversationPage | null>(null);
  thread = $state<Thread | null>(null);
  log = $state<LogEntry[]>([]);
  answering = $state<Named[]>([]);
  failure = $state<unknown>(null);
  mergedInto = $state<string | null>(null);

  /** Own words of this thread's public talk, in the order of the tree. */
  messages = $derived(merge(this.thread?.messages ?? [], this.conversation?.messages ?? []));

  #typing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #presence: ReturnType<typeof setInterval> | undefined;

  /** Typed here and perhaps not on the server yet. Looked up before the server is asked:
   * what it then answers may be older. */
  readonly kept: Draft | null;

  constructor(readonly id: string) {
    this.kept = unsaved(id);
  }

  get lastMessageId(): string | undefined {
    return this.conversation?.messages.at(-1)?.id;
  }

  async load(): Promise<void> {
    try {
      const answer = await get<ConversationPage>(`/conversations/${this.id}`);
      // A merged conversation redirects to the one that lives on.
      if (answer.id !== this.id) {
        this.mergedInto = answer.id;
        return;
      }
      this.conversation = answer;
      this.answering = others(answer.answering);
      this.thread = await get<Thread>(`/threads/${answer.thread.id}`);
      this.failure = null;
    } catch (problem) {
      this.failure = problem;
    }
  }

  async loadLog(): Promise<void> {
    this.log = (await get<Page<LogEntry>>(`/conversations/${this.id}/events${query({ limit: 200 })}`)).items;
  }

  onEvent(event: LiveEvent): void {
    const ours =
      event.conversation_id === this.id || event.thread_id === this.conversation?.thread.id;
    if (!ours) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), REFRESH_MS);
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

  async change(fields: Record<string, unknown>): Promise<void> {
    await patch(`/conversations/${this.id}`, fields);
    await this.load();
  }

  async act(verb: string, body: unknown = {}): Promise<void> {
    await post(`/conversations/${this.id}/${verb}`, body);
    await this.load();
  }
}

/** One try to send a reply: sent again after a lost answer, it stays one reply. */
export class Sending {
  #key = newKey();

  async send(id: string, body: Record<string, unknown>): Promise<void> {
    try {
      await create(`/conversations/${id}/replies`, body, this.#key);
      this.#key = newKey();
    } catch (problem) {
      // Refused is refused: the next try is another one. Without an answer it is the same.
      if (problem instanceof Problem && problem.status !== 0) this.#key = newKey();
      throw problem;
    }
  }
}

const others = (people: Named[] | undefined) =>
  (people ?? []).filter((person) => person.id !== session.id);

/** The thread's tree, and after it what only this conversation has (private messages). */
function merge(tree: Message[], own: Message[]): Message[] {
  const inTree = new Set(tree.map((message) => message.id));
  return [...tree, ...own.filter((message) => !inTree.has(message.id))];
}
