/** The texts around findings, in the language that is chosen. */

import { NEXT_STEPS, SAID } from '../i18n/said.ts';
import { language } from './language.svelte.ts';
import { fill, type Values } from './message.ts';
import type { Finding } from './types.ts';

export type SaidKey = keyof typeof SAID;

const here = () => (language.current === 'de' ? 0 : 1);

export const said = (key: SaidKey, values?: Values): string => fill(language.current, SAID[key][here()], values);

/** What usually comes next; empty: nothing is usual. */
export const nextStep = ({ kind, value }: Finding): string => NEXT_STEPS[kind === 'intent' ? value : kind]?.[here()] ?? '';
