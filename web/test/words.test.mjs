/** The language of the house: complete, never mixed, typeset well, and nobody is called a disturbance. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { glossary, PATH } from './glossary.mjs';
import { load } from './modules.mjs';
import { bare, everyText } from './words.mjs';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));
const all = await everyText();
const LANGUAGES = ['de', 'en'];

/** What `find` makes of each text, with the place; nothing but [] is good. */
function faults(find) {
  return all.flatMap((one) =>
    LANGUAGES.flatMap((language) =>
      one[language].flatMap((text) => {
        const fault = find(text, language, one);
        return fault ? [`${language} ${one.where}: ${fault === true ? text : fault}`] : [];
      }),
    ),
  );
}

const STOP = {
  de: /(?<![\p{L}-])(der|die|das|dem|den|des|und|oder|ist|sind|nicht|kein|keine|keinen|mit|für|von|zu|zum|zur|bei|auf|aus|nach|noch|schon|wird|werden|hat|haben|kann|nur|auch|wenn|dann|sich|eine|einen|einem|einer|bitte|alle|alles|über|unter|wieder|jetzt|hier|heute)(?![\p{L}-])|[äöüß]/iu,
  en: /(?<![\p{L}-])(the|and|or|is|are|not|no|with|for|of|to|from|by|at|on|it|its|this|that|has|have|can|only|when|then|please|all|your|you|yet|again|here|today|what|who|which|was|were|be|been)(?![\p{L}-])/iu,
};
/** Words that both languages have, and names: of languages in themselves, of headers and methods. */
const SHARED = /\b(Deutsch|English|on-line|Was|so|an|am|was|at)\b/g;

test('every text is there in both languages', () => {
  assert.deepEqual(faults((text) => (text.trim() === '' ? 'is empty' : false)), []);
  assert.deepEqual(all.filter(({ de, en }) => de.length !== en.length).map(({ where }) => where), [], 'plural forms');
});

test('no German text has English words, and no English text German ones', () => {
  const mixed = faults((text, language) => {
    const foreign = STOP[language === 'de' ? 'en' : 'de'];
    return foreign.exec(bare(text).replace(SHARED, ' '))?.[0];
  });
  assert.deepEqual(mixed, []);
});

test('the check for mixed texts sees one', () => {
  assert.match('Please try again', STOP.en);
  assert.match('Bitte noch einmal versuchen', STOP.de);
  assert.doesNotMatch('Kein Netz', STOP.en);
});

test('both languages fill in the same values', () => {
  const names = (texts) => [...new Set(texts.flatMap((text) => text.match(/\{\w*\}/g) ?? []))].sort();
  const count = (text) => (text.match(/\{\}/g) ?? []).length;
  for (const { where, de, en } of all) {
    assert.deepEqual(names(en), names(de), where);
    assert.equal(count(en[0]), count(de[0]), where);
  }
});

test('plural forms differ only where the number asks for it, and each says the number or a name', async () => {
  const { de } = await load('i18n/de.ts');
  const { en } = await load('i18n/en.ts');
  for (const [language, texts] of Object.entries({ de, en })) {
    for (const [key, message] of Object.entries(texts)) {
      if (typeof message === 'string') continue;
      assert.deepEqual(Object.keys(message).sort(), ['one', 'other'], `${language} ${key}`);
      assert.match(message.other, /\{\w+\}/, `${language} ${key}`);
    }
  }
  // A number before a noun that has a plural wants both forms.
  const alone = faults((text, language, { [language]: all_ }) => all_.length === 1 && /^\{n\} \p{Lu}?\p{L}+(en|er|s|te)$/u.test(text) && !/Zeichen|hidden|Minuten|Sekunden|Stunden|Tagen|minutes|seconds|hours|days/.test(text));
  assert.deepEqual(alone, []);
});

