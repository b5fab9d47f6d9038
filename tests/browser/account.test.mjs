/** account.test.mjs - colours, second factor, the end of a login; and what is no page. */
import assert from 'node:assert/strict';
import { person } from './browser.mjs';
import { house, loggedIn, PASSWORD } from './house.mjs';
import { button, look, message, row, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound, totp } from './server.mjs';
import { item } from './story.mjs';

const { server, ben, channel } = await house();
const page = await loggedIn(ben);

test('the colours can be chosen, and the choice stays', async () => {
  await visit(page, '/settings/account');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.locator('main').getByLabel('Farben', { exact: true }).selectOption('dark');
  assert.notEqual(await ground(), light);
  const dark = await ground();
  await page.reload();
  await page.locator('main h1').waitFor();
  assert.equal(await ground(), dark);
  await page.locator('main').getByLabel('Farben', { exact: true }).selectOption('auto');
  assert.equal(await ground(), light);
});

test('the first key stop leads past the navigation', async () => {
  await visit(page, '/inbox/all');
  await page.keyboard.press('Tab');
  const link = page.getByRole('link', { name: 'Zum Inhalt springen' });
  assert.equal(await link.evaluate((one) => one === document.activeElement), true);
  assert.ok((await link.boundingBox()).width > 40, 'the link is seen when it has the focus');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.closest('main') !== null), true);
});

test('two conversations of one person become one, and the old address leads there', async () => {
  const author = { external_id: 'u-twice', handle: 'twice', name: 'Tilda Zweimal' };
  await inbound(channel, item({ author, body: 'Erste Frage zum Zähler.' }), item({ author, body: 'Zweite Frage zum Zähler.' }));
  await visit(page, '/inbox/all');
  await row(page, 'Erste Frage').waitFor();
  const gone = await row(page, 'Zweite Frage').getAttribute('href');
  await row(page, 'Erste Frage').click();
  await button(page, 'Hierher verbinden').click();
  await page.getByText('Weitere offene Anliegen').waitFor({ state: 'detached' });
  const kept = new URL(page.url()).pathname;
  await page.goto(gone);
  await page.waitForURL((url) => url.pathname === kept);
  await page.getByText('Das Anliegen dieser Adresse wurde mit diesem verbunden.').waitFor();
  await message(page, 'Zweite Frage').waitFor();
});

test('with a second factor the login asks for its code', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await visit(page, '/settings/account');
  const factor = page.locator('section', { hasText: 'Zweiter Faktor' });
  await factor.getByLabel('Jetziges Passwort').fill('falsch falsch falsch');
  await button(page, 'Zweiten Faktor einrichten').click();
  await factor.getByRole('alert').first().waitFor();
  await factor.getByLabel('Jetziges Passwort').fill(PASSWORD);
  await button(page, 'Zweiten Faktor einrichten').click();
  const secret = await factor.locator('code').first().textContent();
  await page.getByLabel('Code des zweiten Faktors').fill(totp(secret));
  await button(page, 'Bestätigen').click();
  const codes = (await page.locator('[data-once]').textContent()).trim().split(/\s+/);
  assert.equal(codes.length, 10);
  await button(page.locator('.side'), 'Abmelden').click();
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  await look(page, 'login');

  await page.getByLabel('E-Mail-Adresse').fill('ben@example.org');
  await page.getByLabel('Passwort').fill('falsch falsch falsch');
  await button(page, 'Anmelden').click();
  await page.getByText('E-Mail-Adresse oder Passwort stimmt nicht.').waitFor();
  await page.getByLabel('Passwort').fill(PASSWORD);
  await button(page, 'Anmelden').click();
  await page.getByLabel('Code des zweiten Faktors').fill('000000');
  await button(page, 'Anmelden').click();
  await page.getByText('Der Code stimmt nicht oder ist abgelaufen.').waitFor();
  await page.getByLabel('Code des zweiten Faktors').fill(codes[0]);
  await button(page, 'Anmelden').click();
  await page.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
});

test('to switch the second factor off the password is needed once more', async () => {
  await visit(page, '/settings/account');
  const factor = page.locator('section', { hasText: 'Zweiter Faktor' });
  await factor.getByLabel('Jetziges Passwort').fill('falsch falsch falsch');
  await button(page, 'Zweiten Faktor entfernen').click();
  await factor.getByRole('alert').first().waitFor();
  await factor.getByText('eingeschaltet').waitFor();
  await factor.getByLabel('Jetziges Passwort').fill(PASSWORD);
  await button(page, 'Zweiten Faktor entfernen').click();
  await button(page, 'Zweiten Faktor einrichten').waitFor();
});

test('a session that was ended leads to the login and back', async () => {
  await page.context().clearCookies();
  await page.goto('/inbox/mine');
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  assert.match(page.url(), /next=%2Finbox%2Fmine/);
});

test('an address that does not exist is no page', async () => {
  for (const path of ['/nothing', '/assets/nothing.js', '/index.php']) {
    assert.equal((await fetch(server.url + path)).status, 404, path);
  }
  const guest = await person(server.url);
  assert.equal((await guest.goto('/nothing')).status(), 404);
  await look(guest, 'no-such-page');
  await guest.getByRole('heading', { name: 'Diese Seite gibt es nicht' }).waitFor();
  const answer = await fetch(`${server.url}/inbox/all`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-security-policy'), /script-src 'self'/);
  assert.doesNotMatch(answer.headers.get('content-security-policy'), /unsafe/);
});
