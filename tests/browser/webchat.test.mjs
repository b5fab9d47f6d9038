/** webchat.test.mjs - the chat on somebody's own page, seen from there and from the desk. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { drain, person, picture } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { button, look, message, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { shopPage, startShop } from './shop.mjs';

const world = {};
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const chatOf = (page) => page.frameLocator('iframe[title="Chat"]');
const frameOf = (page) => page.frames().find((frame) => frame.url().includes('/webchat/'));
const opener = (page) => chatOf(page).getByRole('button', { name: /^(Chat öffnen|Open chat)/ });
const field = (page) => chatOf(page).getByRole('textbox', { name: /^(Nachricht|Message)$/ });
const said = (page, text) => chatOf(page).locator('.bubble', { hasText: text });
const line = (page, text) => chatOf(page).locator('li', { hasText: text });

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
}

async function arrived(page, text) {
  await line(page, text).getByText(/· angekommen|· arrived/).waitFor();
}

/** A visitor on a page of the shop; the shop's origin is at home, Draht's is allowed. */
async function visitor(path = '/', options = {}) {
  const page = await person(world.shop.url, { origins: [world.server.url], ...options });
  await page.goto(path);
  return page;
}

async function openChat(path = '/', options = {}) {
  const page = await visitor(path, options);
  await opener(page).click();
  await field(page).waitFor();
  return page;
}

async function caseOf(text) {
  const { items } = await world.admin.get('/conversations?view=all&limit=200');
  const found = items.find(({ excerpt }) => excerpt === text);
  assert.ok(found, `no conversation begins with "${text}"`);
  return found.id;
}

const answer = async (text, body) =>
  world.admin.post(`/conversations/${await caseOf(text)}/replies`, { body, visibility: 'private' });

