/** Shapes of the public pages' side of the interface (docs/api.md). */

import type { Message, Restraint } from './types.ts';

export interface Site {
  on: boolean;
  name: string;
  imprint: string;
  privacy: string;
  colour: string;
  languages: string;
  threads: boolean;
  comments: string;
  listening: boolean;
  transparency: boolean;
  addresses: { contact: string; transparency: string };
}

export interface ChannelSite {
  threads: string;
  comments: string;
  listed: string;
  account_url: string;
  form: string;
}

export interface StatusLink {
  there: boolean;
  case_number: number | null;
  made_at: string | null;
  revoked_at: string | null;
  address?: string;
}

export interface PublicPage {
  address: string | null;
  why_not: 'no_imprint' | 'private' | 'no_dialogue' | 'switched_off' | null;
  readers: number;
}

export interface Decided {
  message: Message;
  thread: { id: string; title: string };
}

/** A mute or a block that is not over, and what was written. */
export interface Restrained {
  restraint: Restraint;
  message: Message;
}

export interface Report {
  id: string;
  page: string;
  thread_id: string | null;
  why: string;
  body: string;
  created_at: string;
  message: Message | null;
}

export interface Waiting {
  held: number;
  hidden: number;
  reports: number;
}
