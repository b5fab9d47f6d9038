/** consent.test.mjs - a channel is connected on its network's own page, and what comes in between is said in words. */
import assert from 'node:assert/strict';
import { quiet } from './browser.mjs';
import { colleague, loggedIn, workspace } from './house.mjs';
import { startMastodon } from './mastodon.mjs';
import { button, look, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { moveClock } from './server.mjs';

const MINUTE = 60_000;
const { server, admin } = await workspace({ clock: new Date('2026-11-02T09:00:00Z') });
const network = await startMastodon();
const page = await loggedIn(admin, { origins: [network.url, network.site] });
let id = '';

const given = async () => (await admin.get(`/channels/${id}`)).credential_given;
/** From the channel to the network's page. */
async function setOut() {
  await visit(page, `/settings/channels/${id}`);
  await page.getByRole('button', { name: /^(Zum Server und zustimmen|Noch einmal zustimmen)$/ }).click();
  await page.getByRole('heading', { name: 'Draht will für @haus sprechen' }).waitFor();
}
const decide = (what) => page.getByRole('link', { name: what }).click();
const said = (text) => page.getByRole('alert').filter({ hasText: text }).waitFor();

test('a channel is created without a key, and the next step leads to its network', async () => {
  await visit(page, '/settings/channels/new');
  await page.getByLabel('Womit schreiben die Menschen?').selectOption('mastodon');
  await page.getByLabel('Name des Kanals').fill('Mastodon');
  await page.getByLabel('Adresse des Servers').fill(network.url);
  await button(page, 'Kanal anlegen').click();
  await page.getByRole('heading', { name: 'Am Netz selbst zustimmen' }).waitFor();
  await look(page, 'consent-begin');
  id = (await admin.get('/channels')).items.find((one) => one.network === 'mastodon').id;
  assert.equal(await given(), false);
});

test('who declines there comes back to words, and nothing has changed', async () => {
  await setOut();
  await decide('Ablehnen');
  await said('Dort wurde nicht zugestimmt; hier hat sich nichts geändert.');
  await look(page, 'consent-declined');
  assert.equal(await given(), false);
});

test('a code that the network does not take is said, and nothing has changed', async () => {
  network.refuse = true;
  await setOut();
  await decide('Zustimmen');
  await said('Der Server nimmt den Code nicht an');
  network.refuse = false;
  await look(page, 'consent-refused');
  assert.equal(await given(), false);
});

test('who stays away for longer than a quarter of an hour begins again', async () => {
  await setOut();
  await moveClock(server, new Date(server.now.getTime() + 16 * MINUTE));
  await decide('Zustimmen');
  await said('Das dauerte länger als die Viertelstunde');
  await look(page, 'consent-late');
  assert.equal(await given(), false);
});

test('a way that another account began connects nothing', async () => {
  const eva = await colleague({ server, admin }, { name: 'Eva Roth', email: 'eva@example.org', role: 'administrator' });
  await setOut();
  await eva.lendTo(page.context());
  await decide('Zustimmen');
  await said('Begonnen wurde das von einem anderen Konto oder für eine andere Adresse');
  await look(page, 'consent-other-account');
  assert.equal(await given(), false);
  await admin.lendTo(page.context());
});

test('a return that nobody set out for is refused, and no code stands in the address', async () => {
  await visit(page, '/settings/channels/consent?code=untergeschoben&state=fremd');
  await said('Diese Rückkehr passt zu keinem Weg, der in diesem Fenster begonnen wurde.');
  assert.ok(!page.url().includes('untergeschoben'));
  await look(page, 'consent-lost');
});

test('who agrees comes back connected, and reads as whom', async () => {
  await setOut();
  await decide('Zustimmen');
  await page.getByText('Verbunden. Ab jetzt wird dort gelesen.').waitFor();
  await page.getByText('we are @haus there').waitFor();
  assert.ok(!page.url().includes('code='), 'a code counts once and stands in no history');
  await look(page, 'consent-done');
  assert.equal(await given(), true);
  assert.ok(!(await page.content()).includes([...network.tokens].at(-1)), 'the key is nobody’s to see');
});

test('who agrees once more as another account of the network sees its name', async () => {
  network.username = 'laden';
  await setOut();
  await decide('Zustimmen');
  await page.getByText('we are @laden there').waitFor();
});

test('a code is brought by hand where the network cannot send anybody back', async () => {
  await visit(page, `/settings/channels/${id}`);
  await button(page, 'Code von Hand eintragen').click();
  const [there] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: new URL(network.url).host, exact: true }).click()]);
  await there.getByRole('link', { name: 'Zustimmen' }).click();
  const code = await there.locator('#code').textContent();
  await there.close();
  await page.getByLabel('Code', { exact: true }).fill('falsch');
  await button(page, 'Code einlösen').click();
  await said('Der Server nimmt den Code nicht an');
  await look(page, 'consent-by-hand');
  await page.getByLabel('Code', { exact: true }).fill(code);
  await button(page, 'Code einlösen').click();
  await page.getByRole('status').filter({ hasText: 'Verbunden. Ab jetzt wird dort gelesen.' }).waitFor();
  assert.equal(network.tokens.size, 3);
});

for (const [language, colorScheme, width] of [['en', 'dark', 1280], ['en', 'light', 375], ['de', 'dark', 375]]) {
  test(`the way over the network is told in one language: ${language}, ${colorScheme}, ${width} px`, async () => {
    await admin.patch('/me', { language });
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    for (const [name, path] of [['consent-channel', `/settings/channels/${id}`], ['consent-lost', '/settings/channels/consent?code=a&state=b']]) {
      await visit(page, path);
      await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
      await quiet(page);
      await look(page, `${name}-${language}-${colorScheme}-${width}`);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'it is too wide');
    }
  });
}
