/**
 * The list from which one came to a conversation: with it one goes to the next without
 * going back. Kept for the tab, so that a reload does not lose it.
 */

const PLACE = 'draht.neighbours';

let ids: string[] = read();

function read(): string[] {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? '[]') as string[];
  } catch {
    return [];
  }
}

export function useList(list: string[]): void {
  ids = [...new Set(list)];
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(ids.slice(0, 1000)));
  } catch {
    /* a tab without memory starts again from the list */
  }
}

/** Rows of people or threads are no talks to go on to. */
export const conversationOf = (href: string | null) => /^\/conversations\/(\d+)/.exec(href ?? '')?.[1];

/** Whoever opens a row comes from its list. */
export function noteList(event: Event): void {
  const row = (event.target as Element | null)?.closest?.('[data-row]');
  if (!row) return;
  useList([...document.querySelectorAll('[data-row]')].flatMap((one) => conversationOf(one.getAttribute('href')) ?? []));
}

export interface Position {
  at: number;
  of: number;
  previous?: string;
  next?: string;
}

export function position(id: string): Position | null {
  const at = ids.indexOf(id);
  if (at < 0 || ids.length < 2) return null;
  return { at: at + 1, of: ids.length, previous: ids[at - 1], next: ids[at + 1] };
}
