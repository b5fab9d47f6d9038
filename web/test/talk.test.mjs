/** The tree of messages, what in it waits for an answer, and when what is put off comes back. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './modules.mjs';

const { focusOf, merge, place, unanswered } = await load('lib/tree.ts');
const { fromInput, morning, toInput, untilMonday } = await load('lib/snooze.ts');

let minute = 0;
const said = (id, direction, more = {}) => ({
  id,
  direction,
  conversation_id: 'c',
  parent_id: null,
  automatic: false,
  removed_at: null,
  outbox: null,
  sent_at: new Date(Date.UTC(2026, 10, 2, 8, minute++)).toISOString(),
  ...more,
});

test('the oldest message after our last answer is the one that waits', () => {
  const talk = [said('1', 'in'), said('2', 'out'), said('3', 'in'), said('4', 'in')];
  assert.equal(unanswered(talk, 'c').id, '3');
  assert.equal(unanswered(talk.slice(0, 2), 'c'), undefined);
});

test('a machine, a stranger and what never left answer nobody', () => {
  const talk = [
    said('1', 'in'),
    said('2', 'out', { automatic: true }),
    said('3', 'other'),
    said('4', 'out', { outbox: { state: 'cancelled' } }),
    said('5', 'out', { outbox: { state: 'held' } }),
  ];
  assert.equal(unanswered(talk, 'c').id, '1');
});

test('what was removed there does not wait, and other conversations do not count', () => {
  assert.equal(unanswered([said('1', 'in', { removed_at: '2026-11-02T08:00:00Z' }), said('2', 'in', { conversation_id: 'd' })], 'c'), undefined);
});

test('without anything unanswered the newest of the conversation is looked at first', () => {
  assert.equal(focusOf([said('1', 'in'), said('2', 'out'), said('3', 'in', { conversation_id: 'd' })], 'c').id, '2');
});

test('a new answer stands below what it answers, after its elder siblings', () => {
  const tree = [
    { id: 'a', depth: 0, parent_id: null },
    { id: 'b', depth: 1, parent_id: 'a' },
    { id: 'c', depth: 2, parent_id: 'b' },
    { id: 'd', depth: 0, parent_id: null },
  ];
  const order = (list) => list.map((one) => `${one.id}${one.depth}`).join(' ');
  assert.equal(order(place(tree, { id: 'e', parent_id: 'a' })), 'a0 b1 c2 e1 d0');
  assert.equal(order(place(tree, { id: 'e', parent_id: 'c' })), 'a0 b1 c2 e3 d0');
  assert.equal(order(place(tree, { id: 'e', parent_id: null })), 'a0 b1 c2 d0 e0');
  assert.equal(order(place(tree, { id: 'e', parent_id: 'unknown' })), 'a0 b1 c2 d0 e0');
  assert.equal(order(place(tree, { id: 'b', parent_id: 'a', body: 'new' })), 'a0 b1 c2 d0');
  assert.equal(place(tree, { id: 'b', parent_id: 'a', body: 'new' })[1].body, 'new');
});

test('private messages of the conversation follow the public tree', () => {
  const list = merge([{ id: 'a', depth: 0 }], [{ id: 'a', body: 'newer' }, { id: 'p' }]);
  assert.deepEqual(list, [{ id: 'a', depth: 0, body: 'newer' }, { id: 'p' }]);
});

test('what did not change stays the same message, so that nobody draws it again', () => {
  const tree = [{ id: 'a', depth: 0 }, { id: 'b', depth: 1 }];
  const list = merge(tree, [{ id: 'a', body: 'newer' }]);
  assert.equal(list[1], tree[1]);
  assert.notEqual(list[0], tree[0]);
});

test('tomorrow morning is eight by the clock on the wall, on both sides of summer time', () => {
  const at = (text) => Date.parse(text);
  assert.equal(morning(at('2026-11-02T10:00:00Z'), 1, 'Europe/Berlin'), at('2026-11-03T07:00:00Z'));
  assert.equal(morning(at('2026-03-28T10:00:00Z'), 1, 'Europe/Berlin'), at('2026-03-29T06:00:00Z'));
  assert.equal(morning(at('2026-10-24T10:00:00Z'), 1, 'Europe/Berlin'), at('2026-10-25T07:00:00Z'));
  // Late in the evening in Berlin it is still yesterday in New York.
  assert.equal(morning(at('2026-11-03T02:00:00Z'), 1, 'America/New_York'), at('2026-11-03T13:00:00Z'));
});

test('Monday is the next one, never today', () => {
  const days = (text) => untilMonday(Date.parse(text), 'Europe/Berlin');
  assert.equal(days('2026-11-02T10:00:00Z'), 7);
  assert.equal(days('2026-11-06T10:00:00Z'), 3);
  assert.equal(days('2026-11-08T10:00:00Z'), 1);
});

test('a chosen time is the time of the workspace', () => {
  const at = Date.parse('2026-07-01T06:30:00Z');
  assert.equal(toInput(at, 'Europe/Berlin'), '2026-07-01T08:30');
  assert.equal(fromInput('2026-07-01T08:30', 'Europe/Berlin'), at);
});
