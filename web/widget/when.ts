/** Times in words, so that nothing is promised that is not known. */
import type { Chat } from './protocol.ts';
import { currentLanguage, t } from './words.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const format = (at: Date, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(currentLanguage() === 'de' ? 'de-DE' : 'en-GB', options).format(at);

export const clock = (at: string | number): string => format(new Date(at), { hour: '2-digit', minute: '2-digit' });

const dayNumber = (at: Date): number => Math.floor((at.getTime() - at.getTimezoneOffset() * MINUTE) / DAY);

/** "Heute", "Gestern", "Montag, 3. März" */
export function day(at: string | number): string {
  const then = new Date(at);
  const distance = dayNumber(new Date()) - dayNumber(then);
  if (distance === 0) return t('today');
  if (distance === 1) return t('yesterday');
  const year = then.getFullYear() === new Date().getFullYear() ? undefined : 'numeric';
  return format(then, { weekday: 'long', day: 'numeric', month: 'long', year });
}

/** Rounded up to what people say: a promise of "20 minutes" must hold. */
export function span(ms: number): string {
  const minutes = [5, 10, 15, 20, 30, 45].find((n) => ms <= n * MINUTE);
  if (minutes) return t('span.minutes', { n: minutes });
  const hours = Math.ceil(ms / HOUR);
  if (hours <= 48) return hours === 1 ? t('span.hours.one') : t('span.hours', { n: hours });
  const days = Math.ceil(ms / DAY);
  return days === 1 ? t('span.days.one') : t('span.days', { n: days });
}

/** "Montag, 08:00" within a week, else with the date. */
export function opening(at: string): string {
  const then = new Date(at);
  const near = dayNumber(then) - dayNumber(new Date());
  const time = `${clock(at)}${currentLanguage() === 'de' ? ' Uhr' : ''}`;
  if (near === 0) return time;
  if (near < 7) return `${format(then, { weekday: 'long' })}, ${time}`;
  return `${format(then, { weekday: 'long', day: 'numeric', month: 'long' })}, ${time}`;
}

/** When somebody will answer, as far as it is known. */
export function promise(chat: Chat): string {
  const expected = t(chat.expected.by === 'measured' ? 'expected.measured' : 'expected.target', {
    span: span(chat.expected.ms),
  });
  const { open, opens_at } = chat.hours;
  if (open === null) return expected;
  if (open) return `${t('hours.open')} ${expected}`;
  if (!opens_at) return t('hours.none');
  return t('hours.opens', { when: opening(opens_at) });
}

export function size(bytes: number): string {
  const unit = bytes < 1024 * 1024 ? 'KB' : 'MB';
  const value = unit === 'KB' ? Math.max(1, Math.round(bytes / 1024)) : Math.round((bytes / 1024 / 1024) * 10) / 10;
  return `${new Intl.NumberFormat(currentLanguage()).format(value)} ${unit}`;
}
