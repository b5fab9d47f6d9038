/** markup.test.mjs - markup and scripts from outside stay text, in every field and on every page. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { noted, person, quiet } from './browser.mjs';
import { naughtyStrings, signs, vectors, watch } from './corpus.mjs';
import { house, loggedIn } from './house.mjs';
import { visit } from './pages.mjs';
import { atEnd, Skip, test } from './runner.mjs';
import { inbound, moveClock } from './server.mjs';
import { shopPage, startShop } from './shop.mjs';
import { item } from './story.mjs';

const VECTORS = vectors();
const PER_THREAD = 12;
// The clock stands still, so that a form can be looked at and sent without waiting.
const place = await house({ clock: new Date() });
const { server, admin, channel } = place;
await admin.patch('/public-pages', { imprint: 'Stadtwerke Musterstadt\nMusterweg 1', threads: true });
const form = (await admin.post('/channels', { network: 'form', name: 'Kontaktformular', mode: 'dialogue', purpose: 'Fragen' })).channel;
const page = await loggedIn(admin);
const seen = await watch(page.context());
const shown = { refused: 0, taken: 0, public: 0 };

/** A call that may refuse a text, but only by saying which field is wrong. */
async function attempt(method, path, body) {
  try {
    const answer = await admin.call(method, path, body);
    shown.taken++;
    return answer;
  } catch (failure) {
    assert.match(failure.message, /: (422|409) .*"detail"/s, `${method} ${path} ${JSON.stringify(body)}`);
    shown.refused++;
    return null;
  }
}

const inParts = (list, size) => Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
const cut = (text, characters) => [...text].slice(0, characters).join('');

/** Messages in which every field that takes a text has this one; so many to a thread. */
function messages(texts, name) {
  return texts.map((text, at) =>
    item({
      external_id: `${name}-${at} ${cut(text, 100)}`,
      thread: {
        external_id: `${name}-thread-${Math.floor(at / PER_THREAD)}`,
        title: cut(texts[at - (at % PER_THREAD)], 200),
        ...(/^https?:/.test(text) ? { url: text } : {}),
      },
      author: { external_id: `${name}-author-${at}`, handle: cut(text, 200), name: cut(text, 200) },
      body: text,
      attachments: at % 4 === 0 ? [{ name: cut(text, 200), mime: 'text/html', base64: btoa('<script>window.__xss=1</script>') }] : [],
    }),
  );
}

async function send(items) {
  for (const part of inParts(items, 100)) {
    const { accepted, rejected } = await inbound(channel, ...part);
    for (const { index, reason } of rejected ?? []) assert.ok(reason, `item ${index} is refused without a reason`);
    shown.taken += accepted;
    shown.refused += rejected?.length ?? 0;
  }
}

async function assertInert(path, wait = 'main h1') {
  await page.goto(path);
  await page.locator(wait).first().waitFor();
  await quiet(page);
  const found = await signs(page, seen);
  assert.deepEqual(found, [], path);
}

test('the detector sees a vector of every family that a browser runs', async () => {
  const host = createServer((request, answer) => {
    const at = Number(new URL(request.url, 'http://x').searchParams.get('v'));
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.end(`<!doctype html><title>control</title><p>${VECTORS[at]?.text ?? ''}</p><a href="${VECTORS[at]?.text.replaceAll('"', '&quot;')}">x</a>`);
  });
  await new Promise((done) => host.listen(0, '127.0.0.1', done));
  atEnd(() => host.close());
  const url = `http://127.0.0.1:${host.address().port}`;
  const victim = await person(url);
  const control = await watch(victim.context());
  const caught = new Map();
  for (const [at, { family }] of VECTORS.entries()) {
    await victim.goto(`${url}/?v=${at}`, { waitUntil: 'domcontentloaded' }).catch(() => {});
    const found = await signs(victim, control).catch(() => ['the page went away']);
    const { ran = 0, all = 0 } = caught.get(family) ?? {};
    caught.set(family, { all: all + 1, ran: ran + (found.length > 0) });
  }
  await victim.context().close();
  Object.assign(noted, { foreign: [], violations: [], errors: [] }); // that was the purpose
  console.log(`    ${[...caught].map(([family, { ran, all }]) => `${family} ${ran}/${all}`).join(', ')}`);
  for (const family of ['tags', 'attributes', 'svg', 'mathml', 'addresses', 'mutation', 'css']) {
    assert.ok(caught.get(family).ran > caught.get(family).all / 3, `${family}: ${JSON.stringify(caught.get(family))}`);
  }
  assert.ok(VECTORS.length >= 80);
});

