/** What the page's loader and the frame say to each other, over a private port. */

/** Where the open chat fills the page. */
export const NARROW = '(max-width: 480px), (max-height: 480px)';

export interface Page {
  url: string;
  title: string;
  lang: string;
  narrow: boolean;
}

export interface User {
  id: string;
  name: string;
  signature: string;
}

export interface Hello {
  draht: 1;
  page: Page;
  user: User;
  kept: string;
}

export interface ToFrame {
  page?: Page;
  user?: User;
  open?: boolean;
}

export interface FromFrame {
  looks?: { size: 'hidden' | 'closed' | 'open'; left: boolean; button: number };
  wantPage?: true;
  problem?: string;
  keep?: string;
}

/** GET /api/v1/webchat/{id} */
export interface Chat {
  available: boolean;
  title: string;
  greeting: { de: string; en: string };
  colour: string;
  left: boolean;
  hours: { open: boolean | null; opens_at: string | null };
  expected: { by: 'measured' | 'target'; ms: number; n?: number };
  mail: boolean;
  identity: 'none' | 'signed' | 'refused';
  identity_problem: string | null;
  limits: { text: number; files: number; file_bytes: number };
  now: string;
}

/** One of GET /api/v1/webchat/{id}/messages */
export interface Message {
  id: string;
  from: 'us' | 'visitor';
  client_id: string | null;
  name: string | null;
  /** Of the visitor: written as an answer by mail. */
  by_mail: boolean;
  automatic: boolean;
  check_back: boolean;
  body: string;
  at: string;
  edited_at: string | null;
  removed_at: string | null;
  files: { id: string; name: string; mime: string; size: number }[];
}

export interface Talk {
  items: Message[];
  next_cursor: string | null;
  answering: boolean;
  waiting: boolean;
  solved_at: string | null;
  seen_id: string | null;
  mail: string | null;
  can_mail: boolean;
}
