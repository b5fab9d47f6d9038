/** The texts around findings, in the language that is chosen. */

import { NEXT_STEPS, SAID } from '../i18n/said.ts';
import { CHOICES } from './findings.ts';
import { language, word } from './language.svelte.ts';
import { fill, type Values } from './message.ts';
import type { Finding } from './types.ts';

export type SaidKey = keyof typeof SAID;

const here = () => (language.current === 'de' ? 0 : 1);

export const said = (key: SaidKey, values?: Values): string => fill(language.current, SAID[key][here()], values);

/** What usually comes next; empty: nothing is usual. */
export const nextStep = ({ kind, value }: Finding): string => NEXT_STEPS[kind === 'intent' ? value : kind]?.[here()] ?? '';

/** The word for a kind, a value or a mark, wherever it stands. */
export function label(group: 'finding' | 'sentiment' | 'toward' | 'mark', name: string): string {
  const key = `${group}.${name}`;
  if (key in SAID) return said(key as SaidKey);
  if (group === 'mark' && name === 'unsure') return word('mark', name);
  if (group === 'mark') return label(['negative', 'neutral', 'positive'].includes(name) ? 'sentiment' : 'finding', name);
  return word('finding', name);
}

export function valueWord(kind: string, value: string): string {
  if (kind === 'sentiment') return label('sentiment', value);
  return kind === 'toward' ? label('toward', value) : word('intent', value);
}

/** What was found, in a few quiet words. */
export function title({ kind, value }: Finding): string {
  if (kind === 'personal_data') return said('personal_data', { what: said(`personal.${value}` as SaidKey) });
  if (kind === 'topic') return said('topic', { topic: value });
  if (kind === 'competitor') return value ? said('competitor_named', { name: value }) : said('competitor');
  return kind in CHOICES ? valueWord(kind, value) : label('finding', kind);
}
