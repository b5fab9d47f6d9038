/**
 * Nothing typed is lost. Each key press goes to this browser's memory at once and
 * to the server a moment later; the browser forgets it when the server has it.
 */

import { put } from './api.ts';
import { remember, remembered, rememberedNames } from './memory.ts';
import type { Draft } from './types.ts';

const DELAY_MS = 800;
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Map<string, (saved: boolean) => void>();

const name = (id: string) => `draft.${id}`;

/** What this browser holds that the server may not have yet. */
export function unsaved(id: string): Draft | null {
  const text = remembered(name(id));
  if (text === null) return null;
  try {
    return JSON.parse(text) as Draft;
  } catch {
    return null;
  }
}

/** Hear whether the server has all of a draft, whoever saved it; returns how to stop. */
export function whenSaved(id: string, listener: (saved: boolean) => void): () => void {
  listeners.set(id, listener);
  return () => {
    if (listeners.get(id) === listener) listeners.delete(id);
  };
}

/** Keep a draft here, and on the server in a moment. */
export function keep(id: string, draft: Draft): void {
  remember(name(id), JSON.stringify(draft));
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => void save(id), DELAY_MS),
  );
}

/** Send what is kept, now. */
export async function save(id: string): Promise<void> {
  const sent = remembered(name(id));
  const draft = unsaved(id);
  clearTimeout(timers.get(id));
  if (sent === null || draft === null) return;
  try {
    await put(`/conversations/${id}/draft`, draft);
  } catch {
    listeners.get(id)?.(false);
    return;
  }
  // Typed on meanwhile: the next save brings the rest.
  if (remembered(name(id)) !== sent) return;
  remember(name(id), null);
  listeners.get(id)?.(true);
}

/** The text was sent or thrown away by its author. */
export async function forget(id: string): Promise<void> {
  clearTimeout(timers.get(id));
  remember(name(id), null);
  try {
    await put(`/conversations/${id}/draft`, { body: '', visibility: 'public' });
  } catch {
    /* the server drops the draft with the reply; this was only to be sure */
  }
}

/** After the network came back. */
export function saveAll(): void {
  for (const kept of rememberedNames('draft.')) void save(kept.slice('draft.'.length));
}