/** What axe finds inside the frame of the chat. */
async function findingsInside(page) {
  const frame = frameOf(page);
  await frame.evaluate(AXE);
  const { violations } = await frame.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.any[0]?.message ?? ''}`));
}

async function lookAtChat(page, name) {
  await picture(page, `webchat-${name}`);
  assert.deepEqual(await findingsInside(page), [], name);
}

const chatChannel = async (fields = {}) =>
  world.admin.post('/channels', {
    network: 'webchat',
    name: `Chat ${Math.random()}`,
    mode: 'dialogue',
    purpose: 'Fragen vor und nach dem Kauf',
    planned_minutes: 600,
    department_id: world.department.id,
    settings: {},
    ...fields,
  });

test('somebody without a manual makes a web chat and gets the line for the page', async () => {
  Object.assign(world, await house());
  world.shop = await startShop();
  world.me = await loggedIn(world.admin);
  const page = world.me;
  await visit(page, '/settings/channels/new');
  await page.getByLabel('Womit schreiben die Menschen?').selectOption({ label: 'Chat auf der Webseite' });
  await page.getByLabel('Name des Kanals').fill('Chat im Laden');
  await page.getByLabel('Zweck').fill('Fragen vor und nach dem Kauf');
  await page.getByLabel('Abteilung').selectOption({ label: 'Kundendienst' });
  await page.getByLabel('Begrüßung (deutsch)').fill('Willkommen im Radladen!\nWas rollt nicht?');
  await button(page, 'Kanal anlegen').click();
  const tag = await page.locator('[data-tag]').textContent();
  assert.match(tag, /^<script async src="http:[^"]+\/widget\.js" data-channel="\d+"><\/script>$/);
  world.secret = await page.locator('[data-once]').textContent();
  world.chat = { id: /data-channel="(\d+)"/.exec(tag)[1] };
  world.shop.pages['/'] = shopPage(world.server.url, world.chat.id);
  world.shop.pages['/rahmen'] = shopPage(world.server.url, world.chat.id);
  await button(page, 'Ausprobieren').click();
  await page.frameLocator('iframe[title="Vorschau des Chats"]').getByText('Willkommen im Radladen!').waitFor();
  await picture(page, 'webchat-settings');
});

test('before anybody writes nothing is kept, no cookie is set, and little is loaded', async () => {
  const page = await person(world.shop.url, { origins: [world.server.url] });
  let bytes = 0;
  const asked = [];
  page.on('response', async (response) => {
    if (!response.url().startsWith(world.server.url)) return;
    asked.push(new URL(response.url()).pathname);
    bytes += (await response.request().sizes()).responseBodySize;
  });
  await page.goto('/');
  await opener(page).waitFor();
  await page.waitForLoadState('networkidle');
  assert.ok(bytes > 0 && bytes <= 15 * 1024, `${bytes} bytes before the chat is opened: ${asked}`);
  await opener(page).click();
  await field(page).waitFor();
  await chatOf(page).getByText('Willkommen im Radladen!').waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  assert.equal(await frameOf(page).evaluate(() => localStorage.length + sessionStorage.length), 0);
  await lookAtChat(page, 'greeting');
  await page.context().close();
});

test('what somebody writes on a page of another origin stands in the inbox, and the answer comes without a reload', async () => {
  const page = await openChat('/rahmen');
  world.page = page;
  await write(page, 'Habt ihr das Rad auch in Blau?');
  await arrived(page, 'Habt ihr das Rad auch in Blau?');
  assert.deepEqual(await page.context().cookies(), []);

  const desk = world.me;
  await visit(desk, '/inbox/all');
  await desk.locator('[data-row]', { hasText: 'Habt ihr das Rad' }).click();
  await message(desk, 'Habt ihr das Rad auch in Blau?').waitFor();
  await desk.getByText(`${world.shop.url}/rahmen`).waitFor();
  await desk.getByText('Nicht angemeldet').waitFor();
  await desk.getByLabel('Text der Antwort').fill('Ja, ab Freitag.');
  await chatOf(page).getByText('Ein Mensch schreibt gerade eine Antwort.').waitFor();
  await picture(desk, 'webchat-desk');
  await answer('Habt ihr das Rad auch in Blau?', 'Ja, ab Freitag.');
  await said(page, 'Ja, ab Freitag.').waitFor();
  await chatOf(page).locator('.facts', { hasText: /^Anna · / }).waitFor();
  await desk.getByText('Hat unsere Antworten bis').waitFor();
  await lookAtChat(page, 'answered');
});

test('a reload brings the talk back, and what was not sent yet', async () => {
  const { page } = world;
  await field(page).fill('Noch nicht abgeschickt');
  await page.reload();
  await opener(page).click();
  await said(page, 'Ja, ab Freitag.').waitFor();
  assert.equal(await field(page).inputValue(), 'Noch nicht abgeschickt');
  assert.equal(await chatOf(page).locator('.bubble').count(), 2);
  await field(page).fill('');
});

test('without a network what is written waits, survives, and leaves once', async () => {
  const { page } = world;
  await page.context().setOffline(true);
  await write(page, 'Geschrieben im Tunnel');
  await line(page, 'Geschrieben im Tunnel').getByText('wartet auf Verbindung').waitFor();
  await chatOf(page).getByText('Keine Verbindung.').waitFor();
  await lookAtChat(page, 'offline');
  await page.context().setOffline(false);
  await arrived(page, 'Geschrieben im Tunnel');
  const { messages } = await world.admin.get(`/conversations/${await caseOf('Geschrieben im Tunnel')}`);
  assert.equal(messages.filter(({ body }) => body === 'Geschrieben im Tunnel').length, 1);
});

test('a page that is left without a network sends when somebody comes back', async () => {
  const page = await openChat();
  await write(page, 'Erste Zeile');
  await arrived(page, 'Erste Zeile');
  await page.context().setOffline(true);
  await write(page, 'Vor dem Zuklappen');
  await line(page, 'Vor dem Zuklappen').getByText('wartet auf Verbindung').waitFor();
  await page.goto('about:blank');
  await page.context().setOffline(false);
  await page.goto(`${world.shop.url}/`);
  await opener(page).click();
  await arrived(page, 'Vor dem Zuklappen');
  await page.context().close();
});

test('an answer is fetched after the server was killed and came back', async () => {
  const { page } = world;
  await world.server.restart('SIGKILL');
  await write(page, 'Seid ihr noch da?');
  await arrived(page, 'Seid ihr noch da?');
  await answer('Seid ihr noch da?', 'Ja, wieder.');
  await said(page, 'Ja, wieder.').waitFor();
  for (const text of ['Habt ihr das Rad', 'Ja, ab Freitag.', 'Geschrieben im Tunnel', 'Seid ihr noch da?', 'Ja, wieder.'])
    assert.equal(await said(page, text).count(), 1, text);
});

test('while the chat is closed the button counts what is new, and opening it is seen', async () => {
  const { page } = world;
  await chatOf(page).getByRole('button', { name: 'Chat schließen' }).click();
  await opener(page).waitFor();
  assert.equal(await frameOf(page).evaluate(() => document.activeElement.className), 'launcher');
  await answer('Seid ihr noch da?', 'Eins noch.');
  await answer('Seid ihr noch da?', 'Und noch eins.');
  await chatOf(page).getByRole('button', { name: 'Chat öffnen, 2 neue Nachrichten' }).waitFor();
  await lookAtChat(page, 'unread');
  await opener(page).click();
  await said(page, 'Und noch eins.').waitFor();
  await chatOf(page).getByRole('button', { name: 'Chat schließen' }).click();
  await chatOf(page).getByRole('button', { name: 'Chat öffnen', exact: true }).waitFor();
  await opener(page).click();
});

test('two tabs of a browser show the same talk', async () => {
  const { page } = world;
  const other = await page.context().newPage();
  await other.goto(`${world.shop.url}/`);
  await opener(other).click();
  await said(other, 'Ja, wieder.').waitFor();
  await write(other, 'Aus dem zweiten Tab');
  await said(page, 'Aus dem zweiten Tab').waitFor();
  await write(page, 'Aus dem ersten Tab');
  await said(other, 'Aus dem ersten Tab').waitFor();
  for (const tab of [page, other])
    for (const text of ['Aus dem zweiten Tab', 'Aus dem ersten Tab']) {
      await arrived(tab, text);
      assert.equal(await said(tab, text).count(), 1, text);
    }
  await other.close();
});

test('one may change what one has written, and take it back', async () => {
  const { page } = world;
  await write(page, 'Größe 54');
  await arrived(page, 'Größe 54');
  await line(page, 'Größe 54').getByRole('button', { name: 'Mehr zu dieser Nachricht' }).click();
  await line(page, 'Größe 54').getByRole('button', { name: 'Ändern' }).click();
  await chatOf(page).getByRole('textbox', { name: 'Ändern' }).fill('Größe 56');
  await chatOf(page).getByRole('button', { name: 'Änderung senden' }).click();
  await line(page, 'Größe 56').getByText('geändert').waitFor();
  await line(page, 'Größe 56').getByRole('button', { name: 'Mehr zu dieser Nachricht' }).click();
  await line(page, 'Größe 56').getByRole('button', { name: 'Zurückziehen' }).click();
  await said(page, 'Diese Nachricht wurde zurückgezogen.').waitFor();
  assert.equal(await said(page, 'Größe 5').count(), 0);
});

test('files go out and come back as downloads', async () => {
  const { page } = world;
  await frameOf(page).locator('input[type=file]').setInputFiles([
    { name: 'Rahmen ä.txt', mimeType: 'text/plain', buffer: Buffer.from('vierundfünfzig') },
  ]);
  await chatOf(page).getByText('Rahmen ä.txt').waitFor();
  await write(page, 'Siehe Anhang');
  await arrived(page, 'Siehe Anhang');
  const loading = page.waitForEvent('download');
  await chatOf(page).getByRole('button', { name: /Rahmen ä\.txt herunterladen/ }).click();
  assert.equal((await loading).suggestedFilename(), 'Rahmen ä.txt');
  await frameOf(page).locator('input[type=file]').setInputFiles(
    [1, 2, 3, 4, 5].map((n) => ({ name: `${n}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') })),
  );
  await chatOf(page).getByText('Höchstens 4 Dateien auf einmal.').waitFor();
});

