/**
 * One list of conversations, live but never moving under the reader: what is
 * shown is updated in place, what is new waits behind a bar.
 */

import { get, query, type Page } from './api.ts';
import type { Conversation, LiveEvent } from './types.ts';

const REFRESH_MS = 300;

export class Inbox {
  items = $state<Conversation[]>([]);
  counts = $state<Record<string, number>>({});
  /** New since the list was loaded, not shown yet. */
  fresh = $state<Conversation[]>([]);
  loading = $state(false);
  loaded = $state(false);
  failure = $state<unknown>(null);

  #cursor: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #touched = new Set<string>();
  #generation = 0;

  constructor(
    readonly view: string,
    readonly search: string,
  ) {}

  get more(): boolean {
    return this.#cursor !== null;
  }

  #path(cursor: string | null): string {
    return `/conversations${query({ view: this.view, q: this.search, limit: 50, cursor })}`;
  }

  async load(): Promise<void> {
    const mine = ++this.#generation;
    this.loading = true;
    this.failure = null;
    try {
      const page = await get<Page<Conversation>>(this.#path(null));
      if (mine !== this.#generation) return;
      this.items = page.items;
      this.fresh = [];
      this.counts = page.counts ?? {};
      this.#cursor = page.next_cursor;
      this.loaded = true;
    } catch (problem) {
      this.failure = problem;
    } finally {
      this.loading = false;
    }
  }

  async loadMore(): Promise<void> {
    if (this.loading || this.#cursor === null) return;
    this.loading = true;
    try {
      const page = await get<Page<Conversation>>(this.#path(this.#cursor));
      const shown = new Set(this.items.map((item) => item.id));
      this.items.push(...page.items.filter((item) => !shown.has(item.id)));
      this.#cursor = page.next_cursor;
    } catch (problem) {
      this.failure = problem;
    } finally {
      this.loading = false;
    }
  }

  onEvent(event: LiveEvent): void {
    if (!event.conversation_id || event.kind.startsWith('answering.')) return;
    this.#touched.add(event.conversation_id);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  async #refresh(): Promise<void> {
    const touched = this.#touched;
    const mine = this.#generation;
    this.#touched = new Set();
    try {
      const page = await get<Page<Conversation>>(this.#path(null));
      if (mine !== this.#generation) return;
      this.counts = page.counts ?? this.counts;
      if (this.items.length === 0) {
        this.items = page.items;
        this.#cursor = page.next_cursor;
        return;
      }
      this.#merge(page.items, touched);
      await this.#refreshGone(touched, page.items);
    } catch {
      /* the next event tries again; the list says nothing wrong meanwhile */
    }
  }

  #merge(items: Conversation[], touched: Set<string>): void {
    const place = new Map(this.items.map((item, index) => [item.id, index]));
    const announced = new Set(this.fresh.map((item) => item.id));
    const fresh: Conversation[] = [];
    for (const item of items) {
      const index = place.get(item.id);
      if (index !== undefined) this.items[index] = item;
      // Others merely moved up into the first page.
      else if (touched.has(item.id) || announced.has(item.id)) fresh.push(item);
    }
    this.fresh = fresh;
  }

  /** Shown, but no longer part of this view: its row tells its new state. */
  async #refreshGone(touched: Set<string>, items: Conversation[]): Promise<void> {
    const there = new Set(items.map((item) => item.id));
    for (const id of [...touched].slice(0, 20)) {
      const index = this.items.findIndex((item) => item.id === id);
      if (index < 0 || there.has(id)) continue;
      const now = await get<Conversation>(`/conversations/${id}`);
      const place = this.items.findIndex((item) => item.id === id);
      if (place < 0) continue;
      if (now.id === id) this.items[place] = { ...this.items[place], ...now };
      else this.items.splice(place, 1); // merged into another
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#generation++;
  }
}
