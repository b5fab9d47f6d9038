/**
 * Makes docs/glossary.md from the words of the interface.
 *
 *   tools/with-node node web/test/glossary.mjs      writes it
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from './modules.mjs';

export const PATH = fileURLToPath(new URL('../../docs/glossary.md', import.meta.url));

/** The word as it stands in the interface, without what follows it there. */
const plain = (text) => text.replace(/ ?[.…]+$/, '').split(': ')[0];

export async function glossary() {
  const { GLOSSARY } = await load('i18n/glossary.ts');
  const { de } = await load('i18n/de.ts');
  const { en } = await load('i18n/en.ts');
  const texts = { de, en };
  const say = (word, language) => plain(typeof word === 'string' ? texts[language][word] : word[language]);
  const lines = [
    '# Glossary · Glossar',
    '',
    'What the words of Draht mean for those who use it, in both languages. Made from `web/src/i18n/glossary.ts` by',
    '`tools/with-node node web/test/glossary.mjs`; the interface shows the same under *Wörter* / *Words*.',
  ];
  for (const { title, entries } of GLOSSARY) {
    lines.push('', `## ${title.en} · ${title.de}`, '', '| English | Deutsch | means | bedeutet |', '|---|---|---|---|');
    for (const { word, code, means } of entries) {
      const name = code && code !== say(word, 'en').toLowerCase() ? ` (\`${code}\`)` : '';
      lines.push(`| ${say(word, 'en')}${name} | ${say(word, 'de')} | ${means.en} | ${means.de} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PATH, await glossary());
