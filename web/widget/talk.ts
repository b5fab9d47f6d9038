/**
 * The talk as the browser knows it, kept like the server's.
 *
 * The server's stream only says that something changed; what changed is fetched. So a
 * lost connection, a sleeping phone or a restart of the server leaves no gap: whoever
 * comes back fetches. What was written waits in the store until the server has it on
 * disk; each message has an id from here, so a repeat makes no second one.
 */
import { call, download, listen, Refusal } from './call.ts';
import type { Message, Page, Talk as Answer } from './protocol.ts';
import { random, type Pending, type Store } from './store.ts';

const PAGE = 50;
/** While a person is answering: what is said about it must not outlive it. */
const ANSWERING_LOOK_MS = 20_000;
const WAITS_MS = [1000, 2000, 5000, 10_000, 20_000, 30_000];

export interface Outgoing extends Pending {
  state: 'sending' | 'waiting' | 'failed';
  /** The browser could not keep it: it goes with the page. */
  onlyHere: boolean;
}

export class Talk {
  messages: Message[] = []; // oldest first
  answering = false;
  solvedAt: string | null = null;
  seenId: string | null = null;
  /** Where answers go by mail, too, and whether any can. */
  mail: string | null = null;
  canMail = false;
  hasOlder = false;
  reachable = true;
  loaded = false;
  onchange: (fresh: Message[]) => void = () => {};

  #who: () => Record<string, string>;
  #store: Store;
  #page: () => Promise<Page>;
  #name: string;
  #sending = '';
  #ids = new Map<string, Message>();
  #olderCursor: string | null = null;
  #stream: AbortController | null = null;
  #failures = 0;
  #timer = 0;
  #look = 0;
  #fetching: Promise<void> | null = null;
  #again = false;
  #flushing = false;
  #ended = false;

  constructor(store: Store, who: () => Record<string, string>, page: () => Promise<Page>, name: string) {
    this.#store = store;
    this.#who = who;
    this.#page = page;
    this.#name = name;
    store.onchange(() => this.#changed([]));
    addEventListener('online', () => this.#wake());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#wake();
    });
  }

