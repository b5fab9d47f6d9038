/**
 * Every key the interface knows, in one table: what listens, the help and the command
 * palette read it. Pages say what a key does with press(); of two that want the same
 * key, the one that came last has it.
 *
 * Single keys can be switched off (WCAG 2.1.4): who dictates or strikes a key by
 * accident must not close a case by it. Those with Ctrl or Cmd stay.
 */

import type { Key } from '../i18n/de.ts';

export type Place = 'everywhere' | 'lists' | 'conversation' | 'writing';

export interface KeyRow {
  /** One key, or several with a blank between: pressed one after the other. "Mod": Ctrl or Cmd. */
  keys: string;
  does: string;
  name: Key;
  place: Place;
  /** Shown in the help, heard by the control that has the focus. */
  native?: boolean;
}

export const KEYS: readonly KeyRow[] = [
  { keys: 'Mod+k', does: 'palette', name: 'keys.palette', place: 'everywhere' },
  { keys: '?', does: 'help', name: 'keys.help', place: 'everywhere' },
  { keys: '/', does: 'search', name: 'keys.search', place: 'everywhere' },
  { keys: 'z', does: 'undo', name: 'keys.undo', place: 'everywhere' },
  { keys: 'g t', does: 'go_today', name: 'keys.today', place: 'everywhere' },
  { keys: 'g i', does: 'go_inbox', name: 'keys.inbox', place: 'everywhere' },
  { keys: 'g m', does: 'go_mine', name: 'keys.mine', place: 'everywhere' },
  { keys: 'g r', does: 'go_reports', name: 'keys.reports', place: 'everywhere' },
  { keys: 'g s', does: 'go_settings', name: 'keys.settings', place: 'everywhere' },
  { keys: 'j', does: 'next', name: 'keys.next', place: 'lists' },
  { keys: 'k', does: 'previous', name: 'keys.previous', place: 'lists' },
  { keys: 'Enter', does: 'open', name: 'keys.open', place: 'lists', native: true },
  { keys: 'x', does: 'select', name: 'keys.select', place: 'lists' },
  { keys: 'j', does: 'next_talk', name: 'keys.next_talk', place: 'conversation' },
  { keys: 'k', does: 'previous_talk', name: 'keys.previous_talk', place: 'conversation' },
  { keys: 'w', does: 'unanswered', name: 'keys.unanswered', place: 'conversation' },
  { keys: 'r', does: 'reply', name: 'keys.reply', place: 'conversation' },
  { keys: 'n', does: 'note', name: 'keys.note', place: 'conversation' },
  { keys: 'e', does: 'solve', name: 'keys.solve', place: 'conversation' },
  { keys: 'a', does: 'assign', name: 'keys.assign', place: 'conversation' },
  { keys: 's', does: 'snooze', name: 'keys.snooze', place: 'conversation' },
  { keys: 'c', does: 'close', name: 'keys.close', place: 'conversation' },
  { keys: 'm', does: 'merge', name: 'keys.merge', place: 'conversation' },
  { keys: 'p', does: 'person', name: 'keys.person', place: 'conversation' },
  { keys: 'u', does: 'back', name: 'keys.back', place: 'conversation' },
  { keys: 'Mod+Enter', does: 'send', name: 'keys.send', place: 'writing', native: true },
  { keys: 'Escape', does: 'leave', name: 'keys.leave', place: 'writing', native: true },
];

export const PLACES: readonly Place[] = ['everywhere', 'lists', 'conversation', 'writing'];

/** How long the second key of two may take. */
const SEQUENCE_MS = 1500;

type Handlers = Record<string, () => void>;

const layers: Handlers[] = [];
let singles = true;
let first = '';
let timer: ReturnType<typeof setTimeout> | undefined;

export function allowSingleKeys(allowed: boolean): void {
  singles = allowed;
}

/** Do these on their keys, until the returned function is called. */
export function press(handlers: Handlers): () => void {
  layers.push(handlers);
  return () => {
    const index = layers.indexOf(handlers);
    if (index >= 0) layers.splice(index, 1);
  };
}

/** What is bound right now: the palette offers exactly that. */
export function bound(does: string): (() => void) | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    if (layers[i][does]) return layers[i][does];
  }
  return undefined;
}

/** Single keys are commands unless somebody is typing, or has switched them off. */
export function isTyping(event: KeyboardEvent): boolean {
  if (!singles || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  return isBusy(event);
}

function isBusy(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (document.querySelector('dialog[open], [role=dialog], [role=menu]')) return true;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** The row that this key ends, given what was pressed before; the latest binding wins. */
export function find(keys: string, has: (does: string) => boolean): KeyRow | undefined {
  return KEYS.find((row) => !row.native && row.keys === keys && has(row.does));
}

const begins = (key: string) => KEYS.some((row) => row.keys.startsWith(`${key} `));

function strike(keys: string): boolean {
  const row = find(keys, (does) => bound(does) !== undefined);
  if (!row) return false;
  bound(row.does)?.();
  return true;
}

export function onKeydown(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    if (strike(`Mod+${event.key.toLowerCase()}`)) event.preventDefault();
    return;
  }
  if (event.repeat || isTyping(event)) return;
  clearTimeout(timer);
  const before = first;
  first = '';
  if (before && strike(`${before} ${event.key}`)) {
    event.preventDefault();
  } else if (begins(event.key)) {
    first = event.key;
    timer = setTimeout(() => (first = ''), SEQUENCE_MS);
  } else if (strike(event.key)) {
    event.preventDefault();
  }
}

/** As this machine's keyboard names it. */
export function label(keys: string, mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')): string[] {
  return keys.split(/[ +]/).map((key) => {
    if (key === 'Mod') return mac ? '⌘' : 'Ctrl';
    return key.length === 1 && key !== '/' && key !== '?' ? key.toUpperCase() : key;
  });
}
