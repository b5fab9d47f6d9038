/** What networks count, in words. Pure. */

import type { Counted, CountedPoint } from './types.ts';

export const KINDS = ['likes', 'shares', 'quotes', 'replies', 'views'] as const;
export type Kind = (typeof KINDS)[number];

/** The numbers that a network gives of a post, nought left out where others are none. */
export function given(counted: Counted): [Kind, number][] {
  const known = KINDS.map((kind) => [kind, counted[kind]] as [Kind, number | null]);
  const told = known.filter((pair): pair is [Kind, number] => typeof pair[1] === 'number');
  const some = told.filter(([, count]) => count > 0);
  return some.length > 0 ? some : told.slice(0, 2);
}

/** Of which kinds it says nothing: that is not nought. */
export const notGiven = (counted: Counted): Kind[] => KINDS.filter((kind) => typeof counted[kind] !== 'number');

export interface Day {
  day: string;
  number: number | null;
}

/** The last number of each day, in order. */
export function byDay(points: CountedPoint[], dayOf: (at: string) => string): Day[] {
  const days = new Map<string, number | null>();
  for (const point of points) if (point.kind === 'followers') days.set(dayOf(point.at), point.number);
  return [...days].map(([day, number]) => ({ day, number }));
}

/** A line through the days, 0 to 100 wide and 0 to 30 high, for the eye alone. */
export function line(days: Day[]): string {
  const known = days.filter((day): day is { day: string; number: number } => day.number !== null);
  if (known.length < 2) return '';
  const times = known.map(({ day }) => Date.parse(day));
  const numbers = known.map(({ number }) => number);
  const [first, last] = [times[0], times[times.length - 1]];
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return known
    .map((_, n) => {
      const x = ((times[n] - first) / (last - first)) * 100;
      const y = high === low ? 15 : 28 - ((numbers[n] - low) / (high - low)) * 26;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
