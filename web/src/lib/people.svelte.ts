/** Who works here, and where: read once, for choices and mentions. */

import { get, type Page } from './api.ts';
import type { Named } from './types.ts';

let people = $state.raw<Named[]>([]);
let departments = $state.raw<Named[]>([]);
let topics = $state.raw<string[]>([]);
let asked = false;

// Lists that not every role may read: without them the person's own name remains.
const optional = <T>(path: string, use: (items: T[]) => void) =>
  get<Page<T>>(path).then((page) => use(page.items), () => {});

function ask(): void {
  if (asked) return;
  asked = true;
  void optional<Named & { disabled?: boolean }>('/users?limit=200', (items) => {
    people = items.filter((one) => !one.disabled);
  });
  void optional<Named & { retired_at?: string | null }>('/departments?limit=200', (items) => {
    departments = items.filter((one) => !one.retired_at);
  });
  void optional<{ value: string; kind: string }>('/word-lists?limit=200', (items) => {
    topics = items.filter((list) => list.kind === 'topic').map((list) => list.value);
  });
}

/** After a change of people, departments or words elsewhere. */
export function forgetPeople(): void {
  asked = false;
}

export function colleagues(): Named[] {
  ask();
  return people;
}
export function allDepartments(): Named[] {
  ask();
  return departments;
}
export function allTopics(): string[] {
  ask();
  return topics;
}
