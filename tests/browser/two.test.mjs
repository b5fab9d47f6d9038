/** two.test.mjs - two people at the same conversation, in two browsers. */
import assert from 'node:assert/strict';
import { quiet } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { button, message, row, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { item } from './story.mjs';

const { admin, ben: benApi, peer, channel } = await house();
const anna = await loggedIn(admin);
const ben = await loggedIn(benApi);
let cases = 0;

async function newCase() {
  const name = `Kunde ${++cases}`;
  await inbound(channel, item({ author: { external_id: `k-${cases}`, handle: `k${cases}`, name }, body: 'Wo bleibt die Rechnung?' }));
  const { items } = await admin.get('/conversations?view=all&limit=200');
  return `/conversations/${items.find((one) => one.person.name === name).id}`;
}

async function both(path) {
  for (const page of [anna, ben]) {
    await visit(page, path);
    await page.getByLabel('Text der Antwort').waitFor();
    await quiet(page);
  }
}

test('each sees by name that the other is answering, and no longer when the text is gone', async () => {
  await both(await newCase());
  const box = anna.getByLabel('Text der Antwort');
  await box.pressSequentially('Die Rechnung ');
  await ben.getByText('Anna Weber antwortet gerade.').waitFor({ timeout: 30_000 });
  assert.equal(await anna.getByText('antwortet gerade').count(), 0, 'one is told of oneself');
  await box.fill('');
  await ben.getByText('Anna Weber antwortet gerade.').waitFor({ state: 'detached', timeout: 30_000 });
});

test('of two replies at the same moment one leaves, the other is told, and both texts are kept', async () => {
  for (let round = 0; round < 3; round++) {
    const path = await newCase();
    await both(path);
    const texts = { anna: `Anna schreibt: morgen, Runde ${round}.`, ben: `Ben schreibt: heute, Runde ${round}.` };
    await anna.getByLabel('Text der Antwort').fill(texts.anna);
    await ben.getByLabel('Text der Antwort').fill(texts.ben);
    await Promise.all([button(anna, 'Senden').click(), button(ben, 'Senden').click()]);

    const note = (page) => page.getByText('Inzwischen hat ein Kollege oder eine Kollegin geantwortet.');
    await Promise.race([note(anna).waitFor(), note(ben).waitFor()]);
    await quiet(anna);
    await quiet(ben);
    const annaLost = (await note(anna).count()) === 1;
    assert.equal(await note(ben).count(), annaLost ? 0 : 1, 'exactly one of the two is told');
    const [loser, lost, won] = annaLost ? [anna, texts.anna, texts.ben] : [ben, texts.ben, texts.anna];
    assert.equal(await loser.getByLabel('Text der Antwort').inputValue(), lost);
    await loser.locator('blockquote', { hasText: won }).waitFor();
    const { messages } = await admin.get(path);
    assert.deepEqual(messages.filter(({ direction }) => direction === 'out').map(({ body }) => body), [won]);

    // The one who lost may still say it, knowingly.
    await button(loser, 'Meinen Text trotzdem senden').click();
    await message(loser, lost).first().waitFor();
  }
  const left = peer.taken.map(({ body }) => body);
  assert.equal(new Set(left).size, left.length, 'something left twice');
});

test('what one of them does the other sees without a reload', async () => {
  const path = await newCase();
  await both(path);
  await ben.evaluate(() => (window.sameDocument = true));
  await anna.getByLabel('Text der Antwort').fill('Die Rechnung kam am Montag.');
  await button(anna, 'Senden').click();
  await message(ben, 'Die Rechnung kam am Montag.').first().waitFor();
  await button(anna, 'Gelöst').click();
  await ben.locator('.badge', { hasText: /^gelöst$/ }).first().waitFor();
  assert.equal(await ben.evaluate(() => window.sameDocument), true);
});

test('news do not move a list that somebody reads in the middle', async () => {
  await inbound(channel, ...Array.from({ length: 60 }, (_, at) => item({ author: { external_id: `z-${at}`, handle: `z${at}`, name: `Zeile ${at}` }, body: `Frage ${at}` })));
  await visit(ben, '/inbox/all');
  await row(ben, 'Frage').first().waitFor();
  await quiet(ben);
  await ben.mouse.move(640, 500);
  await ben.mouse.wheel(0, 1200);
  await quiet(ben);
  const places = () =>
    ben.evaluate(() => {
      const rows = [...document.querySelectorAll('[data-row]')].map((one) => [one.dataset.row, Math.round(one.getBoundingClientRect().top)]);
      return rows.filter(([, top]) => top > 0 && top < innerHeight);
    });
  const before = await places();
  assert.ok(before.length > 3);
  for (let i = 0; i < 5; i++) await inbound(channel, item({ author: { external_id: `y-${i}`, handle: `y${i}`, name: `Neu ${i}` }, body: `Neue Frage ${i}` }));
  await ben.getByRole('button', { name: /Neue? anzeigen/ }).waitFor({ state: 'attached' });
  await quiet(ben);
  assert.deepEqual(await places(), before);
});
