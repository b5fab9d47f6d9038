/** first_day.test.mjs - from an empty data folder to the first cases solved, in the order of a day. */
import assert from 'node:assert/strict';
import { person, picture, quiet } from './browser.mjs';
import { PASSWORD } from './house.mjs';
import { assertValue, button, look, message, row, setUp, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound, startPeer, startServer } from './server.mjs';
import { BUSY, OTHERS } from './story.mjs';

const FIRST_VIEW_LIMIT = 100 * 1024;

const server = await startServer();
const peer = await startPeer();
const world = { server, peer, anna: await person(server.url) };

test('the first view is small, compressed and kept for ever', async () => {
  const page = world.anna;
  const scripts = [];
  const hear = (response) => {
    if (response.url().endsWith('.js')) scripts.push(response);
  };
  page.on('response', hear);
  await page.goto(world.server.setup);
  await page.locator('h1').waitFor();
  page.off('response', hear);

  assert.ok(scripts.length > 0, 'no script was loaded');
  let bytes = 0;
  for (const response of scripts) {
    const headers = await response.allHeaders();
    assert.match(headers['cache-control'] ?? '', /immutable/, response.url());
    // A file of a few bytes gets no smaller.
    if ((await response.body()).length > 200) assert.match(headers['content-encoding'] ?? '', /^(br|gzip)$/, response.url());
    bytes += (await response.request().sizes()).responseBodySize;
  }
  console.log(`    ${(bytes / 1024).toFixed(1)} KB of script before the first view`);
  assert.ok(bytes <= FIRST_VIEW_LIMIT, `${bytes} bytes of script`);
});

test('set-up makes a workspace and logs in', async () => {
  await setUp(world.anna, world.server.setup, { password: PASSWORD });
});

test('an empty inbox says that a channel is missing and leads there', async () => {
  const page = world.anna;
  await visit(page, '/inbox/all');
  await page.getByText('Es gibt noch keinen Kanal.').waitFor();
  await page.getByRole('link', { name: 'Kanal anlegen' }).click();
  await page.getByRole('heading', { name: 'Kanal anlegen' }).waitFor();
});

test('a department gets its week', async () => {
  const page = world.anna;
  await visit(page, '/settings/departments');
  await page.getByLabel('Neue Abteilung').fill('Kundendienst');
  await button(page, 'Abteilung anlegen').click();
  await page.getByLabel('Montag').fill('0-24');
  await page.getByLabel('Dienstag').fill('neun bis fünf');
  await button(page, 'Speichern').click();
  await page.getByText('Eine Zeile ist nicht lesbar.').waitFor();
  for (const day of ['Dienstag', 'Mittwoch', 'Donnerstag', 'Samstag', 'Sonntag']) {
    await page.getByLabel(day).fill('0-24');
  }
  await page.getByLabel('Freitag').fill('0-12, 12:00-24:00');
  await button(page, 'Speichern').click();
  await page.getByText('Gespeichert.').waitFor();
  await visit(page, '/settings/departments');
  assert.equal(await page.getByLabel('Freitag').inputValue(), '00:00-12:00, 12:00-24:00');
});

test('a channel of a custom kind is created and shows its secret once', async () => {
  const page = world.anna;
  await visit(page, '/settings/channels/new');
  await page.getByLabel('Name des Kanals').fill('Nachbarnetz');
  await page.getByLabel('Art').fill('Messenger Z');
  await page.getByLabel('Symbol').selectOption('users');
  await page.getByLabel('Abteilung').selectOption({ label: 'Kundendienst' });
  await page.getByLabel('Antwort in Minuten').fill('60');
  await page.getByLabel('Adresse für Antworten').fill(world.peer.url);
  await button(page, 'Kanal anlegen').click();
  const secret = await page.locator('[data-once]').textContent();
  const address = await page.getByText('/inbound').textContent();
  assert.match(secret, /^whsec_/);
  world.channel = { secret, address: address.replace(/^POST /, '') };
  await page.getByRole('link', { name: 'Kanal ansehen' }).click();
  world.channelPath = new URL(page.url()).pathname;
});

