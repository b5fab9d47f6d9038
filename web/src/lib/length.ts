/**
 * How long a text is, as a network counts it: the twin of src/text/length.c, held to the
 * same list of texts (tests/data/text_lengths.json).
 */

import type { LengthRule } from './types.ts';

const ADDRESS = /(?<![0-9A-Za-z])https?:\/\/[^\x00-\x20<>"]+/gi;
const TRAILING = /[.,;:!?')\]}]+$/;
const EMPTY = /^https?:\/*$/i;

const encoder = new TextEncoder();
let segmenter: Intl.Segmenter | undefined; // dear to make, and asked at each key

function graphemes(text: string): number {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

function units(unit: LengthRule['unit'], text: string): number {
  if (unit === 'bytes') return encoder.encode(text).length;
  if (unit === 'utf16') return text.length;
  return unit === 'characters' ? [...text].length : graphemes(text);
}

/** In units of the rule. */
export function lengthOf(rule: Pick<LengthRule, 'unit' | 'link'>, text: string): number {
  if (rule.link === 0) return units(rule.unit, text);
  let count = 0;
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = found.replace(TRAILING, '');
    if (EMPTY.test(address)) continue;
    count += units(rule.unit, text.slice(from, index)) + rule.link;
    from = index + address.length;
  }
  return count + units(rule.unit, text.slice(from));
}

/** How much more fits; negative: so much too long. Which of the two ceilings decides comes along. */
export function room(rule: LengthRule, text: string): { left: number; most: number; unit: LengthRule['unit'] } {
  const bytes = { left: rule.most_bytes - units('bytes', text), most: rule.most_bytes, unit: 'bytes' as const };
  if (rule.most === 0) return bytes;
  const own = { left: rule.most - lengthOf(rule, text), most: rule.most, unit: rule.unit };
  return bytes.left < 0 && own.left >= 0 ? bytes : own;
}
