import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './modules.mjs';

const { eventParser, pause } = await load('lib/stream.ts');
const { dayText, holidayText, parseDay, parseHolidays } = await load('lib/hours.ts');
const { fromChannel, toRequest } = await load('lib/channel-form.ts');

function parse(chunks) {
  const events = [];
  const feed = eventParser((event) => events.push(event));
  chunks.forEach(feed);
  return events;
}

test('events are read the same however they are cut', () => {
  const text = 'id: 7\r\nevent: message.received\ndata: {"a":\ndata: 1}\n\n: alive\n\nid: 8\ndata:x\r\r';
  const whole = parse([text + '\n']);
  assert.deepEqual(whole, [
    { id: '7', event: 'message.received', data: '{"a":\n1}' },
    { id: '8', event: 'message', data: 'x' },
  ]);
  assert.deepEqual(parse([...(text + '\n')]), whole);
});

test('an id without data is a place and no event', () => {
  const places = [];
  const events = [];
  const feed = eventParser((event) => events.push(event.id), (id) => places.push(id));
  feed('id: 7\nretry: 2000\n\n: alive\n\nretry: 1\n\nid: 8\ndata: x\n\n');
  assert.deepEqual(places, ['7']);
  assert.deepEqual(events, ['8']);
});

test('an event that has not ended is not told', () => {
  assert.deepEqual(parse(['id: 1\ndata: half']), []);
  assert.deepEqual(parse(['id: 1\ndata: half\n']), []);
});

test('the pause before the next try grows and has an end', () => {
  assert.equal(pause(0), 500);
  assert.ok(pause(3) > pause(2));
  assert.equal(pause(100), 30_000);
});

test('a day of hours survives being written and read', () => {
  const slots = [
    { weekday: 1, from: '09:00', until: '12:00' },
    { weekday: 1, from: '13:00', until: '18:30' },
    { weekday: 2, from: '22:00', until: '06:00' },
  ];
  assert.equal(dayText(slots, 1), '09:00-12:00, 13:00-18:30');
  assert.deepEqual(parseDay('9-12; 13:00 – 18:30', 1), slots.slice(0, 2));
  assert.deepEqual(parseDay('', 0), []);
});

test('holidays are read as people write them, each once and in order', () => {
  assert.deepEqual(parseHolidays('25.12.2026\n1.1.2027, 2026-12-26\n25.12.2026'), { days: ['2026-12-25', '2026-12-26', '2027-01-01'], wrong: '' });
  assert.deepEqual(parseHolidays(''), { days: [], wrong: '' });
  for (const text of ['30.02.2026', '2026-13-01', 'Ostern', '25.12.', '12/25/2026', '2026-02-29']) assert.equal(parseHolidays(`24.12.2026 ${text}`).wrong, text);
  assert.equal(holidayText('2026-12-05', 'de'), '05.12.2026');
  assert.equal(holidayText('2026-12-05', 'en'), '2026-12-05');
});

test('hours that cannot be are refused', () => {
  for (const text of ['9', '9-25', '24:30-25:00', 'morning', '09:60-10:00', '9--10']) {
    assert.equal(parseDay(text, 0), null, text);
  }
});

test('a new channel leaves out what was not filled in; a change clears it', () => {
  const empty = { ...fromChannel(null, '5'), name: 'Z', hours: 1.5, target: 30 };
  assert.deepEqual(toRequest(empty, null), {
    network: 'custom',
    name: 'Z',
    kind_name: '',
    icon: 'message',
    mode: 'dialogue',
    purpose: '',
    owner_id: '5',
    planned_minutes: 90,
    target_ms: 1_800_000,
    settings: {},
  });
  const old = {
    name: 'Z',
    owner: { id: '5', name: 'A' },
    deputy: null,
    department: null,
    planned_minutes: 90,
    target_ms: null,
    settings: { quiet_ms: 5, outbound_url: 'https://a.example/' },
  };
  const before = fromChannel(old, '');
  const request = toRequest({ ...before, owner_id: '', settings: { ...before.settings, outbound_url: '', left: false } }, old);
  assert.equal(request.owner_id, null);
  assert.ok(!('deputy_id' in request));
  assert.deepEqual(request.settings, { quiet_ms: 5, outbound_url: null });
});

test('a text becomes one line of a list, no longer than it may be, ending with a whole word', async () => {
  const { sentence } = await load('lib/findings.ts');
  assert.equal(sentence('! Wann | kommt\ner? '), 'Wann kommt er?');
  const word = 'abcdefghi '; // ten with its blank
  assert.equal(sentence(word.repeat(10).trim()).length, 99);
  assert.equal(sentence(`${word.repeat(9)}abcdefghij`).length, 100);
  assert.equal(sentence(`${word.repeat(9)}abcdefghijk`).length, 89);
  assert.equal(sentence('x'.repeat(101)).length, 100);
  assert.equal(Array.from(sentence('😡'.repeat(101))).length, 100);
});
