/** main.mjs - the tests, in the order of a first day with Draht. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findings, noted, person, picture, quiet, startBrowser } from './browser.mjs';
import { inbound, ROOT, startPeer, startServer, totp } from './server.mjs';
import { BUSY, item, MARKUP, OTHERS } from './story.mjs';

const PASSWORD = 'Grüner Draht 27 hält';
const FIRST_VIEW_LIMIT = 100 * 1024;
const DOCS = join(ROOT, 'docs/screenshots');
const DOCS_LIMIT = 150 * 1024;

const world = {};
const tests = [];
const test = (title, run) => tests.push({ title, run });

const row = (page, text) => page.locator('[data-row]', { hasText: text });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const message = (page, text) => page.locator('article', { hasText: text });

/** Go through the interface itself, without a reload. */
async function visit(page, path) {
  await page.goto(path);
  await page.locator('main h1').waitFor();
  await page.waitForLoadState('load');
}

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
    assert.match(headers['content-encoding'] ?? '', /^(br|gzip)$/, response.url());
    bytes += (await response.request().sizes()).responseBodySize;
  }
  console.log(`    ${(bytes / 1024).toFixed(1)} KB of script before the first view`);
  assert.ok(bytes <= FIRST_VIEW_LIMIT, `${bytes} bytes of script`);
});

