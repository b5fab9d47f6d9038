/** Who is logged in, and what that person may do. */

import { call, del, get, post, Problem, useCsrfToken, whenLoggedOut } from './api.ts';
import { language, useTimeZone } from './language.svelte.ts';
import { go, router } from './router.svelte.ts';
import type { Me } from './types.ts';

const PUBLIC_PAGES = ['setup', 'login', 'link'];

let me = $state<Me | null>(null);
let known = $state(false);

export const session = {
  get me() {
    return me;
  },
  /** Whether the server has said who we are. */
  get known() {
    return known;
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

export async function logout(): Promise<void> {
  await del('/sessions/current');
  use(null);
  go('/login');
}

export async function needsSetup(): Promise<boolean> {
  return (await get<{ needed: boolean }>('/setup')).needed;
}

export const setUp = (body: unknown) => post<{ csrf_token: string }>('/setup', body);

/** The way to the login page and back to where one was. */
export function askForLogin(): void {
  use(null);
  if (PUBLIC_PAGES.includes(router.page)) return;
  const back = location.pathname + location.search;
  go(back === '/' ? '/login' : `/login?next=${encodeURIComponent(back)}`, true);
}

whenLoggedOut(askForLogin);
