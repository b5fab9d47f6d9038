/** One table of keys: for the help, the palette and what listens. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './modules.mjs';

const { find, KEYS, label, press, bound, PLACES } = await load('lib/keys.ts');

test('no key does two things in one place, and every place is known', () => {
  for (const place of PLACES) {
    const keys = KEYS.filter((row) => row.place === place).map((row) => row.keys);
    assert.equal(new Set(keys).size, keys.length, place);
  }
  for (const row of KEYS) assert.ok(PLACES.includes(row.place), row.keys);
});

test('no single key begins a sequence of another command', () => {
  const firsts = new Set(KEYS.filter((row) => row.keys.includes(' ')).map((row) => row.keys[0]));
  for (const row of KEYS) assert.ok(!firsts.has(row.keys), row.keys);
});

test('of two that want the same key the last one has it, until it lets go', () => {
  const done = [];
  const leave = press({ solve: () => done.push('first') });
  const leaveSecond = press({ solve: () => done.push('second') });
  bound('solve')();
  leaveSecond();
  bound('solve')();
  leave();
  assert.deepEqual(done, ['second', 'first']);
  assert.equal(bound('solve'), undefined);
});

test('the same key means the list in a list and the conversation in a conversation', () => {
  assert.equal(find('j', (does) => does === 'next_talk').does, 'next_talk');
  assert.equal(find('j', (does) => does === 'next').does, 'next');
  assert.equal(find('j', () => false), undefined);
});

test('keys are named as they stand on the keyboard', () => {
  assert.deepEqual(label('Mod+k', false), ['Ctrl', 'K']);
  assert.deepEqual(label('Mod+k', true), ['⌘', 'K']);
  assert.deepEqual(label('g t', false), ['G', 'T']);
  assert.deepEqual(label('?', false), ['?']);
});