test('the detector sees nothing on a page where nothing is', async () => {
  await assertInert('/today');
});

test('what strangers send is taken or refused with a reason, in every field of a message', async () => {
  await send(messages(VECTORS.map(({ text }) => text), 'xss'));
});

test('what colleagues type is taken or refused with a reason, in every field of the settings', async () => {
  const me = (await admin.get('/me')).account;
  for (const [at, { text }] of VECTORS.entries()) {
    await attempt('POST', '/departments', { name: text });
    await attempt('POST', '/tokens', { name: text });
    await attempt('POST', '/word-lists', { kind: 'topic', value: text, words: [text] });
    if (at % 5 === 0) {
      await attempt('POST', '/users', { name: text, email: `nutzer${at}@example.org`, role: 'agent' });
      await attempt('POST', '/channels', { network: 'custom', name: text, kind_name: text, mode: 'listen', purpose: text, owner_id: me.id });
    }
  }
  await attempt('PATCH', '/workspace', { name: VECTORS[0].text });
  await attempt('PATCH', '/me', { name: VECTORS[0].text });
});

test('what colleagues write at a conversation is taken or refused with a reason', async () => {
  const { items } = await admin.get('/conversations?view=all&limit=200');
  for (const [at, { text }] of VECTORS.entries()) {
    const conversation = items[at % items.length];
    const path = `/conversations/${conversation.id}`;
    await attempt('PATCH', path, { topic: text, tags: [text] });
    await attempt('POST', `${path}/notes`, { body: text });
    await attempt('PUT', `${path}/draft`, { body: text, visibility: 'public' });
    await attempt('PATCH', `/persons/${conversation.person.id}`, { note: text, name: text });
    if (at % 4 === 0) await attempt('POST', `${path}/replies`, { body: text, visibility: 'public' });
    if (at % 12 === 0) await attempt('POST', `${path}/close`, { reason: 'hidden', note: text });
  }
  assert.ok(shown.taken > VECTORS.length * 6, JSON.stringify(shown));
});

/** A form of a public page, filled in and sent as a browser without script would. */
async function fillIn(path, fields) {
  const html = await (await fetch(server.url + path)).text();
  const [, action, inside] = /<form[^>]*\baction="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(html) ?? [];
  assert.ok(action, `${path} has no form`);
  const hidden = [...inside.matchAll(/<input\b[^>]*\btype="?hidden"?[^>]*>/g)].map(([tag]) => [/\bname="([^"]*)"/.exec(tag)[1], /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '']);
  await moveClock(server, new Date(server.now.getTime() + 120_000));
  const body = new URLSearchParams([...hidden, ...Object.entries(fields)]);
  const answer = await fetch(new URL(action, server.url + path), { method: 'POST', body, redirect: 'manual', headers: { Origin: 'null' } });
  assert.ok([200, 303, 422, 429].includes(answer.status), `${path}: ${answer.status}`);
  if (answer.status < 400) shown.public++;
}

test('what strangers write on the public pages is taken or refused, in comments, the form and reports', async () => {
  const { thread } = (await admin.get('/conversations?view=all&limit=1')).items[0];
  for (const [at, part] of inParts(VECTORS.map(({ text }) => text), 12).entries()) {
    const text = part.join('\n');
    const short = cut(part[0], 60);
    await fillIn(`/p/${thread.id}`, { text, name: short });
    await fillIn(`/contact/${form.id}`, { text, name: short, subject: short, topic: short, email: 'gast@example.org' });
    if (at % 4 === 0) await fillIn(`/p/${thread.id}/report`, { reason: short, text, name: short, email: 'gast@example.org' });
  }
  assert.ok(shown.public >= VECTORS.length / 12, JSON.stringify(shown));
  for (const { message } of (await admin.get('/moderation?limit=200')).items) {
    await admin.post(`/messages/${message.id}/moderation`, { action: 'release' });
  }
  for (const path of [`/p/${thread.id}`, '/contact', `/contact/${form.id}`, '/transparency', `/p/${thread.id}/report`]) await assertInert(path, 'h1');
  await page.goto(`/p/${thread.id}`);
  assert.match(await page.locator('body').textContent(), /<script>window\.__xss=1<\/script>/, 'the comment stands there as it was written');
});

