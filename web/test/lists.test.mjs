import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from './modules.mjs';

const { LongList, drawn, BLANK_ROWS } = await load('lib/long-list.ts');
const filters = await load('lib/inbox-filter.ts');
const { forEach } = await load('lib/bulk.ts');

/** A server with rows 0 … n-1 in order, read by keyset in pages of ten. */
function store(n) {
  const rows = Array.from({ length: n }, (_, i) => ({ id: String(i) }));
  const answer = (from, to, placed) => ({
    items: rows.slice(from, to),
    previous_cursor: placed && from > 0 ? String(from) : null,
    next_cursor: to < n ? String(to) : null,
  });
  return {
    rows,
    page(cursor, direction) {
      if (cursor === null) return answer(0, 10, false);
      const at = Number(cursor);
      return direction === 'up' ? answer(Math.max(0, at - 10), at, true) : answer(at, Math.min(n, at + 10), true);
    },
  };
}

/** Look at rows until nothing there is missing. */
function lookAt(list, server, from, to) {
  for (let i = 0; i < 1000; i++) {
    const gap = list.gap(from, to);
    if (!gap) return;
    list.put(gap, server.page(gap.cursor, gap.direction));
    list.forget(from);
  }
  assert.fail('there is always something missing');
}

const ids = (list) => list.rows().map((row) => row?.id ?? null);

test('a list grows while it is walked and holds only what is near', () => {
  const server = store(1000);
  const list = new LongList();
  list.start(server.page(null));
  for (let at = 0; at < 1000; at += 7) lookAt(list, server, at, at + 20);
  const all = ids(list);
  assert.equal(all.length, 1000);
  assert.ok(all.filter((id) => id !== null).length <= 130, 'it holds more than a few pages');
  assert.deepEqual(all.slice(980), server.rows.slice(980).map((row) => row.id));
  assert.equal(all[0], null);
});

test('what was forgotten is read again where it lies, without walking there', () => {
  const server = store(600);
  const list = new LongList();
  list.start(server.page(null));
  for (let at = 0; at < 600; at += 10) lookAt(list, server, at, at + 10);
  let reads = 0;
  const counted = { page: (...args) => (reads++, server.page(...args)) };
  lookAt(list, counted, 300, 320);
  assert.deepEqual(ids(list).slice(300, 320), server.rows.slice(300, 320).map((row) => row.id));
  assert.ok(reads <= 3, `${reads} reads`);
});

test('a list that begins in the middle goes on to both ends', () => {
  const server = store(95);
  const list = new LongList();
  list.start(server.page('40', 'down'));
  assert.equal(list.rows().length, BLANK_ROWS + 10 + BLANK_ROWS);
  for (let i = 0; i < 50 && list.rows()[0] === null; i++) lookAt(list, server, 0, 5);
  for (let at = 0; at < 95; at += 5) lookAt(list, server, at, at + 10);
  assert.deepEqual(ids(list), server.rows.map((row) => row.id));
});

test('a row that moved stands once, and an end that was not one is found', () => {
  const list = new LongList();
  list.start({ items: [{ id: 'a' }, { id: 'b' }], next_cursor: '2' });
  list.put(list.gap(0, 5), { items: [{ id: 'a' }, { id: 'c' }], previous_cursor: '2', next_cursor: '4' });
  assert.deepEqual(ids(list).slice(0, 3), ['b', 'a', 'c']);
  list.put(list.gap(0, 30), { items: [], previous_cursor: null, next_cursor: null });
  assert.deepEqual(ids(list), ['b', 'a', 'c']);
  assert.equal(list.gap(0, 30), null);
});

test('rows are changed and removed where they stand', () => {
  const list = new LongList();
  list.start({ items: [{ id: 'a' }, { id: 'b' }], next_cursor: null });
  assert.equal(list.update('b', (row) => ({ ...row, state: 'open' })), true);
  assert.equal(list.update('x', (row) => row), false);
  assert.equal(list.rows()[1].state, 'open');
  list.remove('a');
  assert.deepEqual(ids(list), ['b']);
});

