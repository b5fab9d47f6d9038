/** What the way over a network's own page needs, kept in this tab alone until the person comes back. */

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