test('solved is told, and writing again opens it', async () => {
  const { page } = world;
  const id = await caseOf('Siehe Anhang');
  await answer('Siehe Anhang', 'Danke, passt.');
  await said(page, 'Danke, passt.').waitFor();
  await world.admin.post(`/conversations/${id}/solve`, { check_back: true });
  await chatOf(page).getByText(/Das Anliegen gilt seit .* als gelöst/).waitFor();
  await lookAtChat(page, 'solved');
  await write(page, 'Doch noch eine Frage');
  await arrived(page, 'Doch noch eine Frage');
  await chatOf(page).getByText(/als gelöst/).waitFor({ state: 'detached' }).catch(() => {});
  assert.equal((await world.admin.get(`/conversations/${id}`)).state, 'open');
  assert.equal(await chatOf(page).locator('.status').textContent(), '');
});

test('markup stays text, and an address becomes a link that tells nobody', async () => {
  const { page } = world;
  const evil = '<img src=x onerror="top.hacked=1"><script>top.hacked=1</script> https://a.example/x?y. javascript:alert(1)';
  await write(page, evil);
  await arrived(page, '<img src=x');
  await answer(evil.slice(0, 140), evil).catch(async () => {
    const { items } = await world.admin.get('/conversations?view=all&limit=1');
    await world.admin.post(`/conversations/${items[0].id}/replies`, { body: evil, visibility: 'private' });
  });
  await chatOf(page).locator('.theirs .bubble', { hasText: '<img src=x' }).waitFor();
  assert.equal(await chatOf(page).locator('.bubble img, .bubble script').count(), 0);
  const links = chatOf(page).locator('.theirs .bubble a');
  assert.equal(await links.count(), 1);
  assert.equal(await links.getAttribute('href'), 'https://a.example/x?y');
  assert.match(await links.getAttribute('rel'), /noopener noreferrer/);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
});

