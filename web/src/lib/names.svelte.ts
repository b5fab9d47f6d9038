/** Names to choose from, asked for once: colleagues, departments, channels, labels. */

import { get, type Page } from './api.ts';
import type { Channel, Named, User } from './types.ts';

interface Lists {
  users: User[];
  departments: (Named & { retired_at?: string | null })[];
  channels: Channel[];
  labels: { tags: string[]; topics: string[] };
}

const EMPTY: Lists = { users: [], departments: [], channels: [], labels: { tags: [], topics: [] } };
let lists = $state.raw<Lists>(EMPTY);
let asked = false;

async function load<K extends keyof Lists>(name: K, path: string): Promise<void> {
  try {
    const answer = await get<Page<unknown>>(path);
    lists = { ...lists, [name]: name === 'labels' ? answer : answer.items };
  } catch {
    asked = false; // the next page that needs them asks again
  }
}

export const names = {
  get users() {
    return lists.users.filter((user) => !user.disabled);
  },
  get departments() {
    return lists.departments.filter((one) => !one.retired_at);
  },
  get channels() {
    return lists.channels;
  },
  get tags() {
    return lists.labels.tags;
  },
  get topics() {
    return lists.labels.topics;
  },
};

/** Ask for all lists, unless that was done; `again`: something changed. */
export function needNames(again = false): void {
  if (asked && !again) return;
  asked = true;
  void load('users', '/users?limit=200');
  void load('departments', '/departments?limit=200');
  void load('channels', '/channels?limit=200');
  void load('labels', '/conversations/labels');
}

export function forgetNames(): void {
  lists = EMPTY;
  asked = false;
}
