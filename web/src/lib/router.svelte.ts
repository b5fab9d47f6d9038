/** Which page an address shows. The first segments stand in src/web/web.c too. */

import { noteList } from './neighbours.ts';

export interface Route {
  page: string;
  params: string[];
}

const ROUTES: [RegExp, string][] = [
  [/^\/$/, 'today'],
  [/^\/setup$/, 'setup'],
  [/^\/login$/, 'login'],
  [/^\/link$/, 'link'],
  [/^\/today$/, 'today'],
  [/^\/inbox$/, 'inbox'],
  [/^\/inbox\/(\w+)$/, 'inbox'],
  [/^\/search$/, 'search'],
  [/^\/(?:c|conversations)\/(\d+)$/, 'conversation'],
  [/^\/persons\/(\d+)$/, 'person'],
  [/^\/(?:t|threads)\/(\d+)$/, 'thread'],
  [/^\/moderation$/, 'moderation'],
  [/^\/reports$/, 'reports'],
  [/^\/reports\/(\w+)$/, 'reports'],
  [/^\/settings$/, 'settings'],
  [/^\/settings\/(\w+)$/, 'settings'],
  [/^\/settings\/(\w+)\/(\w+)$/, 'settings'],
];

export function match(path: string): Route {
  for (const [pattern, page] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return { page, params: found.slice(1).map(decodeURIComponent) };
  }
  return { page: 'unknown', params: [] };
}

let path = $state(location.pathname);
let search = $state(location.search);
let visits = $state(0);
const current = $derived(match(path));

export const router = {
  get page() {
    return current.page;
  },
  get params() {
    return current.params;
  },
  get path() {
    return path;
  },
  get search() {
    return new URLSearchParams(search);
  },
  /** Rises with each change of page: the page's heading then takes the focus. */
  get visits() {
    return visits;
  },
};

function read(): void {
  const moved = path !== location.pathname;
  path = location.pathname;
  search = location.search;
  if (moved) visits++;
}

/** An address may name a place on its page: "#message-5". */
export function go(address: string, replace = false): void {
  if (address === location.pathname + location.search + location.hash) return;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  read();
  if (!replace) scrollTo(0, 0);
}

/** Links within the interface change the page without a reload. */
function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest?.('a');
  noteList(event);
  if (!link || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
  if (link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

export function startRouter(): void {
  addEventListener('popstate', read);
  document.addEventListener('click', onClick);
}
