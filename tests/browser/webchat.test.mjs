/** webchat.test.mjs - the chat on somebody's own page, seen from there and from the desk. */
import assert from 'node:assert/strict';
import { person } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { startShop, shopPage } from './shop.mjs';
import { test } from './runner.mjs';

const world = {};

const chatOf = (page) => page.frameLocator('iframe[title="Chat"]');
const opener = (page) => chatOf(page).getByRole('button', { name: /^Chat öffnen|^Open chat/ });
const field = (page) => chatOf(page).getByRole('textbox', { name: /^(Nachricht|Message)$/ });

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
}

async function visitor(path = '/', options = {}) {
  const page = await person(world.shop.url, { origins: [world.server.url], ...options });
  await page.goto(path);
  return page;
}

test('a channel of the network webchat is made', async () => {
  Object.assign(world, await house());
  world.shop = await startShop();
  const made = await world.admin.post('/channels', {
    network: 'webchat',
    name: 'Chat im Laden',
    mode: 'dialogue',
    purpose: 'Fragen vor und nach dem Kauf',
    planned_minutes: 600,
    department_id: world.department.id,
    settings: {},
  });
  world.chat = made.channel;
  world.secret = made.signing_secret;
  world.shop.pages['/'] = shopPage(world.server.url, world.chat.id);
});

test('what somebody writes on a page of another origin stands in the inbox, and the answer comes without a reload', async () => {
  const page = await visitor();
  world.page = page;
  await opener(page).click();
  await write(page, 'Habt ihr das Rad auch in Blau?');
  await chatOf(page).getByText('· angekommen').waitFor();
  const { items } = await world.admin.get('/conversations?view=all');
  assert.equal(items.length, 1);
  await world.admin.post(`/conversations/${items[0].id}/replies`, { body: 'Ja, ab Freitag.', visibility: 'private' });
  await chatOf(page).getByText('Ja, ab Freitag.', { exact: true }).waitFor();
  await chatOf(page).getByText(/^Anna · /).waitFor();
});
