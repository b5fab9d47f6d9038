/** public.test.mjs - the public pages in a browser whose scripts are switched off. */
import assert from 'node:assert/strict';
import { findings, person, picture } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { button, look, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { BUSY } from './story.mjs';

const place = await house();
const { server, admin, channel, department } = place;
const me = (await admin.get('/me')).account;
await admin.patch('/public-pages', {
  imprint: 'Stadtwerke Musterstadt GmbH\nMusterweg 1, 12345 Musterstadt\nVertreten durch die Leitung',
  privacy: 'Auskunft gibt die Beauftragte für den Datenschutz.',
  threads: true,
  transparency: true,
  listening: true,
  colour: '#8a2be2',
});
const complete = { owner_id: me.id, deputy_id: me.id, planned_minutes: 300, department_id: department.id };
await admin.patch(`/channels/${channel.id}`, complete);
await admin.patch(`/channels/${channel.id}/public-pages`, { account_url: 'https://social.example/@stadtwerke' });
const form = (
  await admin.post('/channels', {
    network: 'form', name: 'Kontaktformular', mode: 'dialogue', purpose: 'Fragen', target_ms: 7_200_000,
    settings: { fields: 'Kundennummer' }, ...complete,
  })
).channel;
await inbound(channel, ...BUSY());
const { items } = await admin.get('/conversations?view=all');
const conversation = items.find(({ person: who }) => who.name === 'Jonas Lindner');
const thread = conversation.thread.id;
await admin.post(`/conversations/${conversation.id}/replies`, { body: 'Wir sehen nach und melden uns heute.', visibility: 'public' });
await admin.post(`/conversations/${conversation.id}/status-link`, {});

const visitor = await person(server.url, { javaScriptEnabled: false });

/** Press the button; what was filled in faster than a person reads is asked about once more. */
async function send(page) {
  await page.locator('form button[type=submit]').click();
  if (await page.locator('.errors').isVisible()) await page.locator('form button[type=submit]').click();
}

test('a friend reads along without a login and comments, and the comment waits', async () => {
  await visitor.goto(`/p/${thread}`);
  await visitor.getByText('Wir sehen nach und melden uns heute.').waitFor();
  assert.equal(await visitor.getByText('Offizielle Antwort').count(), 1);
  await visitor.getByLabel('Text *').fill('bei mir half Neustart');
  await visitor.getByLabel('Name *').fill('Max');
  await send(visitor);
  await visitor.getByRole('heading', { name: 'Danke für den Kommentar' }).waitFor();
  await visitor.getByRole('link', { name: 'Zurück zum Gespräch' }).click();
  await visitor.getByText('1 wartet auf Freigabe').waitFor();
});

test('an empty form comes back with what was typed and names the field', async () => {
  await visitor.goto(`/contact/${form.id}`);
  await visitor.getByLabel('Name').first().fill('Ada');
  await visitor.getByRole('button', { name: 'Senden' }).click();
  await visitor.getByRole('link', { name: 'Text: bitte ausfüllen.' }).click();
  assert.equal(await visitor.getByLabel('Name').first().inputValue(), 'Ada');
  assert.equal(await visitor.locator('[aria-invalid=true]').count(), 1);
});

test('the contact form leads to a case number and a status page that takes more', async () => {
  await visitor.goto('/contact');
  await visitor.getByRole('link', { name: 'Nachricht schreiben' }).click();
  await visitor.getByLabel('Text *').fill('Meine Abrechnung fehlt');
  await visitor.getByLabel(/^Dateien/).setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
  await send(visitor);
  if (await visitor.locator('.errors').isVisible()) assert.fail(await visitor.locator('.errors').innerText());
  await visitor.getByText('Fallnummer').waitFor();
  await picture(visitor, 'public-thanks');
  await visitor.locator('a.status').click();
  await visitor.getByRole('heading', { name: /^Stand des Falls/ }).waitFor();
  await visitor.getByLabel('Text *').fill('Noch etwas dazu');
  await send(visitor);
  await visitor.getByText('Die Nachricht ist angekommen.').waitFor();
  await visitor.getByText('Noch etwas dazu').waitFor();
});

test('a message is reported, and the desk releases the comment and settles the report', async () => {
  await visitor.goto(`/p/${thread}`);
  await visitor.getByRole('link', { name: 'Melden', exact: true }).first().click();
  await visitor.getByLabel('Warum *').selectOption('false');
  await send(visitor);
  await visitor.getByRole('heading', { name: 'Danke für den Hinweis' }).waitFor();

  const desk = await loggedIn(admin);
  await visit(desk, '/today');
  await desk.getByRole('link', { name: /1 Kommentar wartet auf Freigabe/ }).click();
  await desk.getByText('bei mir half Neustart').waitFor();
  await look(desk, 'moderation');
  await button(desk, 'Freigeben').click();
  await desk.getByText('Kein Kommentar wartet').waitFor();
  await button(desk, 'Erledigt').click();
  await desk.getByLabel('Was wurde entschieden?').fill('geprüft, stimmt');
  await button(desk, 'Erledigt').click();
  await desk.getByText('Keine offene Meldung.').waitFor();
  await visitor.goto(`/p/${thread}`);
  await visitor.locator('article', { hasText: 'bei mir half Neustart' }).getByText('Dritter').waitFor();
});

test('the conversation makes a status link once and takes it back', async () => {
  const desk = await loggedIn(admin);
  await visit(desk, `/conversations/${conversation.id}`);
  const side = desk.getByRole('region', { name: 'Öffentlich' });
  await side.getByRole('link', { name: 'Öffentliche Seite ansehen' }).waitFor();
  await button(side, 'Neuen erstellen').click();
  const address = await side.locator('[data-once]').innerText();
  assert.match(address, /\/s\/[\w-]{43}$/);
  await look(desk, 'public-side');
  await visitor.goto(address);
  await visitor.getByRole('heading', { name: /^Stand des Falls/ }).waitFor();
  await button(side, 'Widerrufen').click();
  await side.getByText('Der Status-Link ist widerrufen.').waitFor();
  assert.equal((await visitor.goto(address)).status(), 404);
});

test('the settings say that the pages are on and lead to them', async () => {
  const desk = await loggedIn(admin);
  await visit(desk, '/settings/public');
  await desk.getByText('Die öffentlichen Seiten sind an.').waitFor();
  await look(desk, 'settings-public');
  await desk.getByLabel('Impressum').fill('');
  await button(desk, 'Speichern').click();
  await desk.getByText('Es fehlt das Impressum.').waitFor();
  assert.equal((await visitor.goto('/contact')).status(), 404);
  await desk.getByLabel('Impressum').fill('Stadtwerke Musterstadt GmbH');
  await button(desk, 'Speichern').click();
  await desk.getByText('Die öffentlichen Seiten sind an.').waitFor();
});

const other = items.find(({ person: who }) => who.name !== 'Jonas Lindner');
const made = (await admin.post(`/conversations/${other.id}/status-link`, {})).address;
const PAGES = [
  ['public-thread', `/p/${thread}`],
  ['public-report', `/p/${thread}/report`],
  ['public-status', made],
  ['public-contact', '/contact'],
  ['public-form', `/contact/${form.id}`],
  ['public-figures', '/transparency'],
  ['public-missing', '/p/99'],
];

for (const [language, colorScheme, width] of [
  ['de', 'light', 1280], ['en', 'dark', 375], ['de', 'dark', 1280], ['en', 'light', 375],
]) {
  test(`every public page is accessible, fits and speaks one language: ${language}, ${colorScheme}, ${width} px`, async () => {
    // axe is a script: this browser has scripts, and the pages bring none.
    const page = await person(server.url, { locale: language, colorScheme, viewport: { width, height: 812 }, bypassCSP: true });
    const wrong = [];
    for (const [name, path] of PAGES) {
      await page.goto(path);
      if ((await page.locator('script, style, [style]').count()) > 0) wrong.push(`${name}: has a script or a style of its own`);
      await picture(page, `${name}-${language}-${colorScheme}-${width}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) wrong.push(`${name}: ${overflow} px too wide`);
      if ((await page.getAttribute('html', 'lang')) !== language) wrong.push(`${name}: another language`);
      wrong.push(...(await findings(page)).map((finding) => `${name}: ${finding}`));
    }
    await page.context().close();
    assert.deepEqual(wrong, []);
  }, { looks: true });
}

test('a printed page leaves out what cannot be pressed on paper', async () => {
  const page = await person(server.url, { javaScriptEnabled: true, bypassCSP: true });
  await page.goto(`/p/${thread}`);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('form').isVisible(), false);
  assert.equal(await page.getByText('Wir sehen nach und melden uns heute.').isVisible(), true);
});
