/** pictures.test.mjs - pictures with what they show, and warnings before a text, on a network that has both. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { colleague, loggedIn, workspace } from './house.mjs';
import { startMastodon } from './mastodon.mjs';
import { button, look, message, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { moveClock, ROOT } from './server.mjs';

const PICTURE = readFileSync(`${ROOT}/tests/fuzz/corpus/picture/plain.png`);
const { server, admin } = await workspace({ clock: new Date() });
const network = await startMastodon();
network.tokens.add('token');
const { channel: place } = await admin.post('/channels', {
  name: 'Mastodon', network: 'mastodon', mode: 'dialogue', settings: { url: network.url, access_token: 'token' },
});
const eva = await colleague({ server, admin }, { name: 'Eva Lang', email: 'eva@example.org' });
await eva.patch('/me', { undo_seconds: 0 });
const page = await loggedIn(eva);
network.ask('Der Mörder ist der Gärtner.', { spoiler_text: 'Ende des Films' });
await moveClock(server, new Date(server.now.getTime() + 2 * 60_000));
const find = async () => (await admin.get('/conversations?limit=50')).items.filter((one) => one.channel.id === place.id);
const [talk] = await find();
const box = () => page.getByLabel('Text der Antwort');

test('a warning covers the text in the list and on the card, and one key shows it', async () => {
  await visit(page, '/inbox');
  await page.getByText('CW: Ende des Films').first().waitFor();
  assert.equal(await page.getByText('Gärtner').count(), 0);
  await visit(page, `/conversations/${talk.id}`);
  const card = page.locator('article', { hasText: 'Inhaltswarnung: Ende des Films' });
  const unfold = card.getByRole('button', { name: 'Text zeigen' });
  await unfold.waitFor();
  assert.equal(await unfold.getAttribute('aria-expanded'), 'false');
  assert.equal(await card.getByText('Gärtner').count(), 0);
  await look(page, 'warning-folded');
  await unfold.focus();
  await page.keyboard.press('Enter');
  await card.getByText('Der Mörder ist der Gärtner.').waitFor();
  assert.equal(await card.getByText('CW:').count(), 0);
  await look(page, 'warning-unfolded');
  await card.getByRole('button', { name: 'Text verbergen' }).click();
  assert.equal(await card.getByText('Gärtner').count(), 0);
});

test('an answer proposes the same warning, and a picture asks what it shows', async () => {
  await box().click();
  const warning = page.getByLabel('Inhaltswarnung (CW): wovon die Antwort handelt');
  assert.equal(await warning.inputValue(), 'Ende des Films');
  await page.locator('input[type=file]').setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: PICTURE });
  await page.getByText('plan.pdf ist kein Bild: dieser Kanal nimmt JPEG, PNG, WebP und GIF.').waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: 'rad.png', mimeType: 'image/png', buffer: PICTURE });
  await page.getByText('Ein Bild hat noch keine Beschreibung.').waitFor();
  await look(page, 'picture-undescribed');
  await warning.fill('Film, Ende');
  await box().fill('Wir verraten nichts.');
  await page.getByLabel('Was zeigt rad.png?').fill('Ein rotes Rad');
  await page.getByText('Ein Bild hat noch keine Beschreibung.').waitFor({ state: 'hidden' });
  await page.getByLabel('Was zeigt rad.png?').blur();
  await page.getByText('Entwurf gesichert').waitFor();
  await page.reload();
  await page.getByLabel('Was zeigt rad.png?').waitFor();
  assert.equal(await page.getByLabel('Was zeigt rad.png?').inputValue(), 'Ein rotes Rad');
  assert.equal(await warning.inputValue(), 'Film, Ende');
  await page.getByLabel('Was zeigt rad.png?').fill('Ein blaues Rad');
  await button(page, 'Senden').click(); // from within the box: what was typed there goes along
  const reply = page.locator('article', { hasText: 'Inhaltswarnung: Film, Ende' });
  await reply.getByText(/^Gesendet um/).waitFor({ timeout: 20_000 });
  assert.equal(network.posted.length, 1);
  const { status, spoiler_text, media_ids } = network.posted[0];
  assert.deepEqual({ status, spoiler_text, media_ids }, { status: '@fan@example.net Wir verraten nichts.', spoiler_text: 'Film, Ende', media_ids: ['m1'] });
  assert.match(network.media[0], /Ein blaues Rad/);
  await reply.getByRole('button', { name: 'Text zeigen' }).click();
  await reply.getByText('zeigt: Ein blaues Rad').waitFor();
  await look(page, 'picture-sent');
});

test('who empties the proposed warning answers without one', async () => {
  network.ask('Und was macht der Gärtner jetzt?', { spoiler_text: 'Noch einmal der Film' });
  await moveClock(server, new Date(server.now.getTime() + 2 * 60_000));
  const [asked] = (await find()).filter((one) => one.id !== talk.id);
  await visit(page, `/conversations/${asked.id}`);
  await box().click();
  const warning = page.getByLabel('Inhaltswarnung (CW): wovon die Antwort handelt');
  assert.equal(await warning.inputValue(), 'Noch einmal der Film');
  await warning.fill('');
  await box().fill('Er gießt.');
  await button(page, 'Senden').click();
  const reply = page.locator('article.ours', { hasText: 'Er gießt.' });
  await reply.getByText(/^Gesendet um/).waitFor({ timeout: 20_000 });
  const { status, spoiler_text } = network.posted.at(-1);
  assert.deepEqual({ status, spoiler_text }, { status: '@fan@example.net Er gießt.', spoiler_text: undefined });
});
