/**
 * What happens, as it happens. One tab holds the connection for all tabs of this
 * browser (browsers allow six to one server); the others listen to it. Where the
 * browser has no locks, each tab has its own.
 */

import { API } from './api.ts';
import { askForLogin } from './session.svelte.ts';
import { eventParser, pause, type ServerEvent } from './stream.ts';
import type { LiveEvent } from './types.ts';

/** Without a sign of life for this long the connection counts as dead (the server
 * sends a comment every 15 s). */
const SILENCE_MS = 40_000;

type Listener = (event: LiveEvent) => void;
type News = { event: LiveEvent } | { online: boolean } | { place: number };

const listeners = new Set<Listener>();
let online = $state(true);
let lastSeq = 0;
let stop: AbortController | null = null;
let tabs: BroadcastChannel | null = null;
let retry = () => {};

export const live = {
  get online() {
    return online;
  },
};

/** Hear every event; returns how to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function startLive(): void {
  if (stop) return;
  stop = new AbortController();
  const signal = stop.signal;
  addEventListener('offline', () => take({ online: false }), { signal });

  if (!navigator.locks || !('BroadcastChannel' in globalThis)) {
    void hold(signal);
    return;
  }
  tabs = new BroadcastChannel('draht.live');
  tabs.onmessage = ({ data }: MessageEvent<News>) => take(data);
  navigator.locks
    .request('draht.live', { signal }, () => hold(signal))
    .catch(() => {}); // logged out while waiting for the lock
}

/** Try again now: somebody logged in, or pressed "try again". */
export function retryLive(): void {
  retry();
}

export function stopLive(): void {
  stop?.abort();
  stop = null;
  tabs?.close();
  tabs = null;
  lastSeq = 0;
}

function take(news: News): void {
  if ('online' in news) {
    online = news.online;
    return;
  }
  if ('place' in news) {
    lastSeq = news.place; // the server's word counts: its log may be a restored one
    return;
  }
  if (news.event.seq <= lastSeq) return;
  lastSeq = news.event.seq;
  listeners.forEach((listener) => listener(news.event));
}

function tell(news: News): void {
  tabs?.postMessage(news);
  take(news);
}

/** Keep a connection until `signal` says stop. */
async function hold(signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await read(signal, () => {
        failures = 0;
        tell({ online: true });
      });
    } catch {
      /* shown below as being offline */
    }
    if (signal.aborted) return;
    if (failures > 0) tell({ online: false });
    await wait(pause(failures++), signal);
  }
}

async function read(signal: AbortSignal, onOpen: () => void): Promise<void> {
  const silence = new AbortController();
  const giveUp = () => silence.abort();
  let timer = setTimeout(giveUp, SILENCE_MS);
  addEventListener('offline', giveUp);
  const headers: Record<string, string> = { Accept: 'text/event-stream' };
  if (lastSeq > 0) headers['Last-Event-ID'] = String(lastSeq);

  try {
    const answer = await fetch(`${API}/events`, {
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (answer.status === 401) void askForLogin();
    if (!answer.ok || !answer.body) throw new Error(answer.statusText);
    onOpen();

    const parse = eventParser(onServerEvent, onPlace);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(giveUp, SILENCE_MS);
      parse(value);
    }
  } finally {
    clearTimeout(timer);
    removeEventListener('offline', giveUp);
  }
}

function onServerEvent(event: ServerEvent): void {
  try {
    const facts = JSON.parse(event.data) as Partial<LiveEvent>;
    const seq = Number(event.id || facts.seq);
    if (Number.isFinite(seq)) tell({ event: { ...facts, seq, kind: event.event } as LiveEvent });
  } catch {
    /* not ours to understand; the next one will be */
  }
}

/** Where the stream begins: who is cut off before the first event goes on from here. */
function onPlace(id: string): void {
  const place = Number(id);
  if (id && Number.isSafeInteger(place)) tell({ place });
}

/** Until the time is over, or the network comes back, or it is time to stop. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    }
    retry = done;
    addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