test('a channel without purpose and hours is marked, and no longer once it has them', async () => {
  const page = world.anna;
  await visit(page, world.channelPath);
  await page.getByText('Der Zweck fehlt.').waitFor();
  await page.getByText('Es sind keine Stunden eingeplant.').waitFor();
  assert.equal(await page.locator('[data-once]').count(), 0, 'the secret is shown again');
  await page.getByLabel('Zweck').fill('Fragen zu Strom, Gas und Wasser, öffentlich');
  await page.getByLabel('Stunden pro Woche').fill('10');
  await button(page.locator('form', { hasText: 'Name des Kanals' }), 'Speichern').click();
  await page.getByText('Der Zweck fehlt.').waitFor({ state: 'detached' });
  assert.equal(await page.getByText('Es sind keine Stunden eingeplant.').count(), 0);
});

test('a message appears in the inbox by itself', async () => {
  const page = world.anna;
  await visit(page, '/inbox/all');
  await page.getByText('Noch keine Nachrichten.').waitFor();
  await page.evaluate(() => (window.sameDocument = true));
  await inbound(world.channel, ...BUSY());
  await row(page, 'Jonas Lindner').waitFor();
  assert.equal(await page.evaluate(() => window.sameDocument), true, 'the page was loaded again');
});

test('what is new waits behind a bar instead of moving the list', async () => {
  const page = world.anna;
  await visit(page, '/inbox/all');
  await row(page, 'Petra Hahn').waitFor();
  await page.keyboard.press('j');
  const focused = () => page.evaluate(() => document.activeElement?.dataset.row);
  const before = await focused();
  assert.ok(before, 'j puts the focus on a row');
  const top = (await page.locator(`[data-row="${before}"]`).boundingBox()).y;
  await inbound(world.channel, ...OTHERS());
  const bar = page.getByRole('button', { name: /Neue? anzeigen/ });
  await bar.waitFor();
  assert.equal(await focused(), before);
  assert.equal((await page.locator(`[data-row="${before}"]`).boundingBox()).y, top);
  await bar.click();
  await row(page, 'Lukas Ferrari').waitFor();
});

test('the keyboard alone opens a conversation', async () => {
  const page = world.anna;
  await visit(page, '/inbox/all');
  await row(page, 'Jonas Lindner').waitFor();
  const wanted = await row(page, 'Jonas Lindner').getAttribute('data-row');
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('j');
    if ((await page.evaluate(() => document.activeElement?.dataset.row)) === wanted) break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Jonas Lindner', level: 1 }).waitFor();
  world.conversation = new URL(page.url()).pathname;
});

test('the whole post is shown, and who is not us is marked', async () => {
  const page = world.anna;
  await visit(page, world.conversation);
  await message(page, 'Der Hausmeister sagt').getByText('nicht von uns').first().waitFor();
  await page.getByText('Baustelle in der Lindenstraße').first().waitFor();
  await message(page, 'Der Hausmeister sagt').getByRole('button', { name: 'Stimmt' }).click();
  await message(page, 'Der Hausmeister sagt').getByText('bestätigt: stimmt').waitFor();
  await message(page, 'Ihre Kontodaten').getByLabel('Einordnung').selectOption('impostor');
  await message(page, 'Ihre Kontodaten').locator('.badge', { hasText: 'gibt sich als wir aus' }).first().waitFor();
});

