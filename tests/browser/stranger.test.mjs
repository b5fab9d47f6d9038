/**
 * stranger.test.mjs - the way of somebody who has never seen Draht: from an empty data
 * folder to a customer who reads the first answer on a page of another origin.
 *
 * An action is what a person would call one: a form filled in and sent, a click, a text
 * written. Looking is none.
 */
import assert from 'node:assert/strict';
import { person } from './browser.mjs';
import { PASSWORD } from './house.mjs';
import { button, row, setUp } from './pages.mjs';
import { test } from './runner.mjs';
import { startServer } from './server.mjs';
import { shopPage, startShop } from './shop.mjs';

const MOST_ACTIONS = 5;
const server = await startServer();
const shop = await startShop();
const owner = await person(server.url);
const customer = await person(shop.url, { origins: [server.url] });
const chat = customer.frameLocator('iframe[title="Chat"]');
let tag = '';

test('an empty data folder leads to Today, and Today to the first channel', async () => {
  await setUp(owner, server.setup, { organisation: 'Fahrräder Lindner', password: PASSWORD });
  await owner.getByText('Es gibt noch keinen Kanal.').waitFor();
  await owner.getByRole('link', { name: 'Kanal anlegen' }).first().click();
  await owner.getByRole('heading', { name: 'Kanal anlegen' }).waitFor();
});

test('the web chat is one form, and gives one line for the page', async () => {
  await owner.getByLabel('Womit schreiben die Menschen?').selectOption({ label: 'Chat auf der Webseite' });
  await owner.getByLabel('Name des Kanals').fill('Chat im Laden');
  await button(owner, 'Kanal anlegen').click();
  tag = (await owner.locator('[data-tag]').textContent()).trim();
  assert.match(tag, /^<script async src="http:\/\/127\.0\.0\.1:\d+\/widget\.js" data-channel="\d+"><\/script>$/);
});

test('a customer writes on that page, and the owner answers in at most five actions', async () => {
  shop.pages['/'] = shopPage('', '', { head: tag }).replace(/<script async src="\/widget\.js"[^>]*><\/script>/, '');
  assert.equal(shop.pages['/'].split('<script').length, 2, 'the page has the one line, and nothing else of ours');
  await customer.goto('/');
  await customer.evaluate(() => (window.sameDocument = true));
  await chat.getByRole('button', { name: /^Chat öffnen/ }).click();
  await chat.getByRole('textbox', { name: 'Nachricht' }).fill('Habt ihr das Rad auch in Blau?');
  await chat.getByRole('textbox', { name: 'Nachricht' }).press('Enter');

  // The owner comes in the morning, with a login that has ended.
  await owner.context().clearCookies();
  await owner.goto('/');
  const actions = [];
  const act = async (name, work) => {
    actions.push(name);
    await work();
  };
  await act('log in', async () => {
    await owner.getByLabel('E-Mail-Adresse').fill('anna@example.org');
    await owner.getByLabel('Passwort').fill(PASSWORD);
    await owner.getByLabel('Passwort').press('Enter');
  });
  await owner.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
  await act('open what waits', () => row(owner, 'Habt ihr das Rad auch in Blau?').first().click());
  await act('write', () => owner.getByLabel('Text der Antwort').fill('Ja, ab Freitag steht eins im Laden.'));
  await act('send', () => button(owner, 'Senden').click());
  await chat.getByText('Ja, ab Freitag steht eins im Laden.', { exact: true }).waitFor({ timeout: 20_000 });
  console.log(`    ${actions.length} actions: ${actions.join(', ')}`);
  assert.ok(actions.length <= MOST_ACTIONS, actions.join(', '));
});

test('the customer sees the answer without a reload, and writes on', async () => {
  assert.equal(await customer.evaluate(() => window.sameDocument), true);
  await chat.getByRole('textbox', { name: 'Nachricht' }).fill('Super, bis Freitag!');
  await chat.getByRole('textbox', { name: 'Nachricht' }).press('Enter');
  await owner.locator('article', { hasText: 'Super, bis Freitag!' }).first().waitFor();
});

test('neither the shop nor the chat leaves a cookie', async () => {
  assert.deepEqual(await customer.context().cookies(shop.url), []);
  const ours = await customer.context().cookies(server.url);
  assert.deepEqual(ours, [], 'the chat needs no cookie');
});
