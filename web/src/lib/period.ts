/** A period of days in a time zone, the one before it, and the marks within. Pure. */

export interface Period {
  from: string; // first day: 2026-11-01
  to: string; // last day, included
}

const DAY_MS = 86_400_000;
const utc = (day: string) => Date.parse(`${day}T00:00:00Z`);
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
export const addDays = (day: string, days: number) => dayOf(utc(day) + days * DAY_MS);
export const daysOf = ({ from, to }: Period) => Math.round((utc(to) - utc(from)) / DAY_MS) + 1;

export function isDay(text: string | null): text is string {
  return text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(utc(text));
}

/** The day in the zone. */
export function today(now: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(now);
}

/** Midnight of the day in the zone. */
export function midnight(day: string, zone: string): number {
  const wall = (time: number) =>
    Date.parse(`${new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(time).replace(' ', 'T')}Z`);
  let at = utc(day);
  for (let i = 0; i < 2; i++) at += utc(day) - wall(at);
  return at;
}

/** As the server wants it: from an instant on, before another. */
export function bounds(period: Period, zone: string): { from: string; to: string } {
  return {
    from: new Date(midnight(period.from, zone)).toISOString(),
    to: new Date(midnight(addDays(period.to, 1), zone)).toISOString(),
  };
}

/** As many days right before. */
export function previous(period: Period): Period {
  const days = daysOf(period);
  return { from: addDays(period.from, -days), to: addDays(period.from, -1) };
}

export const PRESETS = ['7', '30', '90', 'month', 'last_month', 'year'] as const;

export function preset(name: (typeof PRESETS)[number], now: string): Period {
  const month = now.slice(0, 7);
  if (name === 'month') return { from: `${month}-01`, to: now };
  if (name === 'last_month') {
    const to = addDays(`${month}-01`, -1);
    return { from: `${to.slice(0, 7)}-01`, to };
  }
  if (name === 'year') return { from: `${now.slice(0, 4)}-01-01`, to: now };
  return { from: addDays(now, 1 - Number(name)), to: now };
}

export type Step = 'day' | 'week' | 'month';

/** How fine a line over the period is: some dozens of marks. */
export function stepOf(period: Period): Step {
  const days = daysOf(period);
  return days <= 62 ? 'day' : days <= 400 ? 'week' : 'month';
}

/** Every mark of the period as the server names it, whether something happened or not. */
export function marks(period: Period, step: Step): string[] {
  if (step === 'month') {
    const found: string[] = [];
    for (let day = period.from; day <= period.to; day = addDays(`${day.slice(0, 7)}-28`, 4)) {
      day = `${day.slice(0, 7)}-01`;
      found.push(day.slice(0, 7));
    }
    return found;
  }
  const weekday = (new Date(utc(period.from)).getUTCDay() + 6) % 7;
  const first = step === 'week' ? addDays(period.from, -weekday) : period.from;
  const found: string[] = [];
  for (let day = first; day <= period.to; day = addDays(day, step === 'week' ? 7 : 1)) found.push(day);
  return found;
}