test('quotation marks, apostrophes and dots are those of the language', () => {
  assert.deepEqual(faults((text) => /["']|\.\.\./.test(text)), []);
  assert.deepEqual(faults((text, language) => language === 'de' && /“[^„]*”|«/.test(text)), []);
  assert.deepEqual(faults((text, language) => language === 'en' && /„|»/.test(text)), []);
});

test('the interface reads the same with du and Sie', () => {
  const address = /(?<!\p{L})(du|dich|dir|dein(e[mnrs]?)?|Ihnen|Ihr(e[mnrs]?)?)(?!\p{L})|(?<!\p{L})(bitten|können|haben|möchten|werden|sind) Sie(?!\p{L})/u;
  assert.deepEqual(faults((text, language) => language === 'de' && address.exec(text)?.[0]), []);
});

/** Nobody who writes to us is a disturbance (the message is judged, never the person). */
const CALLING = {
  de: /stör(ung|er|enfried|faktor|t\b|end)|\bLast\b|belast|lästig|querulant|nörgl|mecker|stänker|\btroll|problemkund|schwierige[rn]? kund|dauerbeschwer|abfertig|abwimmel|wutbürger/i,
  en: /disturb|disrupt|nuisance|trouble-?maker|\bburden|\bpest\b|whin(er|ing)|\btroll|grumbl|\bnag(ger|ging)|difficult customer|serial complain|annoy|get rid of/i,
};

test('no text calls people a disturbance, a burden or a troublemaker', () => {
  assert.deepEqual(faults((text, language) => CALLING[language].exec(text)?.[0]), []);
});

test('the check for such words sees them', () => {
  for (const text of ['Störer', 'eine Last', 'Querulantin', 'stört']) assert.match(text, CALLING.de);
  for (const text of ['Troublemaker', 'a nuisance', 'disruption']) assert.match(text, CALLING.en);
  assert.doesNotMatch('Zuletzt belegt', CALLING.de);
});

/** What looks like a kind and is none: places of failures, fields, mistakes that are planted. */
const NO_KINDS = /^(control|intake|poll|job|hours|mutant|disk|space|store|migrate)\.|^thread\.title$/;
const PLACES = /FAILPOINT\(|op_fail_field/;

function kindsOfEvents() {
  const folders = ['admin', 'api', 'desk', 'dialogue', 'event', 'page', 'work'];
  const files = folders.flatMap((folder) => {
    const at = fileURLToPath(new URL(`../../src/${folder}/`, import.meta.url));
    return readdirSync(at).filter((name) => name.endsWith('.c')).map((name) => at + name);
  });
  const lines = files.flatMap((path) => readFileSync(path, 'utf8').split('\n')).filter((line) => !PLACES.test(line));
  const kinds = lines.flatMap((line) => [...line.matchAll(/"([a-z_]+\.[a-z_]+)"/g)].map(([, kind]) => kind));
  return [...new Set(kinds)].filter((kind) => !NO_KINDS.test(kind) && !/\.(h|json|html|css|js|xml|txt|svg|eml|pdf)$/.test(kind)).sort();
}

test('whatever the log can tell has words', () => {
  const known = new Set(all.map(({ where }) => where));
  const kinds = kindsOfEvents();
  assert.ok(kinds.length > 60, `${kinds.length} kinds were found`);
  assert.deepEqual(kinds.filter((kind) => !known.has(`event.${kind.replace('.', '_')}`)), []);
});

test('every failure says what happened and what to do', () => {
  const failures = all.filter(({ where }) => /^problem\.\w+\.(what|todo)$/.test(where));
  const names = [...new Set(failures.map(({ where }) => where.split('.')[1]))];
  assert.ok(names.length >= 10);
  for (const name of names) {
    const [what, todo] = ['what', 'todo'].map((part) => all.find(({ where }) => where === `problem.${name}.${part}`));
    assert.ok(what && todo, name);
    for (const language of LANGUAGES) {
      assert.match(what[language][0], /[.!]$/, name);
      assert.match(todo[language][0], /[.!]$/, name);
      assert.notEqual(what[language][0], todo[language][0], name);
    }
  }
});

test('every empty state says what to do next', () => {
  const pages = readdirSync(SRC, { recursive: true }).filter((name) => name.endsWith('.svelte'));
  const shown = pages.flatMap((name) => [...readFileSync(SRC + name, 'utf8').matchAll(/<Empty\b[^>]*>/g)].map(([tag]) => ({ name, tag })));
  assert.ok(shown.length >= 6);
  for (const { name, tag } of shown) {
    assert.match(tag, /text=\{(t|word)\(/, `${name}: ${tag}`);
    assert.doesNotMatch(tag, /title=\{t\('([^']+)'[^>]*text=\{t\('\1'/, `${name}: says the same twice`);
  }
});

test('the glossary has every state and kind that the interface shows', async () => {
  const { de } = await load('i18n/de.ts');
  const { GLOSSARY } = await load('i18n/glossary.ts');
  const has = new Set(GLOSSARY.flatMap(({ entries }) => entries.map(({ word }) => word)));
  const groups = /^(state|visibility|intent|third_party|close|outcome|mode|relation)\.\w+$/;
  const states = /^(outbox\.(held|queued|sending|unknown|uncertain|sent|failed|cancelled)|check_back\.(planned|due|sent|answered|cancelled))$/;
  for (const key of Object.keys(de)) {
    if (groups.test(key) || states.test(key)) assert.ok(has.has(key), `${key} is not in the glossary`);
  }
  const named = new Set(GLOSSARY.flatMap(({ entries }) => entries.map(({ code }) => code)));
  for (const word of ['workspace', 'network', 'channel', 'person', 'profile', 'thread', 'message', 'conversation', 'reaction', 'check-back', 'promise', 'guideline', 'hold']) {
    assert.ok(named.has(word), word);
  }
});

test('docs/glossary.md is made from it', async () => {
  assert.equal(readFileSync(PATH, 'utf8'), await glossary(), 'renew it: tools/with-node node web/test/glossary.mjs');
});
