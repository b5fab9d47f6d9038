/** The language of the interface, and its texts. */

import { de, type Key } from '../i18n/de.ts';
import { en } from '../i18n/en.ts';
import * as format from './format.ts';
import type { Language } from './format.ts';
import { fill, type Values } from './message.ts';
import { remember, remembered } from './memory.ts';

const TEXTS = { de, en };

function preferred(): Language {
  const saved = remembered('language');
  if (saved === 'de' || saved === 'en') return saved;
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}

let current = $state<Language>(preferred());
let zone = $state<string | undefined>(undefined);
let now = $state(Date.now());
/** Changes once a day, not with the clock: thousands of times are written by it. */
const today = $derived(format.dayOf(now, zone));

export const language = {
  get current() {
    return current;
  },
  set current(value: Language) {
    current = value;
    remember('language', value);
    document.documentElement.lang = value;
  },
};

/** Times are shown in the workspace's zone, once it is known. */
export function useTimeZone(name: string | undefined): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    zone = name;
  } catch {
    zone = undefined;
  }
}

/** Of the workspace, or of this browser as long as nobody is logged in. */
export const timeZone = () => zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Lets waiting times grow while one looks; returns how to stop. */
export function startClock(): () => void {
  const timer = setInterval(() => (now = Date.now()), 20_000);
  return () => clearInterval(timer);
}

export const t = (key: Key, values?: Values): string => fill(current, TEXTS[current][key], values);

/** The text of a word from the server ("state" + "open"), or the word itself. */
export function word(group: string, value: string | null | undefined, values?: Values): string {
  const key = `${group}.${value}`;
  return key in de ? t(key as Key, values) : (value ?? '');
}

/** Why a conversation stands above others: what its messages say, or what came of it. */
export function raisedWord(reason: string): string {
  if (reason === 'priority') return t('row.priority');
  if (reason === 'reopened') return t('row.reopened');
  return word(reason === 'complaint' ? 'intent' : 'finding', reason);
}

export const clock = () => now;
export const number = (value: number, digits?: number) => format.number(current, value, digits);
export const percent = (share: number) => format.percent(current, share);
export const dateTime = (at: string | number) => format.dateTime(current, at, zone);
/** A day as it is, whatever the zone: "2026-11-02". */
export const calendarDay = (day: string) => format.date(current, `${day}T12:00:00Z`, 'UTC');
export const date = (at: string | number) => format.date(current, at, zone);
export const time = (at: string | number, seconds = false) => format.time(current, at, zone, seconds);
/** "Mo., 30. Nov., 08:00": soon enough that the day of the week says most. */
export const soon = (at: string | number) => format.soon(current, at, zone);
export const zoneName = () => zone;
export const shortTime = (at: string | number) => format.shortTime(current, at, today, zone);
export const sinceDay = (at: string | number) => format.sinceDay(current, at, today, zone);
export const duration = (ms: number) => format.duration(current, ms);
export const since = (at: string | number) =>
  format.roughly(current, now - new Date(at).getTime());
export const until = (at: string | number) =>
  format.roughly(current, new Date(at).getTime() - now);
