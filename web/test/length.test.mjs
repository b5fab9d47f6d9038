/** How long a reply is by the rule of a network: as the server counts. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { load } from './modules.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { lengthOf, room } = await load('lib/length.ts');
const { de } = await load('i18n/de.ts');
const { en } = await load('i18n/en.ts');

test('every text of the shared list is as long as it says', () => {
  const list = JSON.parse(readFileSync(`${ROOT}tests/data/text_lengths.json`, 'utf8'));
  assert.ok(list.length > 20);
  for (const { text, unit, link, length } of list) assert.equal(lengthOf({ unit, link }, text), length, JSON.stringify([text, unit, link]));
});

test('the ceiling in bytes counts beside that of the network, and is named when it is the one', () => {
  const rule = { most: 5, unit: 'graphemes', link: 0, most_bytes: 12 };
  assert.deepEqual(room(rule, 'abc'), { left: 2, most: 5, unit: 'graphemes' });
  assert.deepEqual(room(rule, 'abcdef'), { left: -1, most: 5, unit: 'graphemes' });
  assert.deepEqual(room(rule, '👩‍👩‍👧'), { left: -6, most: 12, unit: 'bytes' });
  assert.deepEqual(room({ ...rule, most: 0 }, 'abc'), { left: 9, most: 12, unit: 'bytes' });
});

test('every setting of every network has its words in both languages', () => {
  const missing = [];
  let found = 0;
  for (const name of readdirSync(`${ROOT}src/channel`).filter((one) => /^(?!mock).*\.c$/.test(one))) {
    const source = readFileSync(`${ROOT}src/channel/${name}`, 'utf8');
    const network = /\.network = "(\w+)"/.exec(source)?.[1];
    for (const [row, setting] of source.matchAll(/\{ "(\w+)",\s+SETTING_\w+[^}]*\}/g)) {
      if (/\.secret = true/.test(row)) continue;
      found++;
      for (const key of [`setting.${network}_${setting}`, `setting_help.${network}_${setting}`]) if (!(key in de) || !(key in en)) missing.push(key);
    }
  }
  assert.ok(found > 10);
  assert.deepEqual(missing, []);
});
