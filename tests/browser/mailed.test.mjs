/** mailed.test.mjs - what goes to our own people by mail: offered only where it can be sent, and told as it stands. */
import assert from 'node:assert/strict';
import { person } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { button, look, visit } from './pages.mjs';
import { test } from './runner.mjs';

const { server, admin } = await house({ flags: ['--public-url', 'https://draht.example.org'] });
const page = await loggedIn(admin);

/** Nobody listens at these ports: what is sent waits. */
const MAILBOX = {
  network: 'email',
  name: 'Postfach',
  mode: 'dialogue',
  purpose: 'Briefe',
  settings: { address: 'hilfe@example.org', imap_host: '127.0.0.1', imap_port: 1, smtp_host: '127.0.0.1', smtp_port: 1, password: 'geheim' },
};

async function invite(name, email) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('E-Mail-Adresse', { exact: true }).fill(email);
  await button(page, 'Einladen').click();
  await page.getByText(`Link für ${name}`).waitFor();
}

test('without a mailbox the link is handed over, and no mail is promised anywhere', async () => {
  await visit(page, '/settings/users');
  await invite('Carla Conti', 'carla@example.org');
  await page.getByText('Bitte persönlich weitergeben.').waitFor();
  await visit(page, '/settings/account');
  assert.equal(await page.getByLabel('Morgens eine E-Mail').isDisabled(), true);
  const stranger = await person(server.url);
  await stranger.goto('/login');
  await button(stranger, 'Anmelden').waitFor();
  assert.equal(await button(stranger, 'Passwort vergessen?').count(), 0);
});

test('with one it is said that a mail goes, and the list shows how it stands', async () => {
  await admin.post('/channels', MAILBOX);
  await page.reload();
  await visit(page, '/settings/users');
  await invite('Dora Dreher', 'dora@example.org');
  await page.getByText('Geht jetzt per E-Mail an dora@example.org').waitFor();
  await page.getByText('Einladung per E-Mail: wird gesendet').waitFor();
  await look(page, 'users-mailed');
});

test('the mail of the morning is switched on and stays so', async () => {
  await visit(page, '/settings/account');
  const box = page.getByLabel('Morgens eine E-Mail');
  await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok()), box.check()]);
  await page.reload();
  await page.locator('main h1').waitFor();
  assert.equal(await box.isChecked(), true);
  await look(page, 'account-digest');
});

test('who forgot the password asks for a mail by keyboard, and learns nothing about others', async () => {
  const stranger = await person(server.url);
  await stranger.goto('/login');
  await button(stranger, 'Passwort vergessen?').press('Enter');
  await stranger.getByRole('heading', { name: 'Neues Passwort anfordern' }).waitFor();
  await look(stranger, 'forgotten');
  await stranger.keyboard.type('niemand@example.net');
  await stranger.keyboard.press('Enter');
  await stranger.getByText('Gibt es ein Konto mit niemand@example.net').waitFor();
  await look(stranger, 'forgotten-asked');
  await button(stranger, 'Zurück zum Anmelden').press('Enter');
  await stranger.getByRole('heading', { name: 'Anmelden' }).waitFor();
});
