/** Calls of the chat's interface; all go to the frame's own origin. */
import type { User } from './protocol.ts';
import { t } from './words.ts';

export class Refusal extends Error {
  status: number;
  /** How long to wait before trying again; 0: the server did not say. */
  waitMs: number;

  constructor(status: number, waitMs = 0) {
    super(`the server answered ${status}`);
    this.status = status;
    this.waitMs = waitMs;
  }

  /** The same may work later: the network, the server's troubles, or too much at once. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Why the server does not take it, for people: its own words are for who builds. */
export function reason(status: number): string {
  if (status === 403) return t('refused.page');
  if (status === 404 || status === 409) return t('refused.closed');
  if (status === 413 || status === 422) return t('refused.large');
  return t('refused.other');
}

export const CHANNEL = location.pathname.split('/').pop() ?? '';
const BASE = `/api/v1/webchat/${CHANNEL}`;

/** Who writes, as headers: a signed id, or the browser's key. */
export function identify(user: User, key: string): Record<string, string> {
  const headers: Record<string, string> = {};
  if (user.id) {
    headers['X-Visitor-User'] = encodeURIComponent(user.id);
    headers['X-Visitor-Signature'] = user.signature;
  }
  if (key) headers['X-Visitor-Key'] = key;
  return headers;
}

async function ask(path: string, who: Record<string, string>, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      ...init,
      credentials: 'omit',
      cache: 'no-store',
      headers: { ...(init.body ? { 'Content-Type': 'application/json' } : {}), ...who },
    });
  } catch {
    throw new Refusal(0);
  }
  if (response.ok) return response;
  throw new Refusal(response.status, Number(response.headers.get('Retry-After') ?? 0) * 1000);
}

export async function call<T>(method: string, path: string, who: Record<string, string>, body?: unknown): Promise<T> {
  const response = await ask(path, who, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  return (response.status === 204 ? null : await response.json()) as T;
}

export const download = async (id: string, who: Record<string, string>): Promise<Blob> =>
  (await ask(`/files/${id}`, who, {})).blob();

/** Calls `heard` when there is something to fetch, until the stream ends. */
export async function listen(
  who: Record<string, string>,
  signal: AbortSignal,
  opened: () => void,
  heard: () => void,
): Promise<void> {
  const response = await ask('/events', who, { signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  opened();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    if (blocks.some((block) => block.startsWith('event: changed'))) heard();
  }
}
