/** talk.test.mjs - answering: taking back, files, notes, work, people, keys and commands. */
import assert from 'node:assert/strict';
import { quiet } from './browser.mjs';
import { channelTo, house, loggedIn, PASSWORD } from './house.mjs';
import { assertValue, button, look, message, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { item } from './story.mjs';

const world = await house();
const { admin, peer, channel } = world;
const page = await loggedIn(admin);
let cases = 0;

async function newCase(fields = {}) {
  const name = `Kunde ${++cases}`;
  await inbound(channel, item({ author: { external_id: `k-${cases}`, handle: `kunde${cases}`, name }, body: 'Wann ist geöffnet?', ...fields }));
  const { items } = await admin.get('/conversations?view=all&limit=200');
  const { id, person } = items.find((one) => one.person.name === name);
  return { id, name, person: person.id, path: `/conversations/${id}` };
}
const box = () => page.getByLabel('Text der Antwort');
/** Come to rest: keys count from then on. */
async function open(path) {
  await visit(page, path);
  await box().waitFor();
}
const state = async (id) => (await admin.get(`/conversations/${id}`)).state;
async function until(wanted) {
  for (let i = 0; i < 200; i++) {
    if (await wanted()) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`never: ${wanted}`);
}

test('a reply can be taken back, and then it never leaves and the text is a draft again', async () => {
  const { id, path } = await newCase();
  await open(path);
  await box().fill('Zu schnell geschrieben.');
  await button(page, 'Senden').click();
  await page.getByText('Antwort geht in 5 Sekunden hinaus.').waitFor();
  await button(page, 'Rückgängig').click();
  await page.getByText('Zurückgeholt.').waitFor();
  await assertValue(box(), 'Zu schnell geschrieben.');
  const { outbox } = await admin.get(`/conversations/${id}`);
  assert.deepEqual(outbox.map((one) => one.state), ['cancelled']);
  await box().fill('In Ruhe geschrieben.');
  await button(page, 'Senden').click();
  await message(page, 'In Ruhe geschrieben.').getByText(/^Gesendet um/).waitFor({ timeout: 20_000 });
  assert.deepEqual(peer.taken.filter((one) => /geschrieben/.test(one.body)).map((one) => one.body), ['In Ruhe geschrieben.']);
});

test('files are attached by button and by paste, survive a reload and leave with the reply', async () => {
  const { path } = await newCase();
  await open(path);
  await page.locator('input[type=file]').setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('Plan') });
  await page.getByLabel('plan.txt entfernen').waitFor();
  await box().focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['Bild'], 'bild.png', { type: 'image/png' }));
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await page.getByLabel('bild.png entfernen').waitFor();
  await box().pressSequentially('Anbei.');
  await page.getByText('Entwurf gesichert').waitFor();
  await page.reload();
  await page.getByLabel('bild.png entfernen').waitFor();
  await page.getByLabel('bild.png entfernen').click();
  await button(page, 'Senden').click();
  const reply = message(page, 'Anbei.');
  await reply.getByRole('link', { name: /plan\.txt/ }).waitFor();
  await reply.getByText(/^Gesendet um/).waitFor({ timeout: 20_000 });
  assert.deepEqual(peer.taken.find((one) => one.body === 'Anbei.').attachments.map((file) => file.name), ['plan.txt']);
});

