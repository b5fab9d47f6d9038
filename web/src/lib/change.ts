/** How a figure changed since the period before. Pure. */

import type { Report } from './types.ts';

/** What is better for people: answers that come sooner, problems that stay solved. */
const BETTER: Record<string, 'less' | 'more'> = { ms: 'less', share: 'more' };

export interface Change {
  by: number; // of the value before; of a share: the difference, in shares of 1
  good: boolean | null; // null: neither
}

/** Compared with before; null where nothing can be said. */
export function change(unit: Report['unit'], now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null;
  if (unit !== 'share' && before === 0) return null;
  const by = unit === 'share' ? now - before : (now - before) / before;
  const better = BETTER[unit];
  if (!better || Math.abs(by) < 0.02) return { by, good: null };
  return { by, good: better === 'less' ? by < 0 : by > 0 };
}

/** How much that is, in percent; of a share in points, since percent of percent would say more than it is. */
export const points = ({ by }: Change): number => Math.round(Math.abs(by) * 1000) / 10;