test('the style and the scripts of a hostile page do not reach it', async () => {
  world.shop.pages['/hostile'] = shopPage(world.server.url, world.chat.id, {
    head: `<style>
        * { display: none !important; opacity: 0 !important; visibility: hidden !important; transform: scale(0) !important;
            transition: all 9999s !important; pointer-events: none !important; position: static !important; z-index: -1 !important; width: 0 !important; }
        html { display: block !important; visibility: visible !important; opacity: 1 !important; transform: none !important; }
        iframe { filter: blur(99px) !important; clip-path: circle(0) !important; }
      </style>
      <script>
        window.stolen = [];
        const steal = (...all) => { stolen.push(all); throw new Error('stolen'); };
        Array.prototype.push = Array.prototype.map = Array.prototype.filter = steal;
        String.prototype.replace = String.prototype.slice = steal;
        Object.keys = Object.entries = Object.assign = steal;
        JSON.parse = JSON.stringify = window.fetch = window.XMLHttpRequest = steal;
        window.Promise.prototype.then = steal;
        window.localStorage.__proto__.setItem = window.localStorage.__proto__.getItem = steal;
        EventTarget.prototype.addEventListener = steal;
        Element.prototype.attachShadow = Element.prototype.append = Element.prototype.insertBefore = steal;
        Function.prototype.call = Function.prototype.apply = Function.prototype.bind = steal;
        crypto.__proto__.getRandomValues = steal;
        Object.defineProperty(Object.prototype, 'id', { set(value) { stolen[stolen.length] = value; }, get() { return 'evil'; } });
        setInterval(() => { for (const one of document.querySelectorAll('body iframe')) one.remove(); }, 20);
        window.onmessage = (event) => { if (event.source !== window) stolen[stolen.length] = event.data; };
      </script>`,
  });
  const page = await person(world.shop.url, { origins: [world.server.url] });
  await page.goto('/hostile');
  await opener(page).click();
  await write(page, 'Kommt das durch?');
  await arrived(page, 'Kommt das durch?');
  await picture(page, 'webchat-hostile');
  assert.ok((await page.locator('iframe[title="Chat"]').boundingBox()).width > 300);
  // Past the page's own world, which can no longer be asked anything.
  const devtools = await page.context().newCDPSession(page);
  const { result } = await devtools.send('Runtime.evaluate', { expression: 'String(window.stolen.length)' });
  assert.equal(result.value, '0', 'the page got hold of something');
  await page.context().close();
  drain();
});

test('a page that throws foreign elements out gets the chat back', async () => {
  const page = await visitor();
  await opener(page).waitFor();
  await page.evaluate(() => document.querySelector('iframe[title="Chat"]').remove());
  await opener(page).waitFor();
  await page.evaluate(() => document.body.replaceWith(document.createElement('body')));
  await opener(page).click();
  await field(page).waitFor();
  await page.context().close();
});

