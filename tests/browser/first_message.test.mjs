/** first_message.test.mjs - a channel that was made ends its set-up with one real message and one real answer. */
import assert from 'node:assert/strict';
import { quiet } from './browser.mjs';
import { loggedIn, workspace } from './house.mjs';
import { button, look, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound, startPeer } from './server.mjs';
import { item } from './story.mjs';

const place = await workspace();
const peer = await startPeer();
const page = await loggedIn(place.admin);
const channel = {};
const probe = (on = page) => on.getByRole('region', { name: 'Die Probe: eine echte Nachricht' });

test('who made a channel is told how to try it, and the page waits along', async () => {
  await visit(page, '/settings/channels/new');
  await page.getByLabel('Name des Kanals').fill('Nachbarnetz');
  await page.getByLabel('Adresse für Antworten').fill(peer.url);
  await button(page, 'Kanal anlegen').click();
  await probe().getByText('eine erste Nachricht an die Adresse dieses Kanals').waitFor();
  channel.secret = await page.locator('[data-once]').textContent();
  channel.address = (await page.getByText('/inbound').textContent()).replace(/^POST /, '');
  await look(page, 'first-message-waits');
});

test('what arrives shows there by itself, and leads to answering it', async () => {
  await inbound(channel, item({ body: 'Kommt das an?', author: { external_id: 'u-eva', name: 'Eva Fremd' } }));
  await probe().getByText('Angekommen: Eva Fremd').waitFor();
  await probe().getByText('Kommt das an?').waitFor();
  await look(page, 'first-message-arrived');
  await probe().getByRole('link', { name: 'Ansehen und beantworten' }).click();
  await page.getByText('Kommt das an?').first().waitFor();
});

test('before it leaves it is shown as it will look there', async () => {
  const answer = page.getByRole('textbox', { name: 'Text der Antwort' });
  await answer.fill('Ja, siehe https://example.org/plan und #Netz');
  await page.getByRole('button', { name: 'So sieht es dort aus' }).click();
  const shown = page.getByRole('region', { name: 'So sieht es dort aus' });
  await shown.getByText('https://example.org/plan', { exact: true }).waitFor();
  await shown.getByText('#Netz', { exact: true }).waitFor();
  await answer.fill('<img src=x onerror=alert(1)>');
  await shown.getByText('<img src=x onerror=alert(1)>').waitFor();
  await look(page, 'reply-preview');
  await answer.fill('');
  await shown.waitFor({ state: 'detached' });
  assert.equal(peer.taken.length, 0);
});

test('an answer that left is told on the page of the channel, and then it is quiet there', async () => {
  const id = new URL(page.url()).pathname.split('/').pop();
  const of = (await place.admin.get('/channels')).items[0].id;
  await visit(page, `/settings/channels/${of}`);
  await probe().getByRole('link', { name: 'Ansehen und beantworten' }).waitFor();
  await place.admin.post(`/conversations/${id}/replies`, { body: 'Ja, es kam an.', visibility: 'public' });
  await probe().getByText('Die Antwort ist hinaus.').waitFor();
  assert.equal(peer.taken.length, 1);
  await inbound(channel, item({ body: 'Noch etwas', author: { external_id: 'u-udo', name: 'Udo Zwei' } }));
  await visit(page, `/settings/channels/${of}`);
  await page.getByRole('heading', { name: 'Befinden' }).waitFor();
  await quiet(page);
  assert.equal(await probe().count(), 0);
});

test('a channel that only listens asks for no answer, one that is off for nothing', async () => {
  const settings = { url: 'https://example.org/feed' };
  const feed = await place.admin.post('/channels', { network: 'feed', name: 'Blatt', mode: 'listen', settings });
  await visit(page, `/settings/channels/${feed.channel.id}`);
  await probe().getByText('was im Feed steht', { exact: false }).waitFor();
  assert.equal(await probe().getByText('Danach darauf antworten').count(), 0);
  const off = await place.admin.post('/channels', { network: 'custom', name: 'Aus', mode: 'none', settings: {} });
  await visit(page, `/settings/channels/${off.channel.id}`);
  await page.getByRole('heading', { name: 'Befinden' }).waitFor();
  await quiet(page);
  assert.equal(await probe().count(), 0);
});
