/**
 * a3a.test.mjs - "Mein W-Lan geht nicht": from the first message to the check-back a week later,
 * in two browsers. Eva answers at the desk; Max, who has no login, reads along on the public page.
 * Everything happens on the virtual clock; between the days the program is killed and started.
 */
import assert from 'node:assert/strict';
import { person, quiet } from './browser.mjs';
import { house, loggedIn, PASSWORD } from './house.mjs';
import { button, logInAgain, look, message, row, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound, moveClock } from './server.mjs';
import { item } from './story.mjs';

const BEGAN = new Date('2026-11-02T08:00:00Z'); // Monday, 9 o'clock in Berlin
const at = (minutes) => new Date(BEGAN.getTime() + minutes * 60_000);
const WEEK = 7 * 24 * 60;
const IMPRINT = 'Service hilft GmbH\nMusterweg 1, 12345 Musterstadt\nVertreten durch Eva Muster';

const { server, admin, peer, channel } = await house({ clock: BEGAN });
await admin.patch('/public-pages', { imprint: IMPRINT, threads: true });
await admin.post('/word-lists', { kind: 'topic', value: 'WLAN', words: ['W-Lan', 'WLAN'] });
await admin.patch('/me', { name: 'Eva Sommer' });
const eva = await loggedIn(admin);
const max = await person(server.url);
const jonas = { external_id: 'u-jonas', handle: 'jonas', name: 'Jonas Lindner' };
const place = { external_id: 'p-wlan', kind: 'post', visibility: 'public', title: 'Service hilft' };
let desk = '';
let publicPage = '';

const write = (external_id, body, minutes, more = {}) =>
  inbound(channel, item({ external_id, thread: place, author: jonas, body, sent_at: at(minutes).toISOString(), ...more }));

test('9:00 Jonas writes: a case with a topic, a time by which to answer and a public address', async () => {
  await write('j-1', 'Mein W-Lan geht nicht', 0);
  await visit(eva, '/today');
  await row(eva, 'Mein W-Lan geht nicht').first().click();
  await eva.getByRole('heading', { name: 'Jonas Lindner', level: 1 }).waitFor();
  assert.equal(await eva.getByLabel('Thema').inputValue(), 'WLAN');
  desk = new URL(eva.url()).pathname;
  const { thread, due_at, state } = await admin.get(desk);
  assert.deepEqual([due_at, state], ['2026-11-02T09:00:00.000Z', 'new']);
  publicPage = `/p/${thread.id}`;
});

test('9:14 Eva answers in public and notes something for the team: answered is not solved', async () => {
  await moveClock(server, at(14));
  await eva.getByLabel('Text der Antwort').fill('Bitte den Router für eine Minute vom Strom nehmen.');
  assert.equal(await eva.getByLabel('Sichtbarkeit').inputValue(), 'public');
  await button(eva, 'Senden').click();
  await message(eva, 'Bitte den Router').first().waitFor();
  await moveClock(server, at(15)); // until then it could be taken back
  await message(eva, 'Bitte den Router').getByText(/^Gesendet/).waitFor({ timeout: 20_000 });
  await eva.getByText('Interne Notiz', { exact: true }).click();
  await eva.getByLabel('Text der Notiz').fill('Kollege sah das gestern schon, Kundin eva@example.org fragte auch.');
  await button(eva, 'Notiz speichern').click();
  await eva.locator('article', { hasText: 'Kollege sah das gestern' }).waitFor();
  const { state, solved_at, waiting_for } = await admin.get(desk);
  assert.deepEqual([state, solved_at, waiting_for], ['waiting', null, 'customer']);
  const figure = await admin.get('/reports/reaction_time');
  assert.deepEqual([figure.n, figure.median_ms], [1, 14 * 60_000]);
});

test('Max reads along without a login: both messages, no note, no address, one reader', async () => {
  await moveClock(server, at(20));
  await max.goto(publicPage);
  await max.getByText('Mein W-Lan geht nicht').first().waitFor();
  await max.getByText('Bitte den Router für eine Minute').first().waitFor();
  const page = await max.content();
  assert.doesNotMatch(page, /Kollege sah|example\.org|u-jonas/);
  await max.getByText('1 Person hat mitgelesen').waitFor();
  await look(max, 'a3a-public');
  assert.deepEqual(await max.context().cookies(), []);
});