test('a page with a strict policy of its own needs to name us for scripts and frames alone', async () => {
  world.shop.pages['/strict'] = {
    html: shopPage(world.server.url, world.chat.id),
    headers: {
      'Content-Security-Policy': `default-src 'none'; script-src ${world.server.url}; frame-src ${world.server.url}`,
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
  };
  const page = await openChat('/strict');
  await write(page, 'Hinter Mauern');
  await arrived(page, 'Hinter Mauern');
  await page.context().close();
});

test('a page that the channel does not allow shows nothing', async () => {
  const { channel } = await chatChannel({ settings: { allowed_origins: 'https://shop.example' } });
  world.shop.pages['/forbidden'] = shopPage(world.server.url, channel.id);
  const page = await visitor('/forbidden');
  await page.waitForLoadState('load');
  await page.waitForFunction(() => document.querySelector('iframe[title="Chat"]'));
  assert.equal(await page.locator('iframe[title="Chat"]').evaluate((frame) => getComputedStyle(frame).visibility), 'hidden');
  assert.match(drain().violations.join(), /frame-ancestors/);
  await world.admin.patch(`/channels/${channel.id}`, { settings: { allowed_origins: world.shop.url } });
  await page.reload();
  await opener(page).waitFor();
  await page.context().close();
});

test('a customer who is logged in is the same on the phone, and a forged signature is told to who builds the page', async () => {
  const signature = createHmac('sha256', world.secret).update('kunde-17').digest('hex');
  const attributes = (proof) => `data-user="kunde-17" data-user-name="Jonas Lindner" data-user-signature="${proof}"`;
  world.shop.pages['/konto'] = shopPage(world.server.url, world.chat.id, { attributes: attributes(signature) });
  world.shop.pages['/forged'] = shopPage(world.server.url, world.chat.id, { attributes: attributes(signature.replace(/^./, (c) => (c === '0' ? '1' : '0'))) });
  const desk = await openChat('/konto');
  await write(desk, 'Vom Rechner');
  await arrived(desk, 'Vom Rechner');
  const phone = await visitor('/konto', { viewport: { width: 375, height: 667 } });
  await opener(phone).click();
  await said(phone, 'Vom Rechner').waitFor();
  const { items } = await world.admin.get('/conversations?view=all&limit=200');
  assert.equal(items.find(({ excerpt }) => excerpt === 'Vom Rechner').person.name, 'Jonas Lindner');

  const told = [];
  const stranger = await person(world.shop.url, { origins: [world.server.url] });
  stranger.on('console', (entry) => told.push(entry.text()));
  await stranger.goto('/forged');
  await opener(stranger).click();
  await field(stranger).waitFor();
  assert.equal(await said(stranger, 'Vom Rechner').count(), 0);
  assert.match(told.join('\n'), /Draht web chat: the signature of the user's id is missing or does not fit/);
  // The page logs somebody in without a reload.
  await stranger.evaluate((proof) => window.drahtChat.identify({ id: 'kunde-17', signature: proof }), signature);
  await said(stranger, 'Vom Rechner').waitFor();
  await stranger.evaluate(() => window.drahtChat.identify(null));
  await said(stranger, 'Vom Rechner').waitFor({ state: 'detached' });
  for (const page of [desk, phone, stranger]) await page.context().close();
});

test('on a phone it fills the screen, and the keyboard gives the focus back', async () => {
  const page = await visitor('/', { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true });
  await opener(page).tap();
  await field(page).waitFor();
  const box = await page.locator('iframe[title="Chat"]').boundingBox();
  assert.deepEqual([box.x, box.y, Math.round(box.width), Math.round(box.height)], [0, 0, 375, 667]);
  await lookAtChat(page, 'phone');
  await page.keyboard.press('Escape');
  await opener(page).waitFor();
  assert.equal(await frameOf(page).evaluate(() => document.activeElement.className), 'launcher');
  await page.context().close();
});

test('everything works by the keyboard alone, and is said to who does not see it', async () => {
  const page = await visitor();
  await opener(page).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await field(page).waitFor();
  assert.equal(await frameOf(page).evaluate(() => document.activeElement.id), 'text');
  await page.keyboard.type('Nur mit Tasten');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('zweite Zeile');
  await page.keyboard.press('Enter');
  await arrived(page, 'Nur mit Tasten');
  assert.equal(await frameOf(page).evaluate(() => document.activeElement.id), 'text');
  await chatOf(page).locator('[aria-live=polite]', { hasText: 'Nachricht angekommen' }).waitFor();
  await answer('Nur mit Tasten zweite Zeile', 'Gehört.');
  await chatOf(page).locator('[aria-live=polite]', { hasText: 'Anna schreibt: Gehört.' }).waitFor();
  assert.equal(await chatOf(page).getByRole('dialog', { name: 'Stadtwerke Musterstadt' }).count(), 1);
  await page.keyboard.press('Escape');
  assert.equal(await frameOf(page).evaluate(() => document.activeElement.className), 'launcher');
  await page.context().close();
});

test('at twice the size nothing is cut off', async () => {
  const page = await visitor('/', { viewport: { width: 640, height: 400 } });
  await opener(page).click();
  await field(page).waitFor();
  const clipped = await frameOf(page).evaluate(() => {
    const { width, height } = document.querySelector('.panel').getBoundingClientRect();
    const bottom = document.querySelector('.composer').getBoundingClientRect().bottom;
    return bottom > height + 20 || document.documentElement.scrollWidth > innerWidth || width > innerWidth;
  });
  assert.equal(clipped, false);
  await lookAtChat(page, 'zoom');
  await page.context().close();
});

test('an English page has an English chat, whatever the browser speaks, and a page may choose', async () => {
  world.shop.pages['/en'] = shopPage(world.server.url, world.chat.id, { lang: 'en-GB' });
  world.shop.pages['/fr-de'] = shopPage(world.server.url, world.chat.id, { lang: 'fr', attributes: 'data-lang="de"' });
  const page = await openChat('/en');
  await chatOf(page).getByText(/^We are here\. (Our aim: an answer|Nine out of ten answers come) within/).waitFor();
  await chatOf(page).getByText('Hello! What can we sort out?').waitFor();
  assert.equal(await chatOf(page).locator('html').getAttribute('lang'), 'en');
  await lookAtChat(page, 'english');
  await page.goto('/fr-de');
  await chatOf(page).getByRole('button', { name: 'Chat öffnen' }).waitFor();
  await page.context().close();
});

test('in the dark and in other colours it can be read', async () => {
  for (const [name, colour] of [['yellow', '#ffe14d'], ['black', '#000000'], ['red', '#cc3344']]) {
    const { channel } = await chatChannel({ settings: { colour, left: true, title: 'Radladen' } });
    world.shop.pages[`/${name}`] = shopPage(world.server.url, channel.id);
    const page = await openChat(`/${name}`, { colorScheme: 'dark' });
    const box = await page.locator('iframe[title="Chat"]').boundingBox();
    assert.equal(box.x, 0);
    await write(page, `Frage in ${name}`);
    await arrived(page, `Frage in ${name}`);
    await lookAtChat(page, `dark-${name}`);
    await page.context().close();
  }
});

test('outside of its hours the chat says when somebody will answer', async () => {
  const weekday = (new Date(Date.now() + 2 * 86_400_000).getDay() + 6) % 7;
  const department = await world.admin.post('/departments', {
    name: 'Werkstatt',
    hours: { time_zone: 'Europe/Berlin', slots: [{ weekday, from: '08:00', until: '12:00' }] },
  });
  const { channel } = await chatChannel({ department_id: department.id });
  world.shop.pages['/closed'] = shopPage(world.server.url, channel.id);
  const page = await openChat('/closed');
  const day = new Intl.DateTimeFormat('de-DE', { weekday: 'long' }).format(Date.now() + 2 * 86_400_000);
  await chatOf(page).getByText(`Wir antworten ab ${day}, 08:00 Uhr.`).waitFor();
  await page.context().close();
});

/** The offer and what becomes of it: in English, in the dark, on a phone. */
async function lookAtMailInEnglish() {
  world.shop.pages['/en-mail'] = shopPage(world.server.url, world.chat.id, { lang: 'en' });
  const page = await openChat('/en-mail', { colorScheme: 'dark', viewport: { width: 375, height: 667 } });
  await write(page, 'I have to leave soon');
  await arrived(page, 'I have to leave soon');
  await chatOf(page).getByText('Answers by e-mail, too?').click();
  await lookAtChat(page, 'mail-en');
  await chatOf(page).getByLabel('E-mail address').fill('jonas@example.org');
  await chatOf(page).getByRole('button', { name: 'Leave the address' }).click();
  await chatOf(page).getByText('Answers also go to jonas@example.org').click();
  await lookAtChat(page, 'mail-left-en');
  await page.context().close();
}

test('an address for answers is left, changed and deleted, where a channel writes mail and only there', async () => {
  assert.equal(await chatOf(world.page).getByText('Antworten auch per E-Mail?').isVisible(), false);
  const { channel } = await world.admin.post('/channels', {
    network: 'email',
    name: 'Postfach',
    mode: 'dialogue',
    purpose: 'Antworten',
    settings: { address: 'hilfe@example.org', imap_host: '127.0.0.1', imap_port: 1, smtp_host: '127.0.0.1', smtp_port: 1, password: 'x' },
  });
  const page = await openChat();
  await write(page, 'Ich muss gleich weg');
  await arrived(page, 'Ich muss gleich weg');
  await chatOf(page).getByText('Antworten auch per E-Mail?').click();
  await chatOf(page).getByLabel('E-Mail-Adresse').fill('jonas@');
  await chatOf(page).getByRole('button', { name: 'Adresse angeben' }).click();
  await chatOf(page).getByText('Das ist keine vollständige Adresse.').waitFor();
  await lookAtChat(page, 'mail');
  await chatOf(page).getByLabel('E-Mail-Adresse').fill('jonas@example.org');
  await chatOf(page).getByRole('button', { name: 'Adresse angeben' }).click();
  await chatOf(page).getByText('Antworten auch an jonas@example.org').click();
  await lookAtChat(page, 'mail-left');
  await chatOf(page).getByLabel('E-Mail-Adresse').fill('j.weber@example.org');
  await chatOf(page).getByRole('button', { name: 'Adresse ändern' }).click();
  await chatOf(page).getByText('Antworten auch an j.weber@example.org').waitFor();
  await lookAtMailInEnglish();
  const desk = world.me;
  await desk.goto(`/conversations/${await caseOf('Ich muss gleich weg')}`);
  await desk.getByText('geht es auch per E-Mail an j.weber@example.org').waitFor();
  await picture(desk, 'webchat-mail-desk');
  await answer('Ich muss gleich weg', 'Kommt per Post.');
  await desk.getByText(/Geht um .* per E-Mail, wenn es bis dahin nicht gesehen wurde/).waitFor();
  await look(desk, 'webchat-mail-planned');
  await page.reload();
  await opener(page).click();
  await chatOf(page).getByText('Antworten auch an j.weber@example.org').click();
  await chatOf(page).getByRole('button', { name: 'Adresse löschen' }).click();
  await chatOf(page).getByText('Antworten auch per E-Mail?').waitFor();
  await world.admin.patch(`/channels/${channel.id}`, { mode: 'listen' });
  await page.reload();
  await opener(page).click();
  await said(page, 'Ich muss gleich weg').waitFor();
  assert.equal(await chatOf(page).getByText('Antworten auch per E-Mail?').isVisible(), false);
  await page.context().close();
});

test('what the server refuses says why and can be tried again', async () => {
  const page = await person(world.shop.url, { origins: [world.server.url] });
  let refuse = true;
  await page.route('**/api/v1/webchat/*/messages', (route) =>
    refuse && route.request().method() === 'POST'
      ? route.fulfill({ status: 422, contentType: 'application/problem+json', body: '{"detail":"no","errors":[{"field":"body","message":"is not to be"}]}' })
      : route.continue(),
  );
  await page.goto('/');
  await opener(page).click();
  await write(page, 'Nimmst du das?');
  await line(page, 'Nimmst du das?').getByText('nicht gesendet: zu lang oder zu groß').waitFor();
  await lookAtChat(page, 'failed');
  refuse = false;
  await line(page, 'Nimmst du das?').getByRole('button', { name: 'Erneut versuchen' }).click();
  await arrived(page, 'Nimmst du das?');
  await page.context().close();
});

test('where the browser gives a frame no storage the talk survives all the same', async () => {
  const page = await person(world.shop.url, { origins: [world.server.url] });
  await page.addInitScript(() => {
    if (window.top !== window) Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('no', 'SecurityError'); } });
  });
  await page.goto('/');
  await opener(page).click();
  await write(page, 'Ohne eigenen Speicher');
  await arrived(page, 'Ohne eigenen Speicher');
  await page.reload();
  await opener(page).click();
  await said(page, 'Ohne eigenen Speicher').waitFor();
  await page.context().close();
});
