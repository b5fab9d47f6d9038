/** The client of /api/v1 (docs/api.md). Failures are thrown as a Problem. */

export interface FieldError {
  field: string;
  code?: string;
  min?: number;
  max?: number;
  message: string;
}

export class Problem extends Error {
  constructor(
    /** HTTP status; 0: the server was not reached. */
    readonly status: number,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly body: Record<string, unknown> = {},
    readonly retryAfter = 0,
  ) {
    super(detail);
  }

  /** The machine's word for what happened (docs/api.md), '' where it gave none. */
  get code(): string {
    return String(this.body.code ?? '');
  }

  field(name: string): FieldError | undefined {
    return this.errors.find((error) => error.field === name);
  }
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  counts?: Record<string, number>;
}

export const API = '/api/v1';

let csrfToken = '';
let onLoggedOut: () => Promise<void> | void = () => {};

let reading = 0;
let onReading: (count: number) => void = () => {};

/** Hear how many answers that somebody wants to read are still on their way; returns how to stop. */
export function whenReading(handler: (count: number) => void): () => void {
  onReading = handler;
  return () => (onReading = () => {});
}

/** What may outlive its page: browsers take 64 KiB along. */
const KEEPALIVE_BYTES = 32 * 1024;

export function useCsrfToken(token: string): void {
  csrfToken = token;
}

export const csrf = () => csrfToken;

/** Called when an answer says that the session has ended; a promise that it gives is
 * kept once somebody has logged in again. */
export function whenLoggedOut(handler: () => Promise<void> | void): void {
  onLoggedOut = handler;
}

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** A 401 is an answer here, not the end of the session. */
  anonymous?: boolean;
}

export async function call<T>(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;

  const sent = options.body === undefined ? undefined : JSON.stringify(options.body);
  const count = (by: number) => method === 'GET' && onReading((reading += by));
  let answer: Response;
  count(1);
  try {
    answer = await fetch(API + path, {
      method,
      headers,
      body: sent,
      credentials: 'same-origin',
      signal: options.signal,
      keepalive: method !== 'GET' && (sent?.length ?? 0) < KEEPALIVE_BYTES,
    });
  } catch (failure) {
    if (options.signal?.aborted) throw failure;
    throw new Problem(0, String(failure));
  } finally {
    count(-1);
  }
  if (answer.status === 204) return undefined as T;

  const body = await readJson(answer);
  if (answer.ok || answer.status === 304) return body as T;
  if (answer.status === 401 && !options.anonymous) {
    const again = onLoggedOut();
    // Reading goes on after the login; what changes something is for a person to repeat.
    if (again && method === 'GET') {
      await again;
      return call(method, path, options);
    }
  }
  throw asProblem(answer, body);
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

function asProblem(answer: Response, body: unknown): Problem {
  const fields = (body ?? {}) as Record<string, unknown>;
  return new Problem(
    answer.status,
    String(fields.detail ?? fields.title ?? answer.statusText),
    Array.isArray(fields.errors) ? (fields.errors as FieldError[]) : [],
    fields,
    Number(answer.headers.get('Retry-After') ?? 0),
  );
}

export const get = <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, { signal });
export const post = <T>(path: string, body: unknown = {}) => call<T>('POST', path, { body });
export const put = <T>(path: string, body: unknown) => call<T>('PUT', path, { body });
export const patch = <T>(path: string, body: unknown) => call<T>('PATCH', path, { body });
/** Changes what is still as we saw it: 412 when somebody else was faster. */
export const patchIf = <T>(path: string, version: number, body: unknown) =>
  call<T>('PATCH', path, { body, headers: { 'If-Match': `"${version}"` } });
export const del = <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body });

/** Creates something once, even when the answer got lost and it is sent again. */
export const create = <T>(path: string, body: unknown, key: string) =>
  call<T>('POST', path, { body, headers: { 'Idempotency-Key': key } });

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function query(values: Record<string, string | number | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
