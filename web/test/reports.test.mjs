import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './modules.mjs';

const period = await load('lib/period.ts');

test('a day begins at midnight of the zone, also when the clocks change', () => {
  const at = (day, zone) => new Date(period.midnight(day, zone)).toISOString();
  assert.equal(at('2026-11-02', 'Europe/Berlin'), '2026-11-01T23:00:00.000Z');
  assert.equal(at('2026-07-01', 'Europe/Berlin'), '2026-06-30T22:00:00.000Z');
  assert.equal(at('2026-03-29', 'Europe/Berlin'), '2026-03-28T23:00:00.000Z');
  assert.equal(at('2026-03-30', 'Europe/Berlin'), '2026-03-29T22:00:00.000Z');
  assert.equal(at('2026-11-02', 'America/New_York'), '2026-11-02T05:00:00.000Z');
  assert.equal(at('2026-11-02', 'UTC'), '2026-11-02T00:00:00.000Z');
});

test('the period before has as many days and ends the day before', () => {
  assert.deepEqual(period.previous({ from: '2026-03-01', to: '2026-03-30' }), { from: '2026-01-30', to: '2026-02-28' });
});

test('the usual periods end today, the last month with its last day', () => {
  assert.deepEqual(period.preset('7', '2026-11-28'), { from: '2026-11-22', to: '2026-11-28' });
  assert.deepEqual(period.preset('last_month', '2026-03-05'), { from: '2026-02-01', to: '2026-02-28' });
});

test('every day, week and month of a period has its mark, once', () => {
  assert.deepEqual(period.marks({ from: '2026-10-31', to: '2026-11-02' }, 'day'), ['2026-10-31', '2026-11-01', '2026-11-02']);
  assert.deepEqual(period.marks({ from: '2026-11-04', to: '2026-11-17' }, 'week'), ['2026-11-02', '2026-11-09', '2026-11-16']);
  assert.deepEqual(period.marks({ from: '2026-01-31', to: '2026-04-01' }, 'month'), ['2026-01', '2026-02', '2026-03', '2026-04']);
});

test('what is no day is refused', () => {
  for (const text of ['', '2026-13-01', '2026-1-1', 'today', null]) assert.equal(period.isDay(text), false, text);
  assert.equal(period.isDay('2026-11-02'), true);
});

test('a share that changed is told in points, all else in percent of what it was', async () => {
  const { change, points } = await load('lib/change.ts');
  assert.equal(points(change('share', 0.736, 0.871)), 13.5);
  assert.equal(points(change('share', 0.5, 0.51)), 1);
  assert.equal(points(change('ms', 90_000, 100_000)), 10);
  assert.deepEqual([change('share', 0.25, 0), change('ms', 5, 0), change('share', null, 0.5)], [{ by: 0.25, good: true }, null, null]);
  assert.equal(change('share', 0.51, 0.5).good, null);
  assert.equal(change('ms', 120_000, 100_000).good, false);
});
