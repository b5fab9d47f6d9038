/** Numbers, dates and durations as people write them. Pure: no state, no DOM. */

export type Language = 'de' | 'en';

const LOCALE: Record<Language, string> = { de: 'de-DE', en: 'en-GB' };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What writes numbers and times is dear to make and cheap to use: each is made once. */
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function once<T extends Intl.NumberFormat | Intl.DateTimeFormat>(name: string, make: () => T): T {
  const known = made.get(name) as T | undefined;
  if (known) return known;
  const fresh = make();
  made.set(name, fresh);
  return fresh;
}

function numbers(language: Language, name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return once(`${language} ${name}`, () => new Intl.NumberFormat(LOCALE[language], options));
}

const TIMES = {
  dateTime: { dateStyle: 'medium', timeStyle: 'short' },
  date: { dateStyle: 'medium' },
  soon: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  time: { timeStyle: 'short' },
  seconds: { timeStyle: 'medium' },
  day: { day: 'numeric', month: 'short' },
  dayOfYear: { day: 'numeric', month: 'short', year: 'numeric' },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

function written(shape: keyof typeof TIMES, language: Language, at: string | number, timeZone?: string): string {
  const make = () => new Intl.DateTimeFormat(LOCALE[language], { ...TIMES[shape], timeZone });
  return once(`${language} ${shape} ${timeZone}`, make).format(new Date(at));
}

export const number = (language: Language, value: number, digits = 0): string =>
  numbers(language, `number ${digits}`, { useGrouping: true, maximumFractionDigits: digits }).format(value);

export const percent = (language: Language, share: number): string =>
  numbers(language, 'percent', { style: 'percent', maximumFractionDigits: 1 }).format(share);

/** "2. Nov. 2026, 09:30" */
export const dateTime = (language: Language, at: string | number, timeZone?: string): string =>
  written('dateTime', language, at, timeZone);

export const date = (language: Language, at: string | number, timeZone?: string): string =>
  written('date', language, at, timeZone);

/** "Mo., 30. Nov., 08:00": soon enough that the day of the week says most. */
export const soon = (language: Language, at: string | number, timeZone?: string): string =>
  written('soon', language, at, timeZone);

/** "09:30", with seconds where they matter. */
export const time = (language: Language, at: string | number, timeZone?: string, seconds = false): string =>
  written(seconds ? 'seconds' : 'time', language, at, timeZone);

/** "2026-11-02": the day in a zone, to compare with. */
export const dayOf = (at: string | number, timeZone?: string): string =>
  once(`day ${timeZone}`, () => new Intl.DateTimeFormat('sv-SE', { timeZone })).format(new Date(at));

/** Today the time alone, else the date, of another year with the year: for lists. */
export function shortTime(language: Language, at: string | number, today: string, timeZone?: string): string {
  const day = dayOf(at, timeZone);
  if (day === today) return written('time', language, at, timeZone);
  const thisYear = day.slice(0, 4) === today.slice(0, 4);
  return written(thisYear ? 'day' : 'dayOfYear', language, at, timeZone);
}

const UNITS: { size: number; unit: 'day' | 'hour' | 'minute' | 'second' }[] = [
  { size: DAY, unit: 'day' },
  { size: HOUR, unit: 'hour' },
  { size: MINUTE, unit: 'minute' },
  { size: SECOND, unit: 'second' },
];

/** The two largest units of a duration: "2 Std. 5 Min.", "3 Tg.", "12 Sek." */
/** After "since": yesterday by its name, else as in a list. */
export function sinceDay(language: Language, at: string | number, today: string, timeZone?: string): string {
  const yesterday = dayOf(Date.parse(`${today}T12:00:00Z`) - 86_400_000, 'UTC');
  if (dayOf(at, timeZone) === yesterday) return language === 'de' ? 'gestern' : 'yesterday';
  return shortTime(language, at, today, timeZone);
}

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

const unit = (language: Language, count: number, name: string): string =>
  numbers(language, name, { style: 'unit', unit: name, unitDisplay: 'short' }).format(count);

/** "AB" for an avatar without a picture. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0];
  const last = words.length > 1 ? [...words[words.length - 1]][0] : '';
  return (first + last).toUpperCase();
}
