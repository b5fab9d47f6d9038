/**
 * The inbox behind its page: one long list of conversations, live but never moving
 * under the reader. What is shown is updated in place, what is new waits behind a bar.
 */

import { get, query } from './api.ts';
import { inboxAddress, type InboxFilter } from './inbox-filter.ts';
import { LongList, type Gap, type Page } from './long-list.ts';
import type { Conversation, LiveEvent } from './types.ts';

const PAGE_ROWS = 50;
const REFRESH_MS = 300;
const MOST_REFRESHED = 50;

export interface Counts {
  most: number;
  views: Record<string, number>;
}

export class Inbox {
  rows = $state.raw<(Conversation | null)[]>([]);
  counts = $state.raw<Counts>({ most: 0, views: {} });
  /** New since the list was loaded, not shown yet. */
  fresh = $state.raw<string[]>([]);
  loading = $state(false);
  loaded = $state(false);
  failure = $state.raw<unknown>(null);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  /** When the oldest row was last moved; for going to a date. */
  oldest = $state<string | null>(null);

  readonly address: string;
  /** Where the reader was: kept for the way back. */
  scrolled = 0;
  focused = '';
  /** Does a change and keeps the reader's place; the page sets it. */
  around: (change: () => void) => void = (change) => change();

  #list = new LongList<Conversation>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #touched = new Set<string>();
  #generation = 0;
  #reading = false;

  constructor(readonly filter: InboxFilter) {
    this.address = inboxAddress(filter);
  }

  #path(more: Record<string, string | number | null>): string {
    const { view, from: _, ...rest } = this.filter;
    return `/conversations${query({ view, ...rest, limit: PAGE_ROWS, ...more })}`;
  }

  #show(): void {
    this.rows = this.#list.rows();
  }

  /** From the top, or from the day of the address on. */
  async load(from = this.filter.from): Promise<void> {
    const mine = ++this.#generation;
    this.loading = true;
    this.failure = null;
    try {
      const start = from ? `${from}T23:59:59.999Z` : null;
      const page = await get<Page<Conversation>>(this.#path({ from: start }));
      if (mine !== this.#generation) return;
      this.#list.start(page);
      this.fresh = [];
      this.#show();
      this.loaded = true;
    } catch (problem) {
      if (mine === this.#generation) this.failure = problem;
    } finally {
      if (mine === this.#generation) this.loading = false;
    }
    void this.count();
    void this.#findOldest(mine);
  }

  async count(): Promise<void> {
    const { view: _, sort: __, q: ___, from: ____, ...filters } = this.filter;
    try {
      this.counts = await get<Counts>(`/conversations/counts${query(filters)}`);
    } catch {
      /* the list is what matters; the next event counts again */
    }
  }

  async #findOldest(mine: number): Promise<void> {
    if (this.filter.q || (this.filter.sort ?? 'newest') !== 'newest') return;
    try {
      const end = await get<Page<Conversation>>(this.#path({ direction: 'up', limit: 1 }));
      if (mine === this.#generation) this.oldest = end.items[0]?.last_message_at ?? null;
    } catch {
      /* without it there are only fewer dates to choose from */
    }
  }

  /** The reader looks at these rows: what is not held there is read. */
  look(from: number, to: number): void {
    const gap = this.#list.gap(from, to);
    if (gap && !this.#reading && !this.failure) void this.#read(gap, (from + to) >> 1);
  }

  async #read(gap: Gap, near: number): Promise<void> {
    const mine = this.#generation;
    this.#reading = true;
    try {
      const { cursor, direction } = gap;
      const page = await get<Page<Conversation>>(this.#path({ cursor, direction }));
      if (mine !== this.#generation) return;
      this.around(() => {
        this.#list.put(gap, page);
        this.#list.forget(near);
        this.#show();
      });
    } catch (problem) {
      if (mine === this.#generation) this.failure = problem;
    } finally {
      this.#reading = false;
    }
  }

  /** After a failure: go on where it stopped. */
  retry(): void {
    this.failure = null;
    if (!this.loaded) void this.load();
    else this.rows = [...this.rows]; // the page looks again
  }

  onEvent(event: LiveEvent): void {
    if (!event.conversation_id || event.kind.startsWith('answering.')) return;
    this.touch([event.conversation_id]);
  }

  /** These may have changed. */
  touch(ids: string[]): void {
    ids.forEach((id) => this.#touched.add(id));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  async refresh(): Promise<void> {
    const touched = this.#touched;
    const mine = this.#generation;
    this.#touched = new Set();
    try {
      await this.#refreshShown([...touched].filter((id) => this.#list.has(id)));
      if (mine === this.#generation) await this.#announce(touched);
    } catch {
      /* the next event tries again; the list says nothing wrong meanwhile */
    }
    if (touched.size > 0) await this.count();
  }

  /** Rows keep their place even when they no longer belong here: their state tells. */
  async #refreshShown(ids: string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += MOST_REFRESHED) {
      const part = ids.slice(i, i + MOST_REFRESHED).join(',');
      const page = await get<Page<Conversation>>(`/conversations${query({ ids: part })}`);
      this.around(() => {
        for (const now of page.items) {
          if (now.merged_into) this.#list.remove(now.id);
          else this.#list.update(now.id, () => now);
        }
        this.#show();
      });
    }
  }

  async #announce(touched: Set<string>): Promise<void> {
    const mine = this.#generation;
    const top = await get<Page<Conversation>>(this.#path({}));
    if (mine !== this.#generation) return;
    if (this.rows.length === 0) {
      this.#list.start(top);
      this.#show();
      return;
    }
    const announced = new Set(this.fresh);
    this.fresh = top.items
      .map((item) => item.id)
      .filter((id) => !this.#list.has(id) && (touched.has(id) || announced.has(id)));
  }

  /** What was changed here, at once; the server's word follows. */
  change(id: string, fields: Partial<Conversation>): void {
    this.around(() => {
      this.#list.update(id, (row) => ({ ...row, ...fields }));
      this.#show();
    });
  }

  select(ids: string[], on: boolean): void {
    const selected = new Set(this.selected);
    for (const id of ids) {
      if (on) selected.add(id);
      else selected.delete(id);
    }
    this.selected = selected;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#generation++;
  }
}

let kept: Inbox | null = null;

/** The inbox of an address: the one that was left a moment ago, or a new one. */
export function openInbox(filter: InboxFilter): Inbox {
  if (kept?.address === inboxAddress(filter)) return kept;
  kept?.stop();
  kept = new Inbox(filter);
  return kept;
}

/** Somebody else logs in, or everything may have changed. */
export function forgetInbox(): void {
  kept?.stop();
  kept = null;
}
