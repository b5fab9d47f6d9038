/** restraints.test.mjs - reporting, muting and blocking an account on its network, and what is said of it. */
import assert from 'node:assert/strict';
import { colleague, loggedIn, workspace } from './house.mjs';
import { startMastodon } from './mastodon.mjs';
import { button, look, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { moveClock } from './server.mjs';

const { server, admin } = await workspace({ clock: new Date() });
const network = await startMastodon();
network.tokens.add('token');
const { channel: place } = await admin.post('/channels', {
  name: 'Mastodon', network: 'mastodon', mode: 'dialogue', settings: { url: network.url, access_token: 'token' },
});
const eva = await colleague({ server, admin }, { name: 'Eva Lang', email: 'eva@example.org' });
const page = await loggedIn(eva);
const ask = async (text) => {
  network.ask(text);
  await moveClock(server, new Date(server.now.getTime() + 2 * 60_000));
};
const talks = async () => (await admin.get('/conversations?view=all&limit=50')).items.filter((one) => one.channel.id === place.id);
await ask('Ihr seid alle Betrüger!');
const [talk] = await talks();
const card = () => page.locator('article', { hasText: 'Betrüger' });
const dialog = () => page.getByRole('dialog');
const choose = (name) => dialog().getByRole('radio', { name, exact: true }).check();

/** The dialog as it looks on a desk and on a phone, light and dark. */
async function lookAround(name) {
  await look(page, name);
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, `${name}-dark`);
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, `${name}-phone-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await look(page, `${name}-phone`);
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('a report tells what becomes of it, needs words, and stands at the message', async () => {
  await visit(page, `/conversations/${talk.id}`);
  await button(card(), 'Melden …').click();
  await dialog().getByText('Zurücknehmen lässt sich eine Meldung nicht.').waitFor();
  await lookAround('restrain-report');
  await dialog().getByLabel('Grund').selectOption({ label: 'Beleidigung ohne Sachbezug' });
  await dialog().getByLabel('Was soll die Moderation wissen?').fill('Beschimpft nur.');
  await dialog().getByLabel('Auch an den Server weitergeben, auf dem das Konto ist').check();
  await button(dialog(), 'Melden').click();
  await card().getByText('Gemeldet.').waitFor({ timeout: 20_000 });
  await card().getByText(/Eva Lang, .*: Beleidigung ohne Sachbezug/).waitFor();
  assert.deepEqual(network.told, [['report', {
    account_id: '2', status_ids: ['100'], comment: 'Beschimpft nur.', forward: true, category: 'other',
  }]]);
});

test('a reason that is none is refused with the rule', async () => {
  await button(card(), 'Melden …').click();
  await choose('Stummschalten');
  await dialog().getByLabel('Grund').selectOption({ label: 'schadet unserem Ruf' });
  await button(dialog(), 'Stummschalten').click();
  await dialog().getByText('Das ist kein Grund, jemanden zu melden').waitFor();
  await look(page, 'restrain-refused');
  assert.equal(network.told.length, 1);
});

test('whoever is muted calls nobody, is counted, and is heard again', async () => {
  await dialog().getByLabel('Grund').selectOption({ label: 'Beleidigung ohne Sachbezug' });
  await dialog().getByText('Das ist kein Grund, jemanden zu melden').waitFor({ state: 'detached' });
  await dialog().getByLabel('Für wie lange?').selectOption({ label: '7 Tage' });
  await lookAround('restrain-mute');
  await button(dialog(), 'Stummschalten').click();
  await card().getByText(/^Stumm bis /).waitFor({ timeout: 20_000 });
  assert.deepEqual(network.told.at(-1), ['mute', { notifications: false, duration: 7 * 86_400 }]);
  await ask('Betrüger sage ich noch einmal, und wo ist mein Geld?');
  const [quiet] = (await talks()).filter((one) => one.id !== talk.id);
  assert.deepEqual([quiet.state, quiet.close_reason], ['closed', 'hidden']);
  await visit(page, `/conversations/${quiet.id}`);
  await card().getByText('stumm', { exact: true }).waitFor();
  await page.getByText('Das Konto war stumm oder blockiert.').waitFor();
  await visit(page, '/moderation');
  const open = page.getByRole('region', { name: 'Stumm und blockiert' });
  await open.getByText('Währenddessen kam 1 Nachricht.').waitFor();
  await lookAround('restrained');
  await button(open, 'Aufheben').click();
  await open.getByText('Niemand ist stumm oder blockiert.').waitFor({ timeout: 20_000 });
  assert.deepEqual(network.told.at(-1), ['unmute']);
  await visit(page, `/persons/${talk.person.id}`);
  await page.getByRole('region', { name: 'Gemeldet, stumm, blockiert' }).getByText(/^War stumm bis /).waitFor();
  await lookAround('restrained-person');
});

test('what the server does not offer is said in words, and who may not block is told why', async () => {
  await visit(page, `/conversations/${talk.id}`);
  await button(card(), 'Melden …').click();
  assert.ok(await dialog().getByRole('radio', { name: 'Blockieren' }).isDisabled());
  await dialog().getByText('Blockieren dürfen Rollen mit dem Recht „veröffentlichen“.').waitFor();
  await page.keyboard.press('Escape');
  await admin.patch('/me', { language: 'en' });
  const boss = await loggedIn(admin);
  await visit(boss, `/conversations/${talk.id}`);
  const mine = boss.locator('article', { hasText: 'Betrüger' });
  await button(mine, 'Report …').click();
  const asked = boss.getByRole('dialog');
  await asked.getByRole('radio', { name: 'Block', exact: true }).check();
  await asked.getByText('What it wanted to tell us does not arrive and cannot be counted.').waitFor();
  await asked.getByLabel('Reason').selectOption({ label: 'insult without matter' });
  await look(boss, 'restrain-block-en');
  await button(asked, 'Block').click();
  await mine.getByText('Not blocked.').waitFor({ timeout: 20_000 });
  await mine.getByText('This server does not offer that to programs; nothing has changed here.').waitFor();
  await look(boss, 'restrain-not-offered-en');
});
