import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './modules.mjs';

const format = await load('lib/format.ts');
const { fill } = await load('lib/message.ts');

/** Intl writes thin and non-breaking spaces; what matters here is the words. */
const plain = (text) => text.replace(/[\u00a0\u2009\u202f]/g, ' ');

test('German numbers have points for thousands and a comma before the rest', () => {
  assert.equal(format.number('de', 1000000), '1.000.000');
  assert.equal(format.number('de', 2.4, 1), '2,4');
  assert.equal(format.number('en', 1000000), '1,000,000');
  assert.equal(format.number('en', 2.4, 1), '2.4');
});

test('shares are written as percentages of the language', () => {
  assert.equal(plain(format.percent('de', 0.025)), '2,5 %');
  assert.equal(format.percent('en', 0.025), '2.5%');
});

test('a duration has its two largest units', () => {
  const cases = [
    [0, '0 Sek.', '0 secs'],
    [59_000, '59 Sek.', '59 secs'],
    [14 * 60_000, '14 Min.', '14 mins'],
    [125 * 60_000, '2 Std. 5 Min.', '2 hrs 5 mins'],
    [3 * 86_400_000, '3 Tg.', '3 days'],
    [86_400_000 + 61_000, '1 Tg.', '1 day'],
  ];
  for (const [ms, de, en] of cases) {
    assert.equal(plain(format.duration('de', ms)), de);
    assert.equal(plain(format.duration('en', ms)), en);
  }
});

test('a wait is told in whole minutes, hours or days', () => {
  assert.equal(plain(format.roughly('de', 59_000)), '0 Min.');
  assert.equal(plain(format.roughly('de', 3_599_000)), '59 Min.');
  assert.equal(plain(format.roughly('de', 3_600_000)), '1 Std.');
  assert.equal(plain(format.roughly('en', 49 * 3_600_000)), '2 days');
});

test('a time of today is a clock time, another day is a date, in the given zone', () => {
  const now = Date.parse('2026-11-02T23:30:00Z');
  const shortTime = (language, at, zone) => format.shortTime(language, at, format.dayOf(now, zone), zone);
  const sinceDay = (language, at, zone) => format.sinceDay(language, at, format.dayOf(now, zone), zone);
  assert.equal(sinceDay('de', '2026-11-02T22:10:00Z', 'Europe/Berlin'), 'gestern');
  assert.equal(sinceDay('en', '2026-11-01T23:10:00Z', 'Europe/Berlin'), 'yesterday');
  assert.equal(sinceDay('de', '2026-11-01T22:10:00Z', 'Europe/Berlin'), '1. Nov.');
  assert.equal(sinceDay('de', '2026-11-02T23:10:00Z', 'Europe/Berlin'), '00:10');
  assert.equal(shortTime('de', '2026-11-02T23:10:00Z', 'Europe/Berlin'), '00:10');
  assert.equal(shortTime('de', '2026-11-02T22:10:00Z', 'Europe/Berlin'), '2. Nov.');
  assert.equal(shortTime('en', '2026-11-02T22:10:00Z', 'UTC'), '22:10');
  assert.equal(shortTime('de', '2025-11-02T22:10:00Z', 'UTC'), '2. Nov. 2025');
});

test('what writes a time is made once, however many times it writes', (one) => {
  let made = 0;
  const { DateTimeFormat, NumberFormat, PluralRules } = Intl;
  one.after(() => Object.assign(Intl, { DateTimeFormat, NumberFormat, PluralRules }));
  for (const [name, real] of Object.entries({ DateTimeFormat, NumberFormat, PluralRules })) {
    Intl[name] = class extends real {
      constructor(...options) {
        super(...options);
        made++;
      }
    };
  }
  for (let i = 0; i < 2000; i++) {
    const at = Date.UTC(2026, 0, 1) + i * 3_600_000;
    format.shortTime('de', at, '2026-03-01', 'Europe/Vienna');
    format.dateTime('de', at, 'Europe/Vienna');
    format.roughly('de', i * 60_000);
    fill('de', { one: '{n} Fall', other: '{n} Fälle' }, { n: i });
  }
  assert.ok(made > 0 && made < 12, `${made} were made`);
});

test('initials are the first letters of the first and the last word', () => {
  assert.equal(format.initials('Jonas von Berg'), 'JB');
  assert.equal(format.initials('  émilie '), 'É');
  assert.equal(format.initials(''), '?');
});

test('a text chooses its plural form by n and writes numbers of the language', () => {
  const message = { one: '{n} Fall', other: '{n} Fälle' };
  assert.equal(fill('de', message, { n: 1 }), '1 Fall');
  assert.equal(fill('de', message, { n: 0 }), '0 Fälle');
  assert.equal(fill('de', message, { n: 1200 }), '1.200 Fälle');
  assert.equal(fill('en', '{a} and {b}', { a: 'x' }), 'x and {b}');
});