test('what strangers write into the chat stays text, there and at the desk', async () => {
  const other = await house(); // its clock runs, as that of the chat does
  const chat = (await other.admin.post('/channels', { network: 'webchat', name: 'Chat', mode: 'dialogue', purpose: 'Fragen', settings: {} })).channel;
  const shop = await startShop();
  shop.pages['/'] = shopPage(other.server.url, chat.id);
  const guest = await person(shop.url, { origins: [other.server.url] });
  const seenThere = await watch(guest.context());
  await guest.goto('/');
  const frame = guest.frameLocator('iframe[title="Chat"]');
  await frame.getByRole('button', { name: /^Chat öffnen/ }).click();
  const field = frame.getByRole('textbox', { name: 'Nachricht' });
  for (const part of inParts(VECTORS.map(({ text }) => text), 25)) {
    await field.fill(part.join('\n'));
    await field.press('Enter');
  }
  await frame.getByText('angekommen').first().waitFor();
  await frame.getByText('__xss').first().waitFor();
  const inside = guest.frames().find((one) => one !== guest.mainFrame() && one.url().includes('/webchat/'));
  assert.deepEqual(await signs(inside, seenThere), []);
  assert.equal(await guest.evaluate(() => '__xss' in window), false);
  const { items } = await other.admin.get('/conversations?view=all');
  const desk = await loggedIn(other.admin);
  const seenHere = await watch(desk.context());
  for (const path of ['/today', '/inbox/all', `/conversations/${items[0].id}`]) {
    await desk.goto(path);
    await desk.getByText('__xss').first().waitFor();
    await quiet(desk);
    assert.deepEqual(await signs(desk, seenHere), [], path);
  }
  await guest.context().close();
  await desk.context().close();
});

/** Opens the conversations of the threads of `name`, and what is written about their people. */
async function openAll(paths) {
  for (const path of paths) await assertInert(path, 'article, main h1');
}

async function threadsOf(name) {
  const all = [];
  for (let cursor = ''; cursor !== null; ) {
    const { items, next_cursor } = await admin.get(`/conversations?view=all&limit=200${cursor && `&cursor=${cursor}`}`);
    all.push(...items);
    cursor = next_cursor;
  }
  return all.filter(({ thread }) => thread.external_id?.startsWith(name) ?? true);
}

test('nothing of it runs on any page, and the words stand there as they were written', async () => {
  const conversations = await threadsOf('xss');
  const oneOfEach = [...new Map(conversations.map((one) => [one.thread.id, one])).values()];
  assert.ok(oneOfEach.length >= VECTORS.length / PER_THREAD, `${oneOfEach.length} threads`);
  await openAll(oneOfEach.map(({ id }) => `/conversations/${id}`));
  await openAll(oneOfEach.map(({ thread }) => `/threads/${thread.id}`));
  for (const path of ['/today', '/inbox/all', '/inbox/mine', '/reports', '/reports/volume', '/settings/departments', '/settings/users', '/settings/tokens', '/settings/channels', '/settings/account']) {
    await assertInert(path);
  }
  for (const { id } of conversations.filter((_, at) => at % 12 === 0)) {
    const body = (await admin.get(`/conversations/${id}`)).messages[0].body;
    await assertInert(`/conversations/${id}`, 'article');
    const plain = (text) => text.replace(/\s+/g, ' ').trim();
    assert.ok(plain(await page.locator('main').textContent()).includes(plain(body)), `not as it was written: ${body}`);
  }
  const words = '<img src=x onerror=window.__xss=1>';
  await assertInert(`/inbox/all?q=${encodeURIComponent(words)}`);
});

test('a file that a stranger sent is never shown as a page of ours', async () => {
  const conversations = await threadsOf('xss');
  for (const { id } of conversations) {
    const { messages: list } = await admin.get(`/conversations/${id}`);
    const file = list.flatMap(({ attachments }) => attachments ?? [])[0];
    if (!file) continue;
    const answer = await page.context().request.get(file.url ?? `/api/v1/attachments/${file.id}`);
    assert.match(answer.headers()['content-disposition'] ?? '', /^attachment/);
    assert.equal(answer.headers()['x-content-type-options'], 'nosniff');
    return;
  }
  assert.fail('no message has its file');
});

test('the naughty strings are shown on every page without harm', async () => {
  const strings = naughtyStrings();
  if (!strings) throw new Skip('the suite big-list-of-naughty-strings is not beside the repository');
  await send(messages(strings, 'blns'));
  const conversations = await threadsOf('blns');
  const oneOfEach = [...new Map(conversations.map((one) => [one.thread.id, one])).values()];
  await openAll(oneOfEach.map(({ id }) => `/conversations/${id}`));
  await assertInert('/inbox/all');
  await visit(page, '/today');
  for (const text of strings.filter((_, at) => at % 40 === 0)) await assertInert(`/inbox/all?q=${encodeURIComponent(text)}`);
  assert.deepEqual(await signs(page, seen), []);
});
