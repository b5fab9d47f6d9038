/** Who works here, where, and what about: for choices and mentions. */

import { get, type Page } from './api.ts';
import { names, needNames } from './names.svelte.ts';
import type { Named } from './types.ts';

let words = $state.raw<string[]>([]);
let asked = false;

export function colleagues(): Named[] {
  needNames();
  return names.users;
}
export function allDepartments(): Named[] {
  needNames();
  return names.departments;
}
export function allTags(): string[] {
  needNames();
  return names.tags;
}

/** The workspace's own topics first, then what else conversations are about. */
export function allTopics(): string[] {
  needNames();
  if (!asked) {
    asked = true;
    // A list that not every role may read.
    get<Page<{ value: string; kind: string }>>('/word-lists?limit=200').then(
      (page) => (words = page.items.filter((list) => list.kind === 'topic').map((list) => list.value)),
      () => {},
    );
  }
  return [...new Set([...words, ...names.topics])];
}
