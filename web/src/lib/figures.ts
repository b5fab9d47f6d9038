/** What a report says, in the words and numbers of the language. */

import { duration, number, percent, since, t } from './language.svelte.ts';
import type { Figure, Report } from './types.ts';

/** The value that stands for the whole: the median of a duration. */
export function mainValue(unit: Report['unit'], figure: Figure): number | null {
  if (figure.n === 0 && unit !== 'number') return null;
  return unit === 'ms' ? figure.median_ms : figure.value;
}

/** A channel that has been silent for longer than it ever was. */
export function silence(since_at: string, usual_ms: number): string {
  return t('alarm.silent', { time: since(since_at), usual: duration(usual_ms) });
}

export function show(unit: Report['unit'], value: number | null): string {
  if (value === null) return t('reports.no_data');
  if (unit === 'ms') return duration(value);
  return unit === 'share' ? percent(value) : number(value, 2);
}

/** What is better for people: answers that come sooner, problems that stay solved. */
const BETTER: Record<string, 'less' | 'more'> = { ms: 'less', share: 'more' };

export interface Change {
  share: number;
  good: boolean | null; // null: neither
}

/** Compared with before; null where nothing can be said. */
export function change(unit: Report['unit'], now: number | null, before: number | null): Change | null {
  if (now === null || before === null || before === 0) return null;
  const share = (now - before) / before;
  const better = BETTER[unit];
  if (!better || Math.abs(share) < 0.02) return { share, good: null };
  return { share, good: better === 'less' ? share < 0 : share > 0 };
}
