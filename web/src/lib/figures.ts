/** What a report says, in the words and numbers of the language. */

import { duration, number, percent, since, t } from './language.svelte.ts';
import type { Figure, Report } from './types.ts';

/** The value that stands for the whole: the median of a duration. */
export function mainValue(unit: Report['unit'], figure: Figure): number | null {
  if (figure.n === 0 && figure.base === null && unit !== 'number') return null;
  return unit === 'ms' ? figure.median_ms : figure.value;
}

/** A channel that has been silent for longer than it ever was. */
export function silence(since_at: string, usual_ms: number): string {
  return t('alarm.silent', { time: since(since_at), usual: duration(usual_ms) });
}

export function show(unit: Report['unit'], value: number | null): string {
  if (value === null) return t('reports.no_data');
  if (unit === 'ms') return duration(value);
  if (unit === 'permille') return t('reports.permille', { n: number(value * 1000, 1) });
  return unit === 'share' ? percent(value) : number(value, 2);
}

/** The value of a whole report: of a share of people, too, how many they are. */
export function headline(report: Report): string {
  const value = show(report.unit, mainValue(report.unit, report));
  return report.unit === 'share' && report.sum !== null && !report.no_data ? t('reports.of_people', { n: report.sum, share: value }) : value;
}
