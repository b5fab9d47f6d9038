/** Who is logged in, and what that person may do. */

import { call, del, get, post, Problem, useCsrfToken, whenLoggedOut } from './api.ts';
import { useAccount } from './drafts.ts';
import { forgetAllFiles } from './kept-files.ts';
import { allowSingleKeys } from './keys.ts';
import { language, useTimeZone } from './language.svelte.ts';
import { go, router } from './router.svelte.ts';
import { settle, useUndo } from './toast.svelte.ts';
import type { Me } from './types.ts';

const PUBLIC_PAGES = ['setup', 'login', 'link'];

let me = $state<Me | null>(null);
let known = $state(false);
/** The login ended while somebody was at work: the page stays, and asks for it again. */
let expired = $state(false);
let waiters: (() => void)[] = [];

export const session = {
  get me() {
    return me;
  },
  /** Whether the server has said who we are. */
  get known() {
    return known;
  },
  get expired() {
    return expired;
  },
  get id() {
    return me?.account.id ?? '';
  },
  may(right: string) {
    return me?.account.rights.includes(right) ?? false;
  },
};

export function use(answer: Me | null): void {
  me = answer;
  useAccount(answer?.account.id ?? '');
  useUndo(answer?.preferences?.undo_seconds ?? 5);
  allowSingleKeys(answer?.preferences?.single_keys ?? true);
  useCsrfToken(answer?.csrf_token ?? '');
  useTimeZone(answer?.workspace.time_zone);
  const wanted = answer?.account.language;
  if (wanted === 'de' || wanted === 'en') language.current = wanted;
}

/** Ask the server who we are; null when nobody is logged in. */
export async function load(): Promise<void> {
  try {
    use(await call<Me>('GET', '/me', { anonymous: true }));
  } catch (failure) {
    if (!(failure instanceof Problem) || failure.status !== 401) throw failure;
    use(null);
  } finally {
    known = true;
  }
}

/** After a set-up, a login or a taken link: the answer carries the new token. */
export async function begin(answer: { csrf_token: string }): Promise<void> {
  useCsrfToken(answer.csrf_token);
  use(await get<Me>('/me'));
}

export async function login(email: string, password: string, code: string): Promise<void> {
  const body = { email, password, ...(code ? { code } : {}) };
  await begin(await call('POST', '/sessions', { body, anonymous: true }));
}

/** The same person logs in again on top of the page; somebody else begins anew. */
export async function loginAgain(password: string, code: string): Promise<void> {
  const before = session.id;
  await login(me?.account.email ?? '', password, code);
  if (session.id !== before) location.assign('/today');
  expired = false;
  const all = waiters;
  waiters = [];
  all.forEach((go) => go());
}

export async function logout(): Promise<void> {
  settle();
  const { id } = session;
  await del('/sessions/current');
  await forgetAllFiles(id);
  use(null);
  go('/login');
}

export async function needsSetup(): Promise<boolean> {
  return (await get<{ needed: boolean }>('/setup')).needed;
}

/** Can somebody get a new password by mail? */
export async function canForget(): Promise<boolean> {
  return (await get<{ can_forget: boolean }>('/setup')).can_forget;
}

export const setUp = (body: unknown) => post<{ csrf_token: string }>('/setup', body);

/**
 * Who was at work logs in on top of the page, which keeps all that is typed; everybody
 * else goes the way to the login page and back.
 */
export function askForLogin(): Promise<void> | void {
  if (me !== null && !PUBLIC_PAGES.includes(router.page)) {
    expired = true;
    return new Promise((done) => waiters.push(done));
  }
  use(null);
  if (PUBLIC_PAGES.includes(router.page)) return;
  const back = location.pathname + location.search;
  go(back === '/' ? '/login' : `/login?next=${encodeURIComponent(back)}`, true);
}

whenLoggedOut(askForLogin);
