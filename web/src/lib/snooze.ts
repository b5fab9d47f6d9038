/** When a conversation that is put off comes back: by the clock of the workspace. Pure. */

const MORNING = 8;

/** What a clock on the wall of `zone` shows, as if it were UTC. */
function wall(at: number, zone: string | undefined): Date {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(at));
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return new Date(Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')));
}

/** The instant at which that clock shows `shown` (given as if it were UTC). */
export function instant(shown: number, zone: string | undefined): number {
  let at = shown;
  // Twice: the first guess may lie on the other side of a change of summer time.
  for (let i = 0; i < 2; i++) at += shown - wall(at, zone).getTime();
  return at;
}

/** Eight in the morning, so many days on. */
export function morning(now: number, days: number, zone: string | undefined): number {
  const today = wall(now, zone);
  return instant(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + days, MORNING), zone);
}

/** Days until the next Monday; on a Monday the one after. */
export function untilMonday(now: number, zone: string | undefined): number {
  return ((7 - wall(now, zone).getUTCDay()) % 7) + 1;
}

/** The value of an input of the type datetime-local, and back. */
export const toInput = (at: number, zone: string | undefined) => wall(at, zone).toISOString().slice(0, 16);
export const fromInput = (value: string, zone: string | undefined) => instant(Date.parse(`${value}:00Z`), zone);
