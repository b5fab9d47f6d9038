/** What the way over a network's own page needs, kept in this tab alone until the person comes back. */

import { Problem } from './api.ts';

export interface ConsentStart {
  ok: boolean;
  address: string;
  state: string;
  ticket: string;
  message?: string;
  trouble?: string;
}

interface Ticket {
  id: string;
  state: string;
  ticket: string;
}

const KEY = 'consent';

/** The way was begun too long ago, or by somebody else or for another address. */
export function lostWay(failure: unknown): 'too_late' | 'not_ours' | null {
  const code = failure instanceof Problem ? failure.field('ticket')?.code : undefined;
  return code === 'too_late' || code === 'not_ours' ? code : null;
}

export function keepTicket(id: string, start: ConsentStart): void {
  sessionStorage.setItem(KEY, JSON.stringify({ id, state: start.state, ticket: start.ticket }));
}

/** Once, and only for the state that this tab sent out. */
export function takeTicket(state: string): Ticket | null {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (!kept || !state) return null;
  const ticket = JSON.parse(kept) as Ticket;
  return ticket.state === state ? ticket : null;
}