test('what is typed survives a reload and a loss of the network', async () => {
  const page = world.anna;
  await visit(page, world.conversation);
  const box = page.getByLabel('Text der Antwort');
  await box.fill('Guten Morgen, Herr Lindner! Ja, dort wird gebaut.');
  await page.getByText('Entwurf gesichert').waitFor();
  await page.getByText('49 Zeichen').waitFor();
  await page.reload();
  await assertValue(box, 'Guten Morgen, Herr Lindner! Ja, dort wird gebaut.');

  await page.context().setOffline(true);
  await box.fill('Guten Morgen! Um 11 Uhr läuft das Wasser wieder.');
  await page.getByText('Entwurf liegt in diesem Browser').waitFor();
  const notice = page.getByText('Keine Verbindung zum Server.');
  await notice.waitFor();
  await page.context().setOffline(false);
  await notice.waitFor({ state: 'detached' });
  await page.getByText('Entwurf gesichert').waitFor();

  await page.context().setOffline(true);
  await box.fill('Guten Morgen! Um 11 Uhr läuft das Wasser wieder. Versprochen.');
  await page.getByText('Entwurf liegt in diesem Browser').waitFor();
  await page.context().setOffline(false);
  await page.reload();
  await assertValue(box, 'Guten Morgen! Um 11 Uhr läuft das Wasser wieder. Versprochen.');
  await page.getByText('Entwurf gesichert').waitFor();
});

test('an invited colleague sets a password and is in', async () => {
  const page = world.anna;
  await visit(page, '/settings/users');
  const form = page.locator('form', { hasText: 'Einladen' });
  await form.getByLabel('Name').fill('Ben Okafor');
  await form.getByLabel('E-Mail-Adresse').fill('ben@example.org');
  await form.getByLabel('Rolle').selectOption('agent');
  await button(form, 'Einladen').click();
  const link = await page.locator('[data-once]').textContent();

  world.ben = await person(world.server.url);
  await world.ben.goto(link);
  await world.ben.getByText('Willkommen, Ben Okafor.').waitFor();
  await look(world.ben, 'link');
  await world.ben.getByLabel('Neues Passwort').fill(PASSWORD);
  await button(world.ben, 'Passwort setzen und anmelden').click();
  await world.ben.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
  await world.ben.goto(link);
  await world.ben.getByText('Dieser Link gilt nicht mehr.').waitFor();
});

test('one sees that a colleague is answering, and two replies at once keep both texts', async () => {
  const { anna, ben } = world;
  await visit(anna, world.conversation);
  await visit(ben, world.conversation);
  await anna.getByLabel('Text der Antwort').pressSequentially('Ab 11 Uhr läuft es wieder.');
  await ben.getByText('Anna Weber antwortet gerade.').waitFor({ timeout: 30_000 });
  await ben.getByLabel('Text der Antwort').fill('Die Leitung wird repariert, es dauert noch bis 11 Uhr.');
  await button(ben, 'Senden').click();
  await message(ben, 'Die Leitung wird repariert').waitFor();

  const mine = await anna.getByLabel('Text der Antwort').inputValue();
  await button(anna, 'Senden').click();
  const note = anna.getByText('Inzwischen hat ein Kollege oder eine Kollegin geantwortet.');
  await note.waitFor();
  await anna.locator('blockquote', { hasText: 'Die Leitung wird repariert' }).waitFor();
  assert.equal(await anna.getByLabel('Text der Antwort').inputValue(), mine);
  await look(anna, 'conflict');
  await button(anna, 'Als Entwurf behalten').click();
  await anna.getByLabel('Text der Antwort').fill('');
});

test('a reply leaves once, in public, and is shown as ours', async () => {
  const page = world.anna;
  await visit(page, world.conversation);
  await message(page, 'Die Leitung wird repariert').waitFor();
  await page.keyboard.press('r');
  await page.keyboard.type('Um 11 Uhr läuft das Wasser wieder. Danke für die Geduld!');
  assert.equal(await page.getByLabel('Sichtbarkeit').inputValue(), 'public');
  await page.keyboard.press('Control+Enter');
  const reply = message(page, 'Danke für die Geduld!');
  await reply.getByText('offiziell').waitFor();
  await reply.getByText(/^Gesendet um/).waitFor({ timeout: 20_000 });
  assert.equal(await page.getByLabel('Text der Antwort').inputValue(), '');
  const sent = world.peer.taken.filter((one) => JSON.stringify(one).includes('Geduld'));
  assert.equal(sent.length, 1);
});

