/** What a message says: which findings are shown, in which order, and where. Pure. */

import type { Piece } from './highlight.ts';
import type { Finding } from './types.ts';

/** One of several; everything else holds or does not. */
export const CHOICES: Record<string, readonly string[]> = {
  intent: ['question', 'complaint', 'suggestion', 'order', 'praise', 'discussion', 'spam', 'other'],
  sentiment: ['negative', 'neutral', 'positive'],
  toward: ['us', 'third'],
};

export const FLAGS = [
  'urgent',
  'frustrated',
  'at_risk',
  'deterred',
  'call_back',
  'private',
  'chaser',
  'thanks',
  'rude',
  'insult',
  'irony',
  'opt_out',
] as const;

export const canJudge = (kind: string): boolean =>
  kind in CHOICES || (FLAGS as readonly string[]).includes(kind);

/** The ground colour of most messages: said only when one asks. */
function isPlain({ kind, value, unsure, source }: Finding): boolean {
  if (kind === 'language') return true;
  if (source === 'person') return false;
  return (kind === 'toward' && value === 'us') || (kind === 'sentiment' && (value === 'neutral' || unsure));
}

/** What stands on the card: each thing once, in the order of the kinds. */
export function shownFindings(findings: Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((one) => {
    const name = nameOf(one);
    if (isPlain(one) || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

export const nameOf = ({ kind, value }: Finding): string => `${kind} ${value}`;

/** `text` is a part of the body from `offset` on. */
export function marked(text: string, offset: number, spans: { from: number; to: number }[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const add = (to: number, hit: boolean) => {
    if (to > at) pieces.push({ text: text.slice(at, to), hit });
    at = Math.max(at, to);
  };
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    add(Math.min(Math.max(from - offset, 0), text.length), false);
    add(Math.min(Math.max(to - offset, 0), text.length), true);
  }
  add(text.length, false);
  return pieces;
}

/** What people said of one class in one week. */
export interface Tally {
  kind: string;
  value: string;
  week_at: string;
  judged: number;
  right: number;
  unsure: number;
}

function sumBy(tallies: Tally[], key: (one: Tally) => string): Tally[] {
  const sums = new Map<string, Tally>();
  for (const one of tallies) {
    const sum = sums.get(key(one)) ?? { ...one, judged: 0, right: 0, unsure: 0 };
    sum.judged += one.judged;
    sum.right += one.right;
    sum.unsure += one.unsure;
    sums.set(key(one), sum);
  }
  return [...sums.values()];
}

export const rightByClass = (tallies: Tally[]): Tally[] =>
  sumBy(tallies, ({ kind, value }) => `${kind} ${value}`).sort((a, b) => b.judged - a.judged);
export const rightByWeek = (tallies: Tally[]): Tally[] =>
  sumBy(tallies, ({ week_at }) => week_at).sort((a, b) => b.week_at.localeCompare(a.week_at));

/** Characters of one spelling of a list. */
const SENTENCE_MAX = 100;

/** A text as an example in a list: one line that the list can hold, ending with a whole word. */
export function sentence(text: string): string {
  const line = text.replace(/[|\s]+/g, ' ').replace(/^[!\s]+/, '').trim();
  const all = Array.from(line);
  if (all.length <= SENTENCE_MAX) return line;
  const cut = all.slice(0, SENTENCE_MAX).join('');
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), 0)) || cut;
}
