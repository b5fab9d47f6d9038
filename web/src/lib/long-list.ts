/**
 * A list too long to be held: it knows its length as far as it was walked, and holds
 * the rows of a few pages near the reader. Pages are read by keyset, so each one knows
 * how to go on above and below; where it is not known how many rows follow, some blank
 * ones stand for them until somebody looks there. Pure: no state of Svelte, no DOM.
 */

export interface Row {
  id: string;
}

/** What the server answers. */
export interface Page<T> {
  items: T[];
  previous_cursor?: string | null;
  next_cursor: string | null;
}

interface Part<T> {
  items: T[] | null; // null: read once and forgotten again
  count: number;
  previous: string | null;
  next: string | null;
}

/** How to read a part: after `cursor` in `direction`, to be put at `at`. */
export interface Gap {
  at: number; // -1: above the first part; the number of parts: below the last one
  cursor: string | null;
  direction: 'up' | 'down';
}

export const BLANK_ROWS = 20;
const HELD_PARTS = 12;

export class LongList<T extends Row> {
  #parts: Part<T>[] = [];

  /** A new list that begins with this page. */
  start(page: Page<T>): void {
    this.#parts = [];
    this.#insert(0, page);
  }

  /** Every row, null where none is held. */
  rows(): (T | null)[] {
    const rows: (T | null)[] = [];
    const blank = (count: number) => {
      for (let i = 0; i < count; i++) rows.push(null);
    };
    blank(this.#lead());
    for (const part of this.#parts) {
      if (part.items) rows.push(...part.items);
      else blank(part.count);
    }
    if (this.#parts.at(-1)?.next) blank(BLANK_ROWS);
    return rows;
  }

  /** What to read when the rows `from` to `to` are looked at; null: all is there. */
  gap(from: number, to: number): Gap | null {
    if (this.#parts.length === 0) return null;
    if (from < this.#lead()) return this.#gapAt(-1);
    let start = this.#lead();
    for (const [index, part] of this.#parts.entries()) {
      if (!part.items && start < to && start + part.count > from) return this.#gapAt(index);
      start += part.count;
    }
    return to > start && this.#parts.at(-1)!.next ? this.#gapAt(this.#parts.length) : null;
  }

  /** The page that was read for a gap. */
  put(gap: Gap, page: Page<T>): void {
    if (gap.at < 0) this.#insert(0, page);
    else if (gap.at >= this.#parts.length) this.#insert(this.#parts.length, page);
    else this.#fill(gap.at, page);
  }

  /** Forget the parts that lie farthest from a row. */
  forget(near: number): void {
    const middle = this.#partAt(near);
    const held = this.#parts.map((part, index) => ({ part, far: Math.abs(index - middle) }));
    held
      .filter(({ part }) => part.items)
      .sort((a, b) => b.far - a.far)
      .slice(0, Math.max(0, this.#held() - HELD_PARTS))
      .forEach(({ part }) => (part.items = null));
  }

  /** Change a row where it stands; a row that is not held is none of ours. */
  update(id: string, change: (row: T) => T): boolean {
    for (const part of this.#parts) {
      const index = part.items?.findIndex((row) => row.id === id) ?? -1;
      if (index < 0) continue;
      part.items = part.items!.with(index, change(part.items![index]));
      return true;
    }
    return false;
  }

  remove(id: string): void {
    for (const part of this.#parts) {
      if (!part.items?.some((row) => row.id === id)) continue;
      part.items = part.items.filter((row) => row.id !== id);
      part.count = part.items.length;
    }
  }

  has(id: string): boolean {
    return this.#parts.some((part) => part.items?.some((row) => row.id === id));
  }

  #lead(): number {
    return this.#parts[0]?.previous ? BLANK_ROWS : 0;
  }

  #held(): number {
    return this.#parts.filter((part) => part.items).length;
  }

  #partAt(row: number): number {
    let start = this.#lead();
    for (const [index, part] of this.#parts.entries()) {
      start += part.count;
      if (row < start) return index;
    }
    return this.#parts.length - 1;
  }

  #gapAt(at: number): Gap {
    if (at < 0) return { at, cursor: this.#parts[0].previous, direction: 'up' };
    const before = this.#parts[at - 1];
    if (before?.next) return { at, cursor: before.next, direction: 'down' };
    const after = this.#parts[at + 1];
    if (after?.previous) return { at, cursor: after.previous, direction: 'up' };
    return { at, cursor: null, direction: 'down' };
  }

  /** A row that moved meanwhile stands once: where it was read last. */
  #take(page: Page<T>): Part<T> {
    for (const { id } of page.items) this.remove(id);
    return {
      items: page.items,
      count: page.items.length,
      previous: page.previous_cursor ?? null,
      next: page.next_cursor,
    };
  }

  #insert(at: number, page: Page<T>): void {
    // Nothing there: the list ends here after all.
    if (page.items.length === 0 && at === 0 && this.#parts.length > 0) this.#parts[0].previous = null;
    else if (page.items.length === 0 && at > 0) this.#parts[at - 1].next = null;
    else this.#parts.splice(at, 0, this.#take(page));
  }

  #fill(at: number, page: Page<T>): void {
    const part = this.#take(page);
    const old = this.#parts[at];
    // Its neighbours are there: the ends are known better than the answer knows them.
    if (at > 0) part.previous ??= old.previous;
    if (at < this.#parts.length - 1) part.next ??= old.next;
    this.#parts[at] = part;
  }
}

/** Which rows to draw: those on the screen and some more on both sides. */
export function drawn(
  scrolled: number,
  screen: number,
  rowHeight: number,
  count: number,
  more = 8,
): { from: number; to: number } {
  const first = Math.floor(Math.max(0, scrolled) / rowHeight);
  const shown = Math.ceil(screen / rowHeight) + 1;
  const to = Math.min(count, first + shown + more);
  return { from: Math.max(0, Math.min(first, to - shown) - more), to };
}