test('a file over the ceiling is refused before it is sent, and says the ceiling', async () => {
  const { path } = await newCase();
  await open(path);
  const big = (bytes) => ({ name: `${bytes}.bin`, mimeType: 'application/octet-stream', buffer: Buffer.alloc(bytes, 1) });
  await page.locator('input[type=file]').setInputFiles(big(8 * 1024 * 1024 + 1));
  await page.getByText(/ist zu groß: höchstens 8 MB je Datei/).waitFor();
  await page.locator('input[type=file]').setInputFiles(big(8 * 1024 * 1024));
  await page.getByLabel('8388608.bin entfernen').waitFor();
  await until(async () => (await page.locator('progress').count()) === 0);
  assert.equal(await page.getByText(/ist zu groß/).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Erneut versuchen' }).count(), 0);
});

test('what the network would refuse is refused here, in words, while one writes', async () => {
  const short = await channelTo(world, peer, { name: 'Kurznetz', settings: { outbound_url: peer.url, max_length: 30, link_length: 10 } });
  await inbound(short, item({ author: { external_id: 'short', handle: 'short', name: 'Kurzer' }, body: 'Und wann?' }));
  const { id } = (await admin.get('/conversations?view=all&limit=200')).items.find(({ person }) => person.name === 'Kurzer');
  await open(`/conversations/${id}`);
  await box().fill(`Siehe https://example.org/${'x'.repeat(300)}`);
  await page.getByText('noch 14 Zeichen').waitFor();
  await box().fill('Das ist nun leider doch etwas zu lang geworden.');
  await page.getByText('17 Zeichen zu lang: Kurznetz nimmt höchstens 30. Jede Webadresse zählt dort als 10.').waitFor();
  assert.ok(await button(page, 'Senden').isDisabled());
  await look(page, 'length');
  await box().fill('Morgen ab acht, versprochen.');
  await button(page, 'Senden').click();
  await until(async () => (await admin.get(`/conversations/${id}`)).outbox.length === 1);

  await admin.patch(`/channels/${short.id}`, { mode: 'listen' });
  await open(`/conversations/${id}`);
  await page.getByText('Kurznetz hört nur zu: von hier geht keine Antwort hinaus.').waitFor();
  await box().fill('Und noch etwas.');
  assert.ok(await button(page, 'Senden').isDisabled());
  await button(page, 'Verwerfen').click();
});

test('after an at sign colleagues are offered, and who was chosen is mentioned', async () => {
  const { path } = await newCase();
  await open(path);
  await page.keyboard.press('n');
  await page.keyboard.type('Bitte ansehen, @be');
  await page.getByRole('listbox').getByRole('option', { name: 'Ben Okafor' }).waitFor();
  await page.keyboard.press('Enter');
  await assertValue(page.getByLabel('Text der Notiz'), 'Bitte ansehen, @Ben Okafor ');
  await page.keyboard.press('Control+Enter');
  await page.locator('article', { hasText: '@Ben Okafor' }).waitFor();
  assert.equal((await world.ben.get('/mentions')).items.length, 1);
});

test('a note that names me counts as seen once it stood on the screen, and not before', async () => {
  const author = { external_id: 'k-talks', handle: 'viel', name: 'Vielschreiber' };
  const thread = { external_id: 'long-talk' };
  await inbound(channel, ...Array.from({ length: 30 }, (_, n) => item({ author, thread, body: `Zeile ${n}` })));
  const { id } = (await admin.get('/conversations?view=all&limit=200')).items.find(({ person }) => person.name === author.name);
  const unseen = async () => (await admin.get('/today')).mentions.count;
  await world.ben.post(`/conversations/${id}/notes`, { body: '@Anna Weber, bitte ansehen.' });
  await open(`/conversations/${id}`);
  await page.getByRole('button', { name: 'Notiz von Ben Okafor an mich' }).waitFor();
  await page.waitForTimeout(1500); // longer than a look takes: nothing may happen
  assert.equal(await unseen(), 1, 'opened is not seen');
  await page.getByRole('button', { name: 'Notiz von Ben Okafor an mich' }).click();
  await until(async () => (await unseen()) === 0);
  await page.getByRole('button', { name: 'Notiz von Ben Okafor an mich' }).waitFor({ state: 'detached' });

  await world.ben.post(`/conversations/${id}/notes`, { body: '@Anna Weber, und das auch.' });
  await visit(page, '/today');
  await page.getByRole('region', { name: /^Ich bin gefragt/ }).locator('[data-row]').click();
  await page.locator('article', { hasText: 'und das auch' }).waitFor();
  await until(async () => (await unseen()) === 0);
});

test('a case number leads to its case from every field that searches', async () => {
  const { id, path } = await newCase();
  await admin.patch('/public-pages', { imprint: 'Stadtwerke Musterstadt\nMusterweg 1' });
  const { case_number: number } = await admin.post(`/conversations/${id}/status-link`, {});
  const arrives = () => page.waitForURL(`**${path}`);
  await visit(page, '/inbox/all');
  await page.getByRole('searchbox', { name: 'Suchen' }).fill(`#${number}`);
  await page.keyboard.press('Enter');
  await arrives();
  await visit(page, '/search');
  await page.getByRole('searchbox').fill(`Nr. ${number}`);
  await page.getByRole('heading', { name: 'Fallnummer' }).waitFor();
  await page.keyboard.press('Enter');
  await arrives();
  await visit(page, '/today');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Befehl, Name, Fallnummer oder Wort einer Nachricht').fill(String(number));
  await page.getByRole('option', { name: new RegExp(`^#${number}`) }).waitFor();
  await page.keyboard.press('Enter');
  await arrives();
  await visit(page, '/inbox/all');
  await page.getByRole('searchbox', { name: 'Suchen' }).fill('#999999');
  await page.keyboard.press('Enter');
  await page.waitForURL('**q=%23999999');
});

test('every change of the work counts at once and can be undone', async () => {
  const { id, path } = await newCase();
  await open(path);
  await page.getByLabel('Dringlichkeit').selectOption('2');
  await page.getByText('Geändert.').waitFor();
  await until(async () => (await admin.get(`/conversations/${id}`)).priority === 2);
  await page.keyboard.press('z');
  await until(async () => (await admin.get(`/conversations/${id}`)).priority === 0);
  await page.getByLabel('Schlagwörter').fill('Öffnungszeit');
  await page.getByLabel('Schlagwörter').press('Enter');
  await page.getByLabel('Schlagwort Öffnungszeit entfernen').waitFor();
  await quiet(page);
  assert.deepEqual((await admin.get(`/conversations/${id}`)).tags, ['Öffnungszeit']);
});

test('put off until tomorrow by keyboard alone, and brought back', async () => {
  const { id, path } = await newCase();
  await open(path);
  await page.keyboard.press('s');
  await page.getByRole('menuitem', { name: /^morgen früh/ }).waitFor();
  await look(page, 'snooze');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.badge', { hasText: 'zurückgestellt bis' }).waitFor();
  await until(async () => (await admin.get(`/conversations/${id}`)).snooze_until_at !== null);
  assert.match((await admin.get(`/conversations/${id}`)).snooze_until_at, /T0[67]:00:00/);
  await button(page, 'Rückgängig').click();
  await until(async () => (await admin.get(`/conversations/${id}`)).snooze_until_at === null);
});

test('solved is taken back before it counts, and counts when the page is left', async () => {
  const { id, path } = await newCase();
  await open(path);
  await page.keyboard.press('e');
  await button(page, 'Rückgängig').click();
  await button(page, 'Gelöst').waitFor();
  assert.equal((await admin.get(`/conversations/${id}`)).reopened_count, 0);
  assert.equal(await state(id), 'new');
  await page.keyboard.press('e');
  await page.getByText('Als gelöst markiert.').waitFor();
  await page.goto('/today');
  await until(async () => (await state(id)) === 'solved');
});

test('any other conversation is found by a word and merged', async () => {
  const one = await newCase({ body: 'Meine Rechnung stimmt nicht.' });
  const two = await newCase({ body: 'Zauberwort Pfefferminze' });
  await open(one.path);
  await page.keyboard.press('m');
  await page.getByLabel('Anliegen suchen').fill('Pfefferminze');
  await page.getByRole('radio', { name: /Pfefferminze/ }).check();
  await page.getByText(`Achtung: das andere ist von ${two.name}`).waitFor();
  await look(page, 'merge');
  await button(page, 'Verbinden').click();
  await message(page, 'Zauberwort Pfefferminze').waitFor({ timeout: 20_000 });
});

test('a login that ends is renewed on top of the page, the text stays and nothing is sent by itself', async () => {
  const { id, path } = await newCase();
  await open(path);
  await box().fill('Noch nicht fertig');
  await page.getByText('Entwurf gesichert').waitFor();
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await button(page, 'Senden').click();
  const dialog = page.getByRole('dialog', { name: 'Noch einmal anmelden' });
  await dialog.waitFor();
  await look(page, 'expired');
  await dialog.getByLabel('Passwort').fill(PASSWORD);
  await button(dialog, 'Anmelden').click();
  await dialog.waitFor({ state: 'detached' });
  await assertValue(box(), 'Noch nicht fertig');
  assert.equal((await admin.get(`/conversations/${id}`)).outbox.length, 0);
  await button(page, 'Senden').click();
  await message(page, 'Noch nicht fertig').waitFor();
  assert.ok(cookies.length > 0);
});

test('of a mail one sees what was written just now, and on demand what it quotes and how it is signed', async () => {
  const quoting = 'Leider tropft sie noch.\n-- \nPaula\n\nAm 28.11.2026 um 10:00 schrieb Hilfe:\n> Bitte die Dichtung prüfen';
  const { path } = await newCase({ body: quoting, visibility: 'private', thread: { external_id: 'mail-quoting', title: 'Dichtung', kind: 'mail', visibility: 'private' } });
  await open(path);
  const card = page.locator('article', { hasText: 'Leider tropft sie noch.' });
  assert.ok(!(await card.innerText()).includes('Dichtung prüfen'), 'the quotation is not folded');
  await card.getByRole('button', { name: 'Ganz zeigen' }).click();
  await card.getByText('Bitte die Dichtung prüfen').waitFor();
  assert.ok((await card.innerText()).includes('Paula'));
});

test('from one conversation to the next without the list', async () => {
  await newCase();
  await newCase();
  await visit(page, '/inbox/all');
  await page.locator('[data-row]').first().click();
  await page.getByText(/^1 von \d+$/).waitFor();
  const first = page.url();
  await page.keyboard.press('j');
  await page.getByText(/^2 von \d+$/).waitFor();
  assert.notEqual(page.url(), first);
  await page.keyboard.press('k');
  await page.waitForURL(first);
});

test('commands, conversations, people and places are found in one field', async () => {
  const { name, person } = await newCase({ body: 'Etwas mit Quittenmus' });
  await visit(page, '/today');
  await page.keyboard.press('Control+k');
  const field = page.getByPlaceholder('Befehl, Name, Fallnummer oder Wort einer Nachricht');
  await field.fill('Quittenmus');
  await page.getByRole('option', { name: /Quittenmus/ }).waitFor();
  await look(page, 'palette');
  await page.keyboard.press('Enter');
  await message(page, 'Etwas mit Quittenmus').waitFor();
  await page.keyboard.press('Control+k');
  await field.fill('lösen');
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await field.fill(name);
  await page.getByRole('option', { name: new RegExp(`^${name}.*Kontakt`) }).click();
  await page.waitForURL(`**/persons/${person}`);
  await page.getByRole('heading', { name, level: 1 }).waitFor();
});

test('single keys can be switched off, and the others stay', async () => {
  const { path } = await newCase();
  await open(path);
  await page.keyboard.press('?');
  await look(page, 'keys');
  await page.getByLabel('Einzelne Tasten sind Befehle').uncheck();
  await quiet(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Befehl, Name, Fallnummer oder Wort einer Nachricht').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.getByText('Als gelöst markiert.').count(), 0);
  await admin.call('PATCH', '/me', { single_keys: true });
  await page.reload();
});

test('a person is known over all channels: changed, undone, locked and merged with a look before', async () => {
  const one = await newCase({ body: 'Von hier' });
  const two = await newCase({ body: 'Von dort' });
  await visit(page, `/persons/${one.person}`);
  await page.getByText('Von hier').first().waitFor();
  await page.getByLabel('Anrede').selectOption('du');
  await until(async () => (await admin.get(`/persons/${one.person}`)).address_form === 'du');
  await button(page, 'Rückgängig').click();
  await until(async () => (await admin.get(`/persons/${one.person}`)).address_form === '');
  await page.getByRole('textbox', { name: 'Notiz zur Person' }).fill('Ruft lieber an.');
  await page.reload();
  await assertValue(page.getByRole('textbox', { name: 'Notiz zur Person' }), 'Ruft lieber an.');
  await button(page, 'Speichern').click();
  await until(async () => (await admin.get(`/persons/${one.person}`)).note === 'Ruft lieber an.');
  await button(page, 'Nicht mehr anschreiben …').click();
  await page.getByLabel('Woher wissen wir das?').fill('am Telefon gesagt');
  await button(page.getByRole('dialog'), 'Speichern').click();
  await page.getByText('am Telefon gesagt').waitFor();
  await button(page, 'Wieder erlauben').click();
  await until(async () => !(await admin.get(`/persons/${one.person}`)).outreach_locked);
  await button(page, 'Mit anderer Person verbinden …').click();
  await page.getByLabel('Person suchen').fill(two.name);
  await page.getByRole('radio', { name: new RegExp(two.name) }).check();
  await page.getByText(`Danach: ${one.name} mit 2 Kontakten.`).waitFor();
  await look(page, 'person-merge');
  await button(page, 'Verbinden').click();
  await page.getByText('Von dort').first().waitFor({ timeout: 20_000 });
  await look(page, 'person');
});

test('a thread of two thousand messages opens at the one that waits', async () => {
  const thread = { external_id: 'busy', kind: 'post', visibility: 'public', title: 'Ein Sturm' };
  const crowd = (from, count) =>
    Array.from({ length: count }, (_, n) =>
      item({
        external_id: `crowd-${from + n}`,
        thread,
        parent_external_id: from + n === 0 ? null : 'crowd-0',
        author: { external_id: `c-${(from + n) % 700}`, handle: `c${(from + n) % 700}`, name: `Stimme ${(from + n) % 700}` },
        body: `Beitrag ${from + n}: das sehe ich auch so.`,
        sent_at: new Date(Date.now() - 86_400_000 + (from + n) * 1000).toISOString(),
      }),
    );
  await inbound(channel, ...crowd(0, 1000));
  await inbound(channel, ...crowd(1000, 999));
  await inbound(channel, item({ external_id: 'waits', thread, author: { external_id: 'waiting', handle: 'w', name: 'Wartende' }, body: 'Und wer antwortet mir?' }));
  let items = [];
  await until(async () => {
    items = (await admin.get('/conversations?view=all&q=antwortet')).items;
    return items.length > 0 && (await admin.get(`/threads/${items[0].thread.id}`)).messages.length === 2000;
  });
  await visit(page, `/conversations/${items.find((one) => one.person.name === 'Wartende').id}`);
  const waiting = message(page, 'Und wer antwortet mir?').first();
  await waiting.waitFor({ timeout: 30_000 });
  await until(async () => {
    const place = await waiting.boundingBox();
    return place && place.y > 0 && place.y < 800;
  });
  await page.locator('button', { hasText: 'Ganzer Beitrag (2.000)' }).waitFor({ timeout: 30_000 });

  // A key draws what it changes: nothing of two thousand messages.
  await until(async () => (await page.locator('article').count()) === 2000);
  await box().focus();
  await page.evaluate(() => {
    const thread = document.querySelector('section.thread');
    globalThis.redrawn = [];
    new MutationObserver((list) => globalThis.redrawn.push(...list.map(({ type, target }) => `${type} ${target.nodeName} ${target.className}`)))
      .observe(thread, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await page.keyboard.type('Wir auch');
  await page.getByText('Entwurf gesichert').waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.redrawn), []);

  // The page of the whole post: drawn in portions, with an anchor, keys and live news.
  const { thread: { id: threadId } } = items[0];
  const middle = (await admin.get(`/threads/${threadId}`)).messages[1200];
  await visit(page, `/threads/${threadId}#message-${middle.id}`);
  await until(() => page.evaluate((id) => document.activeElement?.id === id, `message-${middle.id}`));
  await page.keyboard.press('j');
  await until(() => page.evaluate((id) => document.activeElement?.matches(`#${id} + article`), `message-${middle.id}`));
  assert.ok(await page.locator('[data-row]').count() <= 5, 'hundreds of concerns stand before the messages');
  await until(async () => (await page.locator('article').count()) === 2000);
  assert.ok(await page.evaluate(() => window.find('Beitrag 1998:')), 'what the browser searches for');
  await inbound(channel, item({ external_id: 'late', thread, author: { external_id: 'late', handle: 'l', name: 'Späte' }, body: 'Und ich auch noch!' }));
  await message(page, 'Und ich auch noch!').first().waitFor();
  await page.getByText('2.001 Nachrichten').waitFor();
});