test('only the rows near the screen are drawn', () => {
  assert.deepEqual(drawn(0, 880, 44, 100_000), { from: 0, to: 29 });
  assert.deepEqual(drawn(44_000, 880, 44, 100_000), { from: 992, to: 1029 });
  assert.deepEqual(drawn(9e9, 880, 44, 100), { from: 71, to: 100 });
  assert.deepEqual(drawn(-500, 880, 44, 3), { from: 0, to: 3 });
});

test('an address says what the inbox shows, and is read back', () => {
  const filter = { view: 'mine', channel_id: '5', topic: 'W-Lan & Co', sort: 'due', q: 'ß' };
  const address = filters.inboxAddress(filter);
  const [path, search] = address.split('?');
  assert.equal(path, '/inbox/mine');
  assert.deepEqual(filters.readFilter('mine', new URLSearchParams(search)), filter);
  assert.equal(filters.inboxAddress({ view: 'all' }), '/inbox/all');
  const kept = filters.keptQuery({ ...filter, from: '2026-01-01' });
  assert.equal(filters.keptAddress(kept), address);
});

test('dates to jump to are months, or years when there are many', () => {
  const months = filters.ticks(Date.UTC(2026, 1, 10), Date.UTC(2025, 10, 3));
  assert.deepEqual(months.map((tick) => tick.day), ['2026-02-28', '2026-01-31', '2025-12-31', '2025-11-30']);
  const years = filters.ticks(Date.UTC(2026, 1, 10), Date.UTC(2021, 0, 1));
  assert.deepEqual(years.map((tick) => [tick.year, tick.month]), [2026, 2025, 2024, 2023, 2022, 2021].map((y) => [y, null]));
});

test('a snooze ends in the future, on Monday the next one', () => {
  const monday = new Date(2026, 10, 2, 18, 30);
  const times = Object.fromEntries(filters.snoozeTimes(monday).map(({ name, at }) => [name, at]));
  assert.ok(!('evening' in times));
  assert.equal(times.monday.getDate(), 9);
  assert.equal(times.tomorrow.getHours(), 9);
});

test('a change to many goes on when one fails', async () => {
  const outcome = await forEach(['1', '2', '3', '4', '5', '6'], async (id) => {
    if (id === '3') throw new Error('no');
  });
  assert.deepEqual(outcome.failed, ['3']);
  assert.deepEqual(outcome.done.toSorted(), ['1', '2', '4', '5', '6']);
});

const { pieces } = await load('lib/highlight.ts');
const marked = (text, query) => pieces(text, query).map(({ text: part, hit }) => (hit ? `[${part}]` : part)).join('');

test('the words of a search are marked in every form, folded', () => {
  assert.equal(marked('Wo bleibt die Lieferung?', 'lieferungen'), 'Wo bleibt die [Lieferung]?');
  assert.equal(marked('Schön, dass es klappt', 'schoen'), '[Schön], dass es klappt');
  assert.equal(marked('Die Straße ist gesperrt', 'STRASSE'), 'Die [Straße] ist gesperrt');
  assert.equal(marked('Café und Kaffee', 'cafe'), '[Café] und Kaffee');
  assert.equal(marked('nichts davon', 'anderes'), 'nichts davon');
  assert.equal(marked('', 'x'), '');
});

test('a long text is cut to where its hit stands, and no character is lost or doubled', () => {
  const text = `${'wort '.repeat(100)}Treffer ${'ende '.repeat(100)}`;
  const found = pieces(text, 'treffer');
  assert.ok(found.some(({ text: part, hit }) => hit && part === 'Treffer'));
  assert.ok(found.map((piece) => piece.text).join('').length < 260);
  assert.equal(pieces('a b a', 'a').map((piece) => piece.text).join(''), 'a b a');
});

test('the roles that come along are named as the server names them', async () => {
  const { de } = await load('i18n/de.ts');
  const { en } = await load('i18n/en.ts');
  const source = readFileSync(new URL('../../src/admin/role.c', import.meta.url), 'utf8');
  const rows = [...source.matchAll(/\{ "(\w+)", "([^"]+)", "([^"]+)",/g)];
  assert.ok(rows.length > 5);
  for (const [, slug, german, english] of rows) {
    assert.equal(de[`role_name.${slug}`], german);
    assert.equal(en[`role_name.${slug}`], english);
  }
});
