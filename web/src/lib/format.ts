/** Numbers, dates and durations as people write them. Pure: no state, no DOM. */

export type Language = 'de' | 'en';

const LOCALE: Record<Language, string> = { de: 'de-DE', en: 'en-GB' };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function number(language: Language, value: number, digits = 0): string {
  return new Intl.NumberFormat(LOCALE[language], {
    useGrouping: true,
    maximumFractionDigits: digits,
  }).format(value);
}

export function percent(language: Language, share: number): string {
  return new Intl.NumberFormat(LOCALE[language], {
    style: 'percent',
    maximumFractionDigits: 1,
  }).format(share);
}

/** "2. Nov. 2026, 09:30" */
export function dateTime(language: Language, at: string | number, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(new Date(at));
}

export function date(language: Language, at: string | number, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'medium', timeZone }).format(
    new Date(at),
  );
}

/** "Mo., 30. Nov., 08:00": soon enough that the day of the week says most. */
export function soon(language: Language, at: string | number, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(new Date(at));
}

/** "09:30", with seconds where they matter. */
export function time(language: Language, at: string | number, timeZone?: string, seconds = false): string {
  return new Intl.DateTimeFormat(LOCALE[language], { timeStyle: seconds ? 'medium' : 'short', timeZone }).format(new Date(at));
}

/** Today the time alone, else the date, of another year with the year: for lists. */
export function shortTime(
  language: Language,
  at: string | number,
  now: number,
  timeZone?: string,
): string {
  const day = (time: number) => date('en', time, timeZone);
  const when = new Date(at);
  if (day(when.getTime()) === day(now)) {
    return new Intl.DateTimeFormat(LOCALE[language], { timeStyle: 'short', timeZone }).format(when);
  }
  const year = (time: number) =>
    new Intl.DateTimeFormat('en', { year: 'numeric', timeZone }).format(time);
  return new Intl.DateTimeFormat(LOCALE[language], {
    day: 'numeric',
    month: 'short',
    year: year(when.getTime()) === year(now) ? undefined : 'numeric',
    timeZone,
  }).format(when);
}

const UNITS: { size: number; unit: 'day' | 'hour' | 'minute' | 'second' }[] = [
  { size: DAY, unit: 'day' },
  { size: HOUR, unit: 'hour' },
  { size: MINUTE, unit: 'minute' },
  { size: SECOND, unit: 'second' },
];

/** The two largest units of a duration: "2 Std. 5 Min.", "3 Tg.", "12 Sek." */
export function duration(language: Language, ms: number): string {
  let rest = Math.max(0, Math.round(ms / SECOND)) * SECOND;
  const first = UNITS.findIndex(({ size }) => rest >= size);
  if (first < 0) return unit(language, 0, 'second');

  const parts: string[] = [];
  for (const { size, unit: name } of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(unit(language, count, name));
  }
  return parts.join(' ');
}

/** A duration that changes while one looks: whole minutes, hours or days only. */
export function roughly(language: Language, ms: number): string {
  if (ms < HOUR) return unit(language, Math.max(0, Math.floor(ms / MINUTE)), 'minute');
  if (ms < DAY) return unit(language, Math.floor(ms / HOUR), 'hour');
  return unit(language, Math.floor(ms / DAY), 'day');
}

function unit(language: Language, count: number, name: string): string {
  return new Intl.NumberFormat(LOCALE[language], {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
  }).format(count);
}

/** "AB" for an avatar without a picture. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0];
  const last = words.length > 1 ? [...words[words.length - 1]][0] : '';
  return (first + last).toUpperCase();
}