  /** Does anybody write here already? */
  get begun(): boolean {
    return Object.keys(this.#who()).length > 0;
  }

  start(): void {
    if (!this.begun || this.#ended) return;
    void this.#flush();
    void this.#follow();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#look);
    this.#stream?.abort();
  }

  get outgoing(): Outgoing[] {
    const known = new Set(this.messages.map((message) => message.client_id));
    return this.#store.queue
      .filter((pending) => !known.has(pending.client_id))
      .map((pending) => ({
        ...pending,
        onlyHere: this.#store.onlyHere,
        state: pending.failed ? 'failed' : pending.client_id === this.#sending ? 'sending' : 'waiting',
      }));
  }

  /** Ours that were never on this person's screen. */
  get unread(): number {
    let count = 0;
    for (let i = this.messages.length - 1; i >= 0; i--) {
      const message = this.messages[i]!;
      if (message.id === this.seenId) break;
      if (message.from === 'us' && !message.removed_at) count++;
    }
    return count;
  }

  // What is written ---------------------------------------------------------------

  send(body: string, files: Pending['files']): void {
    this.#store.needKey();
    this.#store.setQueue((queue) => [...queue, { client_id: random(12), body, files, at: Date.now(), failed: 0 }]);
    this.#changed([]);
    this.start();
  }

  retry(clientId: string): void {
    this.#store.setQueue((queue) => queue.map((one) => (one.client_id === clientId ? { ...one, failed: 0 } : one)));
    this.#changed([]);
    void this.#flush();
  }

  discard(clientId: string): void {
    this.#store.setQueue((queue) => queue.filter((one) => one.client_id !== clientId));
    this.#changed([]);
  }

  /** Throws a Refusal: the text then stays in its field. */
  async edit(clientId: string, body: string): Promise<void> {
    await call('PATCH', `/messages/${clientId}`, this.#who(), { body });
    await this.fetch();
  }

  async takeBack(clientId: string): Promise<void> {
    await call('DELETE', `/messages/${clientId}`, this.#who());
    await this.fetch();
  }

  /** Both throw a Refusal. */
  async leaveMail(address: string): Promise<void> {
    await call('PUT', '/mail', this.#who(), { address, language: document.documentElement.lang });
    await this.fetch();
  }

  async forgetMail(): Promise<void> {
    await call('DELETE', '/mail', this.#who());
    await this.fetch();
  }

  file = (id: string): Promise<Blob> => download(id, this.#who());

  /** One after the other, in the order in which they were written. */
  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      for (;;) {
        const next = this.#store.queue.find((one) => !one.failed);
        if (!next || this.#ended) return;
        this.#sending = next.client_id;
        this.#changed([]);
        if (!(await this.#post(next))) return;
      }
    } finally {
      this.#flushing = false;
      this.#sending = '';
      this.#changed([]);
    }
  }

  async #post(pending: Pending): Promise<boolean> {
    const page = await this.#page();
    const body = {
      client_id: pending.client_id,
      body: pending.body,
      files: pending.files,
      name: this.#name || null,
      language: document.documentElement.lang,
      page_url: page.url.slice(0, 2048),
      page_title: page.title.slice(0, 200),
    };
    try {
      await call('POST', '/messages', this.#who(), body);
    } catch (refusal) {
      return this.#refused(pending, refusal as Refusal);
    }
    await this.fetch();
    this.#store.setQueue((queue) => queue.filter((one) => one.client_id !== pending.client_id));
    void this.#follow(); // after the first message there is something to hear
    return true;
  }

  #refused(pending: Pending, refusal: Refusal): boolean {
    if (refusal.isPassing) {
      this.#later(refusal.waitMs);
      return false;
    }
    this.#store.setQueue((queue) =>
      queue.map((one) =>
        one.client_id === pending.client_id ? { ...one, failed: refusal.status } : one,
      ),
    );
    return true;
  }

  // What arrives ------------------------------------------------------------------

  /** Fetch the newest; one at a time, and once more if something changed meanwhile. */
  fetch(): Promise<void> {
    this.#again = true;
    this.#fetching ??= (async () => {
      try {
        while (this.#again) {
          this.#again = false;
          await this.#fetchNewest();
        }
      } catch {
        this.#later(0);
      } finally {
        this.#fetching = null;
      }
    })();
    return this.#fetching;
  }

  async #fetchNewest(): Promise<void> {
    const newest = this.messages.at(-1)?.id;
    const fresh: Message[] = [];
    let cursor: string | null = null;
    let first: Answer | null = null;
    do {
      const path: string = `/messages?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const answer = await call<Answer>('GET', path, this.#who());
      first ??= answer;
      fresh.push(...answer.items);
      cursor = answer.next_cursor;
      // As far as what is known, or the newest page if nothing is.
    } while (cursor && newest && !fresh.some((message) => message.id === newest));
    if (!newest) this.#setOlder(cursor);
    this.#take(first!, fresh);
  }

  #take(answer: Answer, fetched: Message[]): void {
    const fresh = fetched.filter((message) => !this.#ids.has(message.id)).reverse();
    for (const message of fetched) this.#ids.set(message.id, message);
    this.#sort();
    this.answering = answer.answering;
    this.solvedAt = answer.solved_at;
    this.seenId = answer.seen_id;
    this.mail = answer.mail;
    this.canMail = answer.can_mail;
    const first = !this.loaded;
    this.loaded = true;
    this.reachable = true;
    clearTimeout(this.#look);
    if (this.answering) this.#look = window.setTimeout(() => void this.fetch(), ANSWERING_LOOK_MS);
    this.#changed(first ? [] : fresh);
  }

  #sort(): void {
    this.messages = [...this.#ids.values()].sort(
      (a, b) => a.at.localeCompare(b.at) || a.id.length - b.id.length || a.id.localeCompare(b.id),
    );
  }

  #setOlder(cursor: string | null): void {
    this.#olderCursor = cursor;
    this.hasOlder = cursor !== null;
  }

  async older(): Promise<void> {
    if (!this.#olderCursor) return;
    const path = `/messages?limit=${PAGE}&cursor=${encodeURIComponent(this.#olderCursor)}`;
    const answer = await call<Answer>('GET', path, this.#who());
    for (const message of answer.items) this.#ids.set(message.id, message);
    this.#setOlder(answer.next_cursor);
    this.#sort();
    this.#changed([]);
  }

  /** Everything is on the screen. */
  async saw(): Promise<void> {
    const last = this.messages.findLast((message) => message.from === 'us');
    if (!last || last.id === this.seenId || !this.unread) return;
    const before = this.seenId;
    this.seenId = last.id;
    this.#changed([]);
    try {
      await call('POST', '/seen', this.#who(), { message_id: last.id });
    } catch {
      this.seenId = before; // it is said again with the next change
    }
  }

  // The connection ------------------------------------------------------------------

  async #follow(): Promise<void> {
    if (this.#stream || this.#ended) return;
    const stream = (this.#stream = new AbortController());
    try {
      await this.fetch();
      if (this.messages.length === 0) return; // nothing to hear before the first message
      await listen(
        this.#who(),
        stream.signal,
        () => {
          this.#failures = 0;
          void this.fetch();
          void this.#flush();
        },
        () => void this.fetch(),
      );
      this.#later(0);
    } catch {
      this.#later(0);
    } finally {
      this.#stream = null;
    }
  }

  /** Something did not work: say so, and try again. */
  #later(waitMs: number): void {
    if (this.#ended) return;
    const usual = WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)]!;
    if (this.#failures++ > 0) this.reachable = false;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.start(), Math.max(waitMs, usual * (0.8 + Math.random() * 0.4)));
    this.#changed([]);
  }

  #wake(): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    if (this.#stream) void this.fetch();
    this.start();
  }

  #changed(fresh: Message[]): void {
    if (!this.#ended) this.onchange(fresh);
  }
}