test('set-up makes a workspace and logs in', async () => {
  const page = world.anna;
  await page.goto(world.server.setup);
  await page.getByLabel('Name der Organisation').fill('Stadtwerke Musterstadt');
  await page.getByLabel('Name', { exact: true }).fill('Anna Weber');
  await page.getByLabel('E-Mail-Adresse').fill('anna@example.org');
  await page.getByLabel('Passwort').fill(PASSWORD);
  await look(page, 'setup');
  await button(page, 'Einrichten').click();
  await page.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
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
  await button(page, 'Speichern').click();
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

async function assertValue(box, text) {
  await box.waitFor();
  assert.equal(await box.inputValue(), text);
}

test('an invited colleague sets a password and is in', async () => {
  const page = world.anna;
  await visit(page, '/settings/users');
  const form = page.locator('form', { hasText: 'Einladen' });
  await form.getByLabel('Name').fill('Ben Okafor');
  await form.getByLabel('E-Mail-Adresse').fill('ben@example.org');
  await form.getByLabel('Rolle').selectOption('agent');
  await button(form, 'Einladen').click();
  const link = await page.locator('[data-once]').textContent();

  world.ben = await person(world.browser, world.server.url);
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
  await page.keyboard.press('r');
  await page.keyboard.type('Um 11 Uhr läuft das Wasser wieder. Danke für die Geduld!');
  assert.equal(await page.getByLabel('Sichtbarkeit').inputValue(), 'public');
  await page.keyboard.press('Control+Enter');
  const reply = message(page, 'Danke für die Geduld!');
  await reply.getByText('offiziell').waitFor();
  await reply.getByText('Gesendet', { exact: true }).waitFor({ timeout: 20_000 });
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
  await reply.getByText('Gesendet', { exact: true }).waitFor({ timeout: 20_000 });
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

test('solving plans a check-back, and can be undone', async () => {
  const page = world.anna;
  await visit(page, world.conversation);
  await page.keyboard.press('e');
  await page.getByText('Als gelöst markiert.').waitFor();
  await page.getByText(/Geplant für/).waitFor();
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

test('markup from outside never runs and is shown as it was written', async () => {
  const page = world.ben;
  await inbound(
    world.channel,
    ...MARKUP.map((text, index) =>
      item({
        author: { external_id: `x-${index}`, handle: text, name: text },
        thread: { external_id: `x-${index}`, title: text, url: index % 2 ? 'https://x.example/' : null },
        body: text,
      }),
    ),
  );
  const clean = async () => assert.equal(await page.evaluate(() => window.hacked), undefined, page.url());
  await visit(page, '/today');
  await clean();
  await visit(page, '/inbox/all');
  await row(page, '<img src=x').waitFor();
  await clean();
  const paths = await page.locator('[data-row]').evaluateAll((rows) => rows.map((one) => one.getAttribute('href')));
  for (const path of paths.slice(0, MARKUP.length + 2)) {
    await visit(page, path);
    await page.locator('article').first().waitFor();
    await clean();
    assert.equal(await page.locator('article script, article img, article iframe, article svg, article b').count(), 0);
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
  }
});

test('the figures show a value, a definition and their cases', async () => {
  const page = world.anna;
  await visit(page, '/reports');
  const card = page.locator('li.card', { hasText: 'Reaktionszeit' }).first();
  await card.getByText(/Jedes Warten zählt einmal/).waitFor();
  await card.getByRole('link', { name: 'Fälle zeigen' }).click();
  await card.locator('tbody tr').first().waitFor();
  await card.getByRole('link', { name: /^Fall/ }).first().click();
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

const PAGES = () => [
  ['today', '/today'],
  ['inbox', '/inbox/all'],
  ['inbox-empty', '/inbox/waiting?q=Xylophon'],
  ['conversation', world.conversation],
  ['reports', '/reports/reaction_time'],
  ['channels', '/settings/channels'],
  ['channel-new', '/settings/channels/new'],
  ['channel', world.channelPath],
  ['users', '/settings/users'],
  ['departments', '/settings/departments'],
  ['account', '/settings/account'],
  ['tokens', '/settings/tokens'],
  ['unknown', '/inbox/all/nothing'],
];
const LOOKS = [
  { language: 'de', colorScheme: 'light', width: 1280, axe: true },
  { language: 'en', colorScheme: 'dark', width: 375, axe: true },
  { language: 'en', colorScheme: 'dark', width: 1280 },
  { language: 'de', colorScheme: 'dark', width: 375 },
  { language: 'en', colorScheme: 'light', width: 375 },
  { language: 'en', colorScheme: 'light', width: 1280 },
  { language: 'de', colorScheme: 'dark', width: 1280 },
  { language: 'de', colorScheme: 'light', width: 375 },
];

/** Axe and the width of the page as it is now; both fail the test. */
async function look(page, name) {
  await picture(page, name);
  const found = await findings(page);
  assert.deepEqual(found, [], name);
}

for (const { language, colorScheme, width, axe } of LOOKS) {
  const looks = `${language}, ${colorScheme}, ${width} px`;
  test(`every page is accessible, fits and speaks one language: ${looks}`, async () => {
    const page = world.anna;
    await page.setViewportSize({ width, height: width === 375 ? 812 : 800 });
    await page.emulateMedia({ colorScheme });
    await visit(page, '/settings/account');
    await page.locator('main').getByLabel(/^(Sprache|Language)$/).selectOption(language);
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
    await quiet(page); // the account takes the language along

    const wrong = [];
    for (const [name, path] of PAGES()) {
      await visit(page, path);
      await quiet(page);
      await picture(page, `${name}-${language}-${colorScheme}-${width}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) wrong.push(`${name}: ${overflow} px too wide`);
      const lang = await page.evaluate(() => document.documentElement.lang);
      if (lang !== language) wrong.push(`${name}: is in ${lang}`);
      if (axe) wrong.push(...(await findings(page)).map((finding) => `${name}: ${finding}`));
    }
    assert.deepEqual(wrong, []);
  });
}

test('the colours can be chosen, and the choice stays', async () => {
  const page = world.ben;
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
  const page = world.ben;
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
  const page = world.ben;
  const author = { external_id: 'u-twice', handle: 'twice', name: 'Tilda Zweimal' };
  await inbound(world.channel, item({ author, body: 'Erste Frage zum Zähler.' }), item({ author, body: 'Zweite Frage zum Zähler.' }));
  await visit(page, '/inbox/all');
  await row(page, 'Erste Frage').waitFor();
  const gone = await row(page, 'Zweite Frage').getAttribute('href');
  await row(page, 'Erste Frage').click();
  await button(page, 'Hierher verbinden').click();
  await page.getByText('Weitere offene Anliegen').waitFor({ state: 'detached' });
  const kept = new URL(page.url()).pathname;
  await page.goto(gone);
  await page.waitForURL((url) => url.pathname === kept);
  await message(page, 'Zweite Frage').waitFor();
});

test('a check-back that is due is sent by a person, with the words of that person', async () => {
  const began = new Date();
  const server = await startServer(['--clock', began.toISOString()]);
  try {
    const page = await person(world.browser, server.url);
    await page.goto(server.setup);
    await page.getByLabel('Name der Organisation').fill('Laden');
    await page.getByLabel('Name', { exact: true }).fill('Anna Weber');
    await page.getByLabel('E-Mail-Adresse').fill('anna@example.org');
    await page.getByLabel('Passwort').fill(PASSWORD);
    await button(page, 'Einrichten').click();
    await page.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
    await visit(page, '/settings/channels/new');
    await page.getByLabel('Name des Kanals').fill('Nachbarnetz');
    await page.getByLabel('Adresse für Antworten').fill(world.peer.url);
    await button(page, 'Kanal anlegen').click();
    const secret = await page.locator('[data-once]').textContent();
    const address = (await page.getByText('/inbound').textContent()).replace(/^POST /, '');
    await inbound({ secret, address }, item({ author: { name: 'Jonas Lindner' }, body: 'Mein W-Lan geht nicht.' }));
    await visit(page, '/inbox/all');
    await row(page, 'Jonas Lindner').click();
    await page.getByLabel('Text der Antwort').fill('Bitte einmal neu starten.');
    await button(page, 'Senden').click();
    await message(page, 'Bitte einmal neu starten.').getByText('offiziell').waitFor();
    await button(page, 'Gelöst').click();
    await page.getByText(/Geplant für/).waitFor();

    const later = new Date(began.getTime() + 7 * 86_400_000 + 3_600_000);
    const moved = await fetch(`${server.url}/test/v1/clock`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ now: later.toISOString() }),
    });
    assert.equal(moved.status, 200);
    await visit(page, '/today');
    await quiet(page);
    // A week later one has to log in again.
    await page.getByLabel('E-Mail-Adresse').fill('anna@example.org');
    await page.getByLabel('Passwort').fill(PASSWORD);
    await button(page, 'Anmelden').click();
    await page.getByRole('heading', { name: /Nachfragen fällig/ }).waitFor();
    await row(page, 'Jonas Lindner').first().click();
    const draft = page.getByLabel('Text der Nachfrage');
    assert.match(await draft.inputValue(), /Jonas Lindner/);
    await draft.fill('Guten Tag, läuft das W-Lan seitdem?');
    await look(page, 'check-back');
    await button(page, 'Nachfrage senden').click();
    await message(page, 'läuft das W-Lan seitdem?').getByText('Nachfrage', { exact: true }).waitFor();
    await page.context().close();
  } finally {
    await server.stop();
  }
});

test('with a second factor the login asks for its code', async () => {
  const page = world.ben;
  await page.setViewportSize({ width: 1280, height: 800 });
  await visit(page, '/settings/account');
  await button(page, 'Zweiten Faktor einrichten').click();
  const secret = await page.locator('section', { hasText: 'Zweiter Faktor' }).locator('code').first().textContent();
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

test('a session that was ended leads to the login and back', async () => {
  const page = world.ben;
  await page.context().clearCookies();
  await page.goto('/inbox/mine');
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  assert.match(page.url(), /next=%2Finbox%2Fmine/);
});

test('an address that does not exist is no page', async () => {
  for (const path of ['/nothing', '/assets/nothing.js', '/index.php']) {
    assert.equal((await fetch(world.server.url + path)).status, 404, path);
  }
  const answer = await fetch(`${world.server.url}/inbox/all`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-security-policy'), /script-src 'self'/);
  assert.doesNotMatch(answer.headers.get('content-security-policy'), /unsafe/);
});

test('nobody but our own server was asked for anything', () => {
  assert.deepEqual(noted.foreign, []);
});

test('the content policy had nothing to forbid, and no script failed', () => {
  assert.deepEqual(noted.violations, []);
  assert.deepEqual(noted.errors, []);
});

/** The pictures of the documentation: few, and small enough to live in the repository. */
async function picturesForDocs() {
  mkdirSync(DOCS, { recursive: true });
  const page = world.anna;
  const wanted = [
    ['inbox', '/inbox/all', 'de', 'light', 1280],
    ['conversation', world.conversation, 'de', 'light', 1280],
    ['today', '/today', 'en', 'dark', 1280],
    ['conversation-phone', world.conversation, 'en', 'light', 375],
  ];
  for (const [name, path, language, colorScheme, width] of wanted) {
    await page.setViewportSize({ width, height: 720 });
    await page.emulateMedia({ colorScheme });
    await visit(page, '/settings/account');
    await page.locator('main').getByLabel(/^(Sprache|Language)$/).selectOption(language);
    await quiet(page);
    await visit(page, path);
    await quiet(page);
    await picture(page, name, DOCS);
    const size = statSync(join(DOCS, `${name}.png`)).size;
    if (size > DOCS_LIMIT) throw new Error(`docs/screenshots/${name}.png has ${size} bytes`);
  }
}

export async function main(options) {
  let passed = 0;
  let failed = 0;
  try {
    world.server = await startServer();
    world.peer = await startPeer();
    world.browser = await startBrowser();
    world.anna = await person(world.browser, world.server.url);
    if (options.includes('--quick')) tests.splice(0, tests.length, ...tests.filter(({ title }) => !title.startsWith('every page')));
    if (options.includes('--docs')) {
      const markup = tests.findIndex(({ title }) => title.startsWith('markup from outside'));
      tests.splice(markup, tests.length - markup, { title: 'the pictures of the documentation are renewed', run: picturesForDocs });
    }
    for (const { title, run } of tests) {
      const began = Date.now();
      try {
        await run();
        passed++;
        console.log(`ok - ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      } catch (failure) {
        failed++;
        console.log(`not ok - ${title}\n${String(failure.message ?? failure).replace(/^/gm, '    ')}`);
        await picture(world.anna, `failed-${failed}`).catch(() => {});
        if (world.ben) await picture(world.ben, `failed-${failed}-ben`).catch(() => {});
        if (world.server.died()) throw new Error(world.server.died());
      }
    }
  } catch (failure) {
    failed++;
    console.log(`not ok - the program and the browser start, and live on\n    ${failure.message}`);
  } finally {
    await world.browser?.close();
    await world.peer?.stop();
    await world.server?.stop();
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
