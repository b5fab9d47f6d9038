/** Every word that people read, wherever it is kept: the interface, the chat, the public pages. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from './modules.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const WIDGET = 'web/widget/words.ts';

/** A text of the interface is one string, or one for each plural form. */
const forms = (message) => (typeof message === 'string' ? [message] : Object.values(message));

/** Unites the strings that C puts together: "a" "b". */
const cString = (text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => JSON.parse(`"${part}"`)).join('');

const STRINGS = String.raw`((?:"(?:[^"\\]|\\.)*"\s*)+)`;

/** The tables of the server: WORD(NAME, "German", "English"). */
function fromTables() {
  const tables = readdirSync(`${root}src`, { recursive: true }).filter((name) => name.endsWith('words.def'));
  return tables.flatMap((name) => {
    const text = readFileSync(`${root}src/${name}`, 'utf8');
    const found = [...text.matchAll(new RegExp(String.raw`\bWORD\((\w+),\s*${STRINGS},\s*${STRINGS}\)`, 'g'))];
    if (found.length !== (text.match(/^WORD\(/gm) ?? []).length) throw new Error(`${name}: a WORD is not readable`);
    return found.map(([, key, de, en]) => ({ where: `${name} ${key}`, de: [cString(de)], en: [cString(en)] }));
  });
}

/** [{where, de: [text], en: [text]}] */
export async function everyText() {
  const { de } = await load('i18n/de.ts');
  const { en } = await load('i18n/en.ts');
  const all = Object.keys(de).map((key) => ({ where: key, de: forms(de[key]), en: forms(en[key]) }));
  const { GLOSSARY } = await load('i18n/glossary.ts');
  for (const { title, entries } of GLOSSARY) {
    for (const text of [title, ...entries.flatMap(({ word, means }) => (typeof word === 'string' ? [means] : [word, means]))]) {
      all.push({ where: `glossary ${text.en}`, de: [text.de], en: [text.en] });
    }
  }
  if (existsSync(root + WIDGET)) {
    const { WORDS } = await load('../widget/words.ts');
    all.push(...Object.keys(WORDS.de).map((key) => ({ where: `widget ${key}`, de: [WORDS.de[key]], en: [WORDS.en[key]] })));
  }
  return [...all, ...fromTables()];
}

/** The text without its placeholders. */
export const bare = (text) => text.replace(/\{\w*\}/g, ' ');
