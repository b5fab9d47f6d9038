/** Fills a text of the interface: placeholders and plural forms. Pure. */

import { number, type Language } from './format.ts';

/** One text, or one for each plural form; the form is chosen by the value `n`. */
export type Message = string | { one: string; other: string };
export type Values = Record<string, string | number>;

const forms: Record<Language, Intl.PluralRules> = { de: new Intl.PluralRules('de'), en: new Intl.PluralRules('en') };

export function fill(language: Language, message: Message, values: Values = {}): string {
  let text = message;
  if (typeof text !== 'string') {
    const form = forms[language].select(Number(values.n));
    text = form === 'one' ? text.one : text.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(language, value, 1) : value;
  });
}

/** Names of the placeholders of a message, sorted, for the tests. */
export function placeholders(message: Message): string[] {
  const texts = typeof message === 'string' ? [message] : Object.values(message);
  const names = texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]));
  return [...new Set(names)].sort();
}
