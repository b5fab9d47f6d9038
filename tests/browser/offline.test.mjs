/**
 * offline.test.mjs - nothing typed is lost, and nothing is sent twice: without network, on a
 * slow one, with a login that ends, a server that restarts, a tab that dies.
 *
 * Each story is told twice: as it is, and as a control with the safeguard taken away, in
 * which the harm must be seen.
 */
import assert from 'node:assert/strict';
import { quiet } from './browser.mjs';
import { house, loggedIn, PASSWORD } from './house.mjs';
import { assertValue, button, logInAgain, message, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { item } from './story.mjs';

const { server, admin, peer, channel, ben } = await house();
const REPLIES = '**/api/v1/conversations/*/replies';
const DRAFT = '**/api/v1/conversations/*/draft';
let cases = 0;

/** A conversation of its own for each story; its path. */
async function newCase() {
  const name = `Kundin ${++cases}`;
  await inbound(channel, item({ author: { external_id: `kundin-${cases}`, handle: `kundin${cases}`, name }, body: 'Wann kommt der Monteur?' }));
  const { items } = await admin.get('/conversations?view=all&limit=200');
  return `/conversations/${items.find(({ person }) => person.name === name).id}`;
}

const box = (page) => page.getByLabel('Text der Antwort');
/** The page of a case, come to rest. */
async function open(page, path) {
  await visit(page, path);
  await box(page).waitFor();
  await quiet(page);
}
const send = (page) => button(page, 'Senden').click();
const sent = (text) => peer.taken.filter(({ body }) => body === text).length;

/** How often a text left, once it has had the time to leave; the peer's ledger is asked. */
async function leavings(path, text) {
  for (let i = 0; i < 100; i++) {
    const { outbox } = await admin.get(path);
    if (outbox.length > 0 && outbox.every(({ state }) => state === 'sent')) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  return sent(text);
}

/** What the box holds after the page has come to rest. */
async function textIn(page) {
  await box(page).waitFor();
  await quiet(page);
  return box(page).inputValue();
}

/** Takes away what keeps a text in the browser. */
const forgetful = (page) =>
  page.addInitScript(() => {
    Storage.prototype.setItem = () => {};
  });

async function dropped({ safe }) {
  const path = await newCase();
  const text = `Morgen um neun, ${path}.`;
  const page = await loggedIn(ben);
  if (!safe) await forgetful(page);
  if (!safe) await page.route(DRAFT, (route) => route.abort());
  await open(page, path);
  await page.context().setOffline(true);
  await box(page).fill(text);
  await button(page, 'Wartet auf Verbindung').waitFor();
  await box(page).press('Control+Enter');
  await assertValue(box(page), text);
  await page.reload().catch(() => {}); // there is nobody to load it from
  await page.context().setOffline(false);
  await open(page, path);
  const kept = await textIn(page);
  if (kept === text) await send(page);
  const result = { kept: kept === text, left: kept === text ? await leavings(path, text) : 0 };
  await page.context().close();
  return result;
}

test('typed, sent, dropped, reloaded, back: the draft is there and exactly one reply leaves', async () => {
  assert.deepEqual(await dropped({ safe: true }), { kept: true, left: 1 });
});

test('control: without what keeps drafts that story loses the text', async () => {
  assert.deepEqual(await dropped({ safe: false }), { kept: false, left: 0 });
});

/** The reply takes effect, but its answer never arrives; then it is sent again. */
async function lostAnswer({ safe, reload = false }) {
  const path = await newCase();
  const text = `Der Monteur kommt morgen, ${path}.`;
  const page = await loggedIn(ben);
  let lost = 0;
  await page.route(REPLIES, async (route) => {
    const request = route.request();
    const { 'idempotency-key': key, ...headers } = request.headers();
    const { expected_last_message_id, ...body } = request.postDataJSON();
    const options = safe ? {} : { headers, postData: JSON.stringify(body) };
    if (lost++ > 0) return route.continue(options);
    await route.fetch(options);
    return route.abort();
  });
  await open(page, path);
  await box(page).fill(text);
  await send(page);
  await page.getByText('Der Server antwortet nicht.').waitFor();
  if (reload) await page.reload();
  const kept = await textIn(page);
  if (kept === text) {
    await send(page);
    await quiet(page);
  }
  await message(page, text).first().waitFor();
  const result = { left: await leavings(path, text), rest: await textIn(page) };
  await page.context().close();
  return result;
}

test('an answer of the server that is lost makes no second reply when it is sent again', async () => {
  assert.deepEqual(await lostAnswer({ safe: true }), { left: 1, rest: '' });
});

test('control: without the key of the repeat and the last message it does', async () => {
  assert.equal((await lostAnswer({ safe: false })).left, 2);
});

test('nor after a reload', async () => {
  assert.equal((await lostAnswer({ safe: true, reload: true })).left, 1);
});

async function slowly(work) {
  const path = await newCase();
  const page = await loggedIn(ben);
  await open(page, path);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  // What the tools of Chromium call slow 3G.
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 2000, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  page.setDefaultTimeout(60_000);
  try {
    return await work(page, path);
  } finally {
    await page.context().close();
  }
}

test('on a slow network impatience sends once, and what is typed on the way stays', async () => {
  await slowly(async (page, path) => {
    const text = `Gleich, ${path}.`;
    await box(page).fill(text);
    await button(page, 'Senden').dblclick({ force: true });
    await box(page).press('Control+Enter');
    await box(page).press('Control+Enter');
    await message(page, text).first().waitFor();
    assert.equal(await leavings(path, text), 1);
  });
});

test('a login that ends while somebody types leads to the login and back to the text', async () => {
  const path = await newCase();
  const page = await loggedIn(ben);
  await open(page, path);
  await box(page).fill('Der Anfang, ');
  await page.getByText('Entwurf gesichert').waitFor();
  await page.context().clearCookies();
  await box(page).pressSequentially('und das Ende, das erst nach der Anmeldung kommt.');
  await logInAgain(page, 'ben@example.org', PASSWORD);
  await box(page).waitFor();
  assert.equal(new URL(page.url()).pathname, path);
  assert.match(await textIn(page), /^Der Anfang, und das Ende/);
  await page.context().close();
});

async function restarted({ safe }) {
  const path = await newCase();
  const text = 'Geschrieben, während der Server neu startet.';
  const page = await loggedIn(ben);
  if (!safe) await page.route(DRAFT, (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
  await open(page, path);
  await server.stop('SIGKILL');
  await box(page).fill(text);
  await page.getByText('Entwurf liegt in diesem Browser').waitFor();
  await server.start();
  if (safe) await page.getByText('Entwurf gesichert').waitFor({ timeout: 40_000 });
  const { draft } = await ben.get(path);
  const now = await textIn(page);
  await page.context().close();
  return { draft: draft?.body ?? '', now, text };
}

test('a server that restarts while somebody types has the draft a moment later', async () => {
  const { draft, now, text } = await restarted({ safe: true });
  assert.deepEqual([draft, now], [text, text]);
});

test('control: a draft that never arrives is not on the server', async () => {
  const { draft, now, text } = await restarted({ safe: false });
  assert.deepEqual([draft, now], ['', text]);
});

/** The tab dies in the very moment of typing, before the server knows anything. */
async function killed({ safe }) {
  const path = await newCase();
  const text = `Vor dem Absturz getippt, ${path}.`;
  const page = await loggedIn(ben);
  if (!safe) await forgetful(page);
  await page.context().route(DRAFT, (route) => route.abort());
  await open(page, path);
  await box(page).pressSequentially(text);
  const cdp = await page.context().newCDPSession(page);
  const crashed = new Promise((done) => page.on('crash', done));
  void cdp.send('Page.crash').catch(() => {});
  await crashed;
  const again = await page.context().newPage();
  await open(again, path);
  const kept = await textIn(again);
  await page.context().close();
  return kept === text;
}

test('a tab that dies while somebody types gives the text back when it is opened again', async () => {
  assert.equal(await killed({ safe: true }), true);
});

test('control: without what the browser keeps the text is gone', async () => {
  assert.equal(await killed({ safe: false }), false);
});

test('a note in the making survives a reload, too', async () => {
  const path = await newCase();
  const page = await loggedIn(ben);
  await open(page, path);
  await page.getByText('Interne Notiz', { exact: true }).click();
  await page.getByLabel('Text der Notiz').fill('Nur fürs Team, noch nicht gespeichert.');
  await quiet(page);
  await page.reload();
  await page.locator('main h1').waitFor();
  await page.getByText('Interne Notiz', { exact: true }).click();
  await assertValue(page.getByLabel('Text der Notiz'), 'Nur fürs Team, noch nicht gespeichert.');
  await page.context().close();
});

const FILES = '**/api/v1/attachments';
const heldFiles = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        const request = indexedDB.open('draht');
        request.onsuccess = () => {
          const count = request.result.transaction('files').objectStore('files').count();
          count.onsuccess = () => done(count.result);
        };
      }),
  );
async function untilHeld(page, wanted) {
  for (let i = 0; i < 100 && (await heldFiles(page)) !== wanted; i++) await page.waitForTimeout(50);
  assert.equal(await heldFiles(page), wanted);
}

test('a file that was chosen and has not arrived survives a reload, goes out later, and no reply leaves without it', async () => {
  const path = await newCase();
  const page = await loggedIn(ben);
  await open(page, path);
  await page.route(FILES, (route) => route.abort());
  await page.locator('input[type=file]').setInputFiles({ name: 'vertrag.txt', mimeType: 'text/plain', buffer: Buffer.from('Paragraf 1') });
  await page.getByText('Eine Datei ist noch nicht angekommen.').waitFor();
  await box(page).fill('Anbei der Vertrag.');
  assert.ok(await button(page, 'Senden').isDisabled(), 'a reply would leave without its file');
  await untilHeld(page, 1);
  await page.reload();
  await page.getByLabel('vertrag.txt entfernen').waitFor();
  await page.getByText('Eine Datei ist noch nicht angekommen.').waitFor();
  await page.unroute(FILES);
  await page.context().setOffline(true);
  await page.context().setOffline(false); // what comes back with the network is tried again
  await page.getByText('Eine Datei ist noch nicht angekommen.').waitFor({ state: 'detached', timeout: 30_000 });
  await untilHeld(page, 0);
  await send(page);
  await message(page, 'Anbei der Vertrag.').getByRole('link', { name: /vertrag\.txt/ }).waitFor();
  await page.context().close();
});

test('the memory for files has a ceiling, and what does not fit says so', async () => {
  const path = await newCase();
  const page = await loggedIn(ben);
  await open(page, path);
  await page.route(FILES, (route) => route.abort());
  const megabytes = (n, name) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.alloc(n * 1024 * 1024, 1) });
  for (let n = 0; n < 8; n++) await page.locator('input[type=file]').setInputFiles(megabytes(8, `${n}.bin`));
  await untilHeld(page, 8);
  assert.equal(await page.getByText(/ist zu groß für den Speicher/).count(), 0);
  await page.locator('input[type=file]').setInputFiles({ name: 'ein-byte.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
  await page.getByText(/^ein-byte\.txt ist zu groß für den Speicher/).waitFor();
  assert.equal(await heldFiles(page), 8);
  await page.context().close();
});

test('a file that is taken out, and one of somebody who logs out, is not held any more', async () => {
  const path = await newCase();
  const page = await loggedIn(ben);
  await open(page, path);
  await page.route(FILES, (route) => route.abort());
  const choose = (name) => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(name) });
  await choose('weg.txt');
  await untilHeld(page, 1);
  await page.getByLabel('weg.txt entfernen').click();
  await untilHeld(page, 0);
  await choose('bleibt.txt');
  await untilHeld(page, 1);
  await page.unroute(FILES);
  await button(page, 'Abmelden').click();
  await page.waitForURL('**/login');
  await untilHeld(page, 0);
  await page.context().close();
});

test('a page whose program cannot be fetched says so, and comes by itself when the network is back', async () => {
  const page = await loggedIn(admin);
  await visit(page, '/today');
  await quiet(page);
  await page.context().setOffline(true);
  await page.getByText('Keine Verbindung zum Server.').waitFor();
  await page.getByRole('link', { name: 'Einstellungen' }).click();
  await page.getByRole('alert').getByText('Der Server antwortet nicht.').waitFor();
  await button(page, 'Erneut versuchen').click();
  await page.getByRole('alert').getByText('Der Server antwortet nicht.').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('link', { name: 'Rollen' }).waitFor({ timeout: 30_000 });
  await page.context().close();
});