test('9:30 Max comments: it waits for release, is shown as a third party, and Eva confirms it', async () => {
  await moveClock(server, at(30));
  await max.goto(publicPage);
  await moveClock(server, at(31)); // nobody writes a comment in no time
  await max.getByLabel(/^Text/).fill('Bei mir half ein Neustart.');
  await max.getByLabel(/^Name/).fill('Max');
  await max.getByRole('button', { name: 'Senden' }).click();
  await max.getByText('Danke für den Kommentar').waitFor();
  await max.goto(publicPage);
  assert.equal(await max.getByText('Bei mir half ein Neustart.').count(), 0, 'it is shown before somebody released it');
  await visit(eva, '/today');
  await eva.getByRole('link', { name: /1 Kommentar wartet auf Freigabe/ }).click();
  await eva.getByText('Bei mir half ein Neustart.').waitFor();
  await button(eva, 'Freigeben').click();
  await eva.getByText('Kein Kommentar wartet').waitFor();
  await max.reload();
  await max.getByText('Bei mir half ein Neustart.').first().waitFor();

  await visit(eva, desk);
  await message(eva, 'Bei mir half ein Neustart.').getByText('nicht von uns').first().waitFor();
  await message(eva, 'Bei mir half ein Neustart.').getByRole('button', { name: 'Stimmt' }).click();
  await message(eva, 'Bei mir half ein Neustart.').getByText(/bestätigt/).first().waitFor();
  await max.reload();
  await max.getByText(/von uns bestätigt/i).first().waitFor();
  assert.equal((await admin.get(desk)).state, 'waiting', 'a helpful stranger solves nothing');
});

test('10:00 Jonas thanks: Draht suggests, Eva says solved, the talk stays readable', async () => {
  await moveClock(server, at(60));
  await write('j-2', 'Danke, geht wieder!', 60);
  await eva.getByText('Das klingt nach Dank: vermutlich gelöst.').waitFor();
  assert.equal((await admin.get(desk)).solved_at, null);
  await button(eva, 'Ja, gelöst').click();
  await eva.getByText(/Geplant für/).first().waitFor();
  await server.restart('SIGKILL');
  const { state, solved_at, check_backs } = await admin.get(desk);
  assert.deepEqual([state, solved_at, check_backs.map((one) => [one.state, one.due_at])], ['solved', '2026-11-02T09:00:00.000Z', [['planned', '2026-11-09T09:00:00.000Z']]]);
  await max.reload();
  await max.getByText('Danke, geht wieder!').first().waitFor();
});

test('the day before nothing is due, after another restart, and nothing was sent by itself', async () => {
  await moveClock(server, at(WEEK - 24 * 60));
  await server.restart('SIGKILL');
  await admin.post('/sessions', { email: 'anna@example.org', password: PASSWORD });
  assert.deepEqual((await admin.get('/today')).check_backs.items, []);
  await moveClock(server, at(WEEK + 61));
  assert.equal(peer.taken.length, 1);
});

test('a week later Today has the check-back; its words name Jonas and the matter, and can be changed', async () => {
  await visit(eva, '/today').catch(() => {}); // the login has ended meanwhile
  await logInAgain(eva, 'anna@example.org', PASSWORD);
  await eva.getByRole('heading', { name: /Nachfragen fällig/ }).waitFor();
  await row(eva, 'Jonas Lindner').first().click();
  const draft = eva.getByLabel('Text der Nachfrage');
  await draft.waitFor();
  assert.match(await draft.inputValue(), /Jonas/);
  assert.match(await draft.inputValue(), /WLAN/);
  await draft.fill('Hallo Jonas, wie sieht’s aus? Konnte der Fehlerteufel gefunden werden?');
  assert.equal(peer.taken.length, 1, 'it was sent by itself');
});

test('Eva sends it into the same public talk, where Max reads it', async () => {
  await button(eva, 'Nachfrage senden').click();
  await message(eva, 'Fehlerteufel').getByText('Nachfrage', { exact: true }).waitFor();
  await moveClock(server, at(WEEK + 62));
  await message(eva, 'Fehlerteufel').getByText(/^Gesendet/).waitFor({ timeout: 20_000 });
  assert.equal(peer.taken.filter(({ body }) => body.includes('Fehlerteufel')).length, 1);
  await max.goto(publicPage);
  await max.getByText('Konnte der Fehlerteufel gefunden werden?').first().waitFor();
});

test('Jonas says that it held, and everybody sees it', async () => {
  await write('j-3', 'Ja, super Service!', WEEK + 70);
  await moveClock(server, at(WEEK + 75));
  await quiet(eva);
  await eva.getByText('Es hat gehalten.').first().waitFor();
  await max.reload();
  await max.getByText('Ja, super Service!').first().waitFor();
  await admin.post('/sessions', { email: 'anna@example.org', password: PASSWORD });
  const { check_backs } = await admin.get(desk);
  assert.deepEqual(check_backs.map(({ state, outcome }) => [state, outcome]), [['answered', 'held']]);
  const figure = await admin.get('/reports/check_backs');
  assert.deepEqual([figure.n, figure.value, figure.series.map(({ key, n }) => [key, n])], [1, 1, [['held', 1]]]);
});