test('a reply that the network refuses says so and can be settled by hand', async () => {
  const page = world.anna;
  world.peer.refuse = true;
  await visit(page, '/inbox/all');
  await row(page, 'Petra Hahn').click();
  await page.getByLabel('Text der Antwort').fill('Das schauen wir uns an, Frau Hahn.');
  await button(page, 'Senden').click();
  const reply = message(page, 'Das schauen wir uns an').last();
  await reply.getByText('Nicht gesendet.').waitFor({ timeout: 20_000 });
  await look(page, 'failed');
  world.peer.refuse = false;
  await reply.getByRole('button', { name: 'Noch einmal senden' }).click();
  await reply.getByText(/^Gesendet um/).waitFor({ timeout: 20_000 });
});

test('a note is for the team, and the work can be shared out', async () => {
  const page = world.anna;
  await visit(page, world.conversation);
  await page.getByText('Interne Notiz', { exact: true }).click();
  await page.getByLabel('Text der Notiz').fill('@Ben ruft beim Bautrupp an.');
  await button(page, 'Notiz speichern').click();
  await page.locator('article', { hasText: '@Ben ruft beim Bautrupp an.' }).waitFor();
  await page.getByLabel('Absicht').selectOption('question');
  await page.getByLabel('Thema').fill('Wasser');
  await page.getByLabel('Thema').blur();
  await page.getByLabel('Zuständig').selectOption({ label: 'Anna Weber' });
  await quiet(page);
  await visit(page, world.conversation);
  assert.equal(await page.getByLabel('Absicht').inputValue(), 'question');
  assert.equal(await page.getByLabel('Thema').inputValue(), 'Wasser');
  await page.getByText('Verlauf').click();
  await page.getByText('Anliegen eröffnet').waitFor();
});

test('solving can be taken back for a moment, and then plans a check-back', async () => {
  const page = world.anna;
  await visit(page, world.conversation);
  await button(page, 'Gelöst').waitFor(); // the key means this button, once it is there
  await page.keyboard.press('e');
  await page.getByText('Als gelöst markiert.').waitFor();
  await button(page, 'Rückgängig').click();
  await button(page, 'Gelöst').click();
  await page.getByText(/Geplant für/).waitFor();
});

test('closing asks for a reason', async () => {
  const page = world.anna;
  await visit(page, '/inbox/all');
  await row(page, 'Sofia Brandt').click();
  await button(page, 'Schließen …').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Bemerkung').fill('Ein schönes Lob');
  await look(page, 'close');
  await button(dialog, 'Schließen …').click();
  await page.locator('.badge', { hasText: 'geschlossen' }).first().waitFor();
});

test('the figures show a value, a definition and their cases', async () => {
  const page = world.anna;
  await visit(page, '/reports');
  const card = page.locator('li.card', { hasText: 'Reaktionszeit' }).first();
  await card.getByText(/Jedes Warten zählt einmal/).waitFor();
  await card.getByRole('link', { name: 'Warum dieser Wert?' }).click();
  await page.getByText(/Die Hälfte dauerte höchstens/).waitFor();
  await page.locator('#cases tbody a').first().click();
  await page.locator('article').first().waitFor();
  const csv = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/reports/reaction_time/cases.csv');
    return [answer.status, answer.headers.get('content-type')];
  });
  assert.equal(csv[0], 200);
  assert.match(csv[1], /text\/csv/);
});

test('the search finds a word and says when there is none', async () => {
  const page = world.anna;
  await visit(page, '/inbox/all');
  await page.keyboard.press('/');
  await page.keyboard.type('Wärmepumpen');
  await page.keyboard.press('Enter');
  await row(page, 'Lukas Ferrari').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 1);
  await visit(page, '/inbox/all?q=Xylophonorchester');
  await page.getByText('Nichts gefunden zu „Xylophonorchester“.').waitFor();
});

test('a token is shown once and can be revoked', async () => {
  const page = world.anna;
  await visit(page, '/settings/tokens');
  await page.getByLabel('Wofür?').fill('Webseite');
  await button(page, 'Schlüssel erstellen').click();
  await page.locator('[data-once]').waitFor();
  await look(page, 'token');
  await button(page, 'Widerrufen').click();
  await page.getByText('Noch keine Schlüssel.').waitFor();
});
