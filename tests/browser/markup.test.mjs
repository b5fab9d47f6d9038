/** markup.test.mjs - markup and scripts from outside stay text, in every field and on every page. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { noted, person, quiet } from './browser.mjs';
import { naughtyStrings, signs, vectors, watch } from './corpus.mjs';
import { house, loggedIn } from './house.mjs';
import { startMastodon } from './mastodon.mjs';
import { visit } from './pages.mjs';
import { atEnd, Skip, test } from './runner.mjs';
import { inbound, moveClock, ROOT } from './server.mjs';
import { shopPage, startShop } from './shop.mjs';
import { item } from './story.mjs';

const VECTORS = vectors();
const PER_THREAD = 12;
// The clock stands still, so that a form can be looked at and sent without waiting.
const place = await house({ clock: new Date() });
const { server, admin, channel } = place;
const ben = (await place.ben.get('/me')).account;
await admin.patch('/public-pages', { imprint: 'Stadtwerke Musterstadt\nMusterweg 1', threads: true });
const form = (await admin.post('/channels', { network: 'form', name: 'Kontaktformular', mode: 'dialogue', purpose: 'Fragen' })).channel;
const page = await loggedIn(admin);
const seen = await watch(page.context());
const shown = { refused: 0, taken: 0, public: 0 };

/** Where a vector stood so far: "POST /departments name", as the description of the interface names it. */
const tried = new Set();
function note(method, path, body, prefix = '') {
  const pattern = path.replace(/\/\d{6,}(?=\/|$)/g, '/{id}');
  for (const [name, value] of Object.entries(body)) {
    if (value && typeof value === 'object' && !Array.isArray(value)) note(method, path, value, `${prefix}${name}.`);
    else if (VECTORS.some(({ text }) => String(value).includes(text.slice(0, 40)))) tried.add(`${method} ${pattern} ${prefix}${name}`);
  }
}

/** A call that may refuse a text, but only by saying which field is wrong. */
async function attempt(method, path, body) {
  note(method, path, body);
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

test('what stands in posts of our own stays text where they are ranked', async () => {
  const author = { external_id: 'xss-us', name: 'Wir', is_us: true };
  for (const [part, texts] of inParts(VECTORS.map(({ text }) => text), 50).entries()) {
    await send(texts.map((body, at) =>
      item({ external_id: `own-${part}-${at}`, thread: { external_id: `own-thread-${part}-${at}` }, author, body, reactions: { share: part * 50 + at, view: 9 } })));
    await assertInert('/reports/shareability', '#cases tbody tr'); // which shows fifty, those that came last
  }
});

const isTextSetting = ({ type, secret }) => /text|lines|url|colour/.test(type) && !secret;

/** What a network takes for a setting that it needs. */
const FITTING = { address: 'muster@netz.example' };
const fitting = ({ name, type }) => FITTING[name] ?? (type === 'url' ? 'https://netz.example' : 'muster');

/** A channel of each network, and which of its settings are texts. The mocks are in test builds alone. */
async function oneOfEachNetwork() {
  const networks = (await admin.get('/networks')).items.filter(({ network }) => !network.startsWith('mock'));
  return Promise.all(
    networks.map(async ({ network, settings }) => {
      const needed = settings.filter(({ required, secret, given }) => required && (!secret || given));
      const values = needed.map((setting) => [setting.name, fitting(setting)]);
      const made = await admin.post('/channels', { network, name: `Mit ${network}`, mode: 'listen', purpose: 'x', settings: Object.fromEntries(values) });
      return { id: made.channel.id, network, texts: settings.filter(isTextSetting).map(({ name }) => name) };
    }),
  );
}

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
  const department = await admin.post('/departments', { name: 'Umbenannt' });
  const list = await admin.post('/word-lists', { kind: 'topic', value: 'Umbenannt', words: ['eins'] });
  const role = (await admin.get('/roles')).items.find(({ slug }) => slug === 'reader');
  const spare = (await admin.post('/channels', { network: 'custom', name: 'Wird umbenannt', mode: 'listen', purpose: 'x' })).channel;
  const hook = (await admin.post('/webhooks', { name: 'Wird umbenannt', url: 'https://crm.example/in', kinds: ['check_back.due'] })).webhook;
  const ofNetworks = await oneOfEachNetwork();
  for (const [at, { text }] of VECTORS.entries()) {
    if (at % 6 !== 0) continue;
    await attempt('PATCH', '/workspace', { name: text, figures_by_agent: true, figures_by_agent_reason: text });
    await attempt('PATCH', '/me', { name: text });
    await attempt('PATCH', `/users/${ben.id}`, { name: text });
    await attempt('PATCH', `/departments/${department.id}`, { name: text });
    await attempt('PATCH', `/webhooks/${hook.id}`, { name: text });
    await attempt('PATCH', `/webhooks/${hook.id}`, { url: `https://crm.example/${text}` });
    await attempt('PATCH', `/webhooks/${hook.id}`, { kinds: [text] });
    await attempt('POST', '/webhooks', { name: text, url: text, kinds: [text] });
    await attempt('PATCH', `/word-lists/${list.id}`, { value: text, words: [text] });
    await attempt('PATCH', `/roles/${role.id}`, { name: text });
    await attempt('POST', '/word-lists/try', { text });
    await attempt('PATCH', `/channels/${spare.id}`, { name: text, kind_name: text, purpose: text });
    for (const { id, texts } of ofNetworks) {
      for (const name of texts) await attempt('PATCH', `/channels/${id}`, { settings: { [name]: cut(text, 60) } });
    }
    await attempt('POST', `/channels/${ofNetworks.find(({ network }) => network === 'mastodon').id}/consent`, { back: text });
    await attempt('PATCH', `/channels/${spare.id}/public-pages`, { account_url: text });
    await attempt('PATCH', '/public-pages', { name: text, privacy: text, colour: text, imprint: `Stadtwerke\n${text}` });
  }
  await attempt('POST', `/channels/${spare.id}/retire`, { forwarding_note: VECTORS[0].text });
  for (const path of ['/settings/departments', '/settings/users', '/settings/tokens', '/settings/channels', ...ofNetworks.map(({ id }) => `/settings/channels/${id}`), '/settings/workspace', '/settings/roles', '/settings/sorting', '/settings/public', '/settings/webhooks', `/settings/webhooks/${hook.id}`, '/settings/audit', '/reports/reaction_time']) {
    await assertInert(path);
  }
});

test('the names of views that somebody keeps stay text in the inbox', async () => {
  for (const part of inParts(VECTORS.map(({ text }) => text), 20)) {
    const kept = [];
    for (const text of part) {
      kept.push(await attempt('POST', '/views', { name: cut(text, 60), query: `view=all&q=${encodeURIComponent(text)}` }));
    }
    await assertInert('/inbox/all', 'main h1');
    const [one] = kept.filter(Boolean);
    await attempt('PATCH', `/views/${one.id}`, { name: cut(part.at(-1), 60), query: part[0] });
    await assertInert('/inbox/all', 'main h1');
    for (const view of kept.filter(Boolean)) await admin.call('DELETE', `/views/${view.id}`);
  }
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
    if (at % 4 === 0) {
      const file = await attempt('POST', '/attachments', { name: cut(text, 200), mime: text, base64: btoa('x') }) ??
        (await attempt('POST', '/attachments', { name: cut(text, 200), mime: 'text/html', base64: btoa('<script>window.__xss=1</script>') }));
      const files = file ? { attachment_ids: [file.id] } : {};
      await attempt('PUT', `${path}/draft`, { body: text, visibility: 'public', note: text, ...files });
      if (at % 16 === 0) await assertInert(path, 'article'); // a draft with its file and a note in the making
      await attempt('POST', `${path}/replies`, { body: text, visibility: 'public', ...files });
      await attempt('PATCH', `/persons/${conversation.person.id}`, { outreach_locked: true, outreach_lock_reason: text });
    }
    if (at % 12 === 0) await attempt('POST', `${path}/close`, { reason: 'hidden', note: text });
    if (at % 12 === 6) {
      const solved = await attempt('POST', `${path}/solve`, {});
      const planned = (await admin.get(path)).check_backs.at(-1);
      if (solved && planned) await attempt('POST', `/check-backs/${planned.id}/send`, { body: text });
      if (solved && planned) await attempt('POST', `/check-backs/${planned.id}/cancel`, { reason: text });
    }
    if (at % 20 === 0) {
      const message = (await admin.get(path)).messages.find(({ direction }) => direction === 'in');
      if (message) await attempt('POST', `/messages/${message.id}/moderation`, { action: 'hide', reason: 'spam', note: text });
    }
  }
  assert.ok(shown.taken > VECTORS.length * 6, JSON.stringify(shown));
});

/** Whatever stands behind a warning is shown. */
async function unfoldAll() {
  const folded = page.getByRole('button', { name: 'Text zeigen' });
  for (let left = await folded.count(); left > 0; left--) await folded.first().click();
}

test('a warning before a text, theirs and ours, and what a picture shows stay text', async () => {
  const base64 = readFileSync(`${ROOT}/tests/fuzz/corpus/picture/plain.png`).toString('base64');
  const some = VECTORS.filter((_, at) => at % 12 === 0).map(({ text }) => text);
  const network = await startMastodon();
  network.tokens.add('token');
  const { channel: there } = await admin.post('/channels', { name: 'Fediverse', network: 'mastodon', mode: 'dialogue', purpose: 'x', settings: { url: network.url, access_token: 'token' } });
  for (const text of some) network.ask('Hinter der Warnung.', { spoiler_text: text });
  await moveClock(server, new Date(server.now.getTime() + 2 * 60_000));
  const talks = (await admin.get(`/conversations?view=all&limit=200&channel_id=${there.id}`)).items;
  assert.ok(talks.length > 0, 'nothing came');
  const before = shown.taken;
  for (const [at, { id }] of talks.entries()) {
    const path = `/conversations/${id}`;
    const file = await admin.post('/attachments', { name: 'rad.png', mime: 'image/png', base64 });
    await attempt('PATCH', `/attachments/${file.id}`, { description: cut(some[at], 400) });
    await attempt('PUT', `${path}/draft`, { body: some[at], visibility: 'public', attachment_ids: [file.id] });
    await assertInert(path, 'article');
    await attempt('POST', `${path}/preview`, { body: cut(some[at], 100), warning: cut(some[at], 100), visibility: 'public' });
    await attempt('POST', `${path}/replies`, { body: 'Danke.', warning: cut(some[at], 100), visibility: 'public', attachment_ids: [file.id] });
    await assertInert(path, 'article');
    await unfoldAll();
    assert.deepEqual(await signs(page, seen), [], path);
  }
  assert.ok(shown.taken - before > talks.length, 'all of it was refused');
});

test('what a network says of its trouble, as a whole and of a part, stays text', async () => {
  const { id } = (await admin.get('/channels?limit=200')).items.find(({ network }) => network === 'bluesky');
  let said = '';
  const health = `**/channels/${id}/health`;
  await page.route(health, async (route) => {
    const told = await (await route.fetch()).json();
    Object.assign(told.polling, { error: said, trouble: '', part_error: said, part_trouble: '' });
    await route.fulfill({ json: told });
  });
  for (const { text } of VECTORS.filter((_, at) => at % 12 === 0)) {
    said = text;
    await assertInert(`/settings/channels/${id}`, 'dl.facts .alarm');
  }
  await page.unroute(health);
});

test('what is noted of a report, a mute and a block stays text, and so does what the network says', async () => {
  const some = VECTORS.filter((_, at) => at % 12 === 5).map(({ text }) => text);
  const network = await startMastodon();
  network.tokens.add('token');
  const { channel: there } = await admin.post('/channels', { name: 'Noch eins', network: 'mastodon', mode: 'dialogue', purpose: 'x', settings: { url: network.url, access_token: 'token' } });
  for (const _ of some) network.ask('Ihr Idioten.');
  await moveClock(server, new Date(server.now.getTime() + 2 * 60_000));
  const talks = (await admin.get(`/conversations?view=all&limit=200&channel_id=${there.id}`)).items;
  assert.equal(talks.length, some.length);
  const before = shown.taken;
  for (const [at, { id }] of talks.entries()) {
    const { messages: [said], person } = await admin.get(`/conversations/${id}`);
    const ask = (kind, more) => attempt('POST', `/messages/${said.id}/restraints`, { kind, reason: 'insult', note: cut(some[at], 900), ...more });
    network.refusal = cut(some[at], 150);
    await ask('report', { forward: true });
    await ask('mute', { days: 1 });
    await ask('block', { days: 1 });
    await moveClock(server, new Date(server.now.getTime() + 60_000));
    await assertInert(`/conversations/${id}`, 'article [data-restraint]');
    await assertInert('/moderation');
    if (at === 0) await assertInert(`/persons/${person.id}`, '[data-restraint]');
  }
  assert.ok(shown.taken - before > 2 * talks.length - 4, `${shown.taken - before} were taken`);
});

/** Left empty by people; who fills it in is a machine. */
const TRAP = 'website';
/** Text fields of the public forms that no vector stood in: "/contact/{id} name". */
const left = new Set();

/** A form of a public page, filled in and sent as a browser without script would. */
async function fillIn(path, fields) {
  const html = await (await fetch(server.url + path)).text();
  const [, action, inside] = /<form[^>]*\baction="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(html) ?? [];
  assert.ok(action, `${path} has no form`);
  const hidden = [...inside.matchAll(/<input\b[^>]*\btype="?hidden"?[^>]*>/g)].map(([tag]) => [/\bname="([^"]*)"/.exec(tag)[1], /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '']);
  for (const [tag] of inside.matchAll(/<(?:textarea|input\b(?![^>]*type="?(?:hidden|radio|checkbox|file|email)))[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1];
    if (name && name !== TRAP && !(name in fields)) left.add(`${path.replace(/\d+/g, '{id}')} ${name}`);
  }
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
    if (at % 4 === 0) await fillIn(`/p/${thread.id}/report`, { why: 'other', text });
  }
  assert.ok(shown.public >= VECTORS.length / 12, JSON.stringify(shown));
  for (const { message } of (await admin.get('/moderation?limit=200')).items) {
    await admin.post(`/messages/${message.id}/moderation`, { action: 'release' });
  }
  for (const [at, { id }] of (await admin.get('/page-reports?limit=50')).items.entries()) {
    await attempt('PATCH', `/page-reports/${id}`, { state: 'settled', note: VECTORS[at].text });
  }
  await assertInert('/moderation');
  assert.deepEqual([...left], [], 'text fields of public forms without a vector');
  for (const path of [`/p/${thread.id}`, '/contact', `/contact/${form.id}`, '/transparency', `/p/${thread.id}/report`]) await assertInert(path, 'h1');
  await page.goto(`/p/${thread.id}`);
  assert.match(await page.locator('body').textContent(), /<script>window\.__xss=1<\/script>/, 'the comment stands there as it was written');
});

/** As the frame of the chat speaks; a refusal names the field. */
async function chatCall({ url }, path, method, body) {
  const headers = { 'Content-Type': 'application/json', 'X-Visitor-Key': 'abcdefghijklmnopqrstuvwxyz0123456789' };
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok([200, 201, 202, 204, 404, 422, 429].includes(answer.status), `${path}: ${answer.status} ${await answer.text()}`);
}

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
  for (const [at, { text }] of VECTORS.entries()) {
    if (at % 5 !== 0) continue;
    const said = { client_id: `c-${at}`, body: text, name: cut(text, 200), language: cut(text, 200), page_url: text, page_title: text };
    note('POST', `/webchat/${chat.id}/messages`, said);
    await chatCall(other.server, `/webchat/${chat.id}/messages`, 'POST', said);
    note('PATCH', `/webchat/${chat.id}/messages/{client_id}`, { body: text });
    await chatCall(other.server, `/webchat/${chat.id}/messages/c-${at}`, 'PATCH', { body: `${text} ` });
    const wish = { address: text, language: text };
    note('PUT', `/webchat/${chat.id}/mail`, wish);
    await chatCall(other.server, `/webchat/${chat.id}/mail`, 'PUT', wish);
  }
  const { items } = await other.admin.get('/conversations?view=all');
  const desk = await loggedIn(other.admin);
  const seenHere = await watch(desk.context());
  for (const path of ['/today', '/inbox/all', ...items.map(({ id }) => `/conversations/${id}`)]) {
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

/** All conversations but those that are known already. */
async function conversationsBeside(known = new Set()) {
  const all = [];
  for (let cursor = ''; cursor !== null; ) {
    const { items, next_cursor } = await admin.get(`/conversations?view=all&limit=200${cursor && `&cursor=${cursor}`}`);
    all.push(...items);
    cursor = next_cursor;
  }
  return all.filter(({ id }) => !known.has(id));
}

/** A text behind a warning, which stands by itself: the warning and the text. */
const inFront = (body) => /^CW: (.*?)\n\n(.*)$/s.exec(body)?.slice(1) ?? [body];

/** Each of these conversations has its first message on its page, letter by letter. */
async function assertAsWritten(conversations) {
  const plain = (text) => text.replace(/\s+/g, ' ').trim();
  for (const { id } of conversations) {
    const body = (await admin.get(`/conversations/${id}`)).messages[0].body;
    await assertInert(`/conversations/${id}`, 'article');
    await unfoldAll();
    const there = plain(await page.locator('main').textContent());
    for (const part of inFront(body)) assert.ok(there.includes(plain(part)), `not as it was written: ${body}`);
  }
}

test('nothing of it runs on any page, and the words stand there as they were written', async () => {
  const conversations = await conversationsBeside();
  const oneOfEach = [...new Map(conversations.map((one) => [one.thread.id, one])).values()];
  assert.ok(oneOfEach.length >= VECTORS.length / PER_THREAD, `${oneOfEach.length} threads`);
  await openAll(oneOfEach.map(({ id }) => `/conversations/${id}`));
  await openAll(oneOfEach.map(({ thread }) => `/threads/${thread.id}`));
  for (const path of ['/today', '/inbox/all', '/inbox/mine', '/reports', '/reports/volume', '/settings/departments', '/settings/users', '/settings/tokens', '/settings/channels', '/settings/account']) {
    await assertInert(path);
  }
  await assertAsWritten(conversations.filter((_, at) => at % 12 === 0));
  const words = '<img src=x onerror=window.__xss=1>';
  await assertInert(`/inbox/all?q=${encodeURIComponent(words)}`);
});

test('a file that a stranger sent is never shown as a page of ours', async () => {
  const conversations = await conversationsBeside();
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
  const known = new Set((await conversationsBeside()).map(({ id }) => id));
  await send(messages(strings, 'blns'));
  const conversations = await conversationsBeside(known);
  assert.ok(conversations.length > strings.length / 2, `${conversations.length} conversations of ${strings.length} strings`);
  const oneOfEach = [...new Map(conversations.map((one) => [one.thread.id, one])).values()];
  await openAll(oneOfEach.map(({ id }) => `/conversations/${id}`));
  await assertAsWritten(conversations.filter((_, at) => at % 20 === 0));
  await assertInert('/inbox/all');
  await visit(page, '/today');
  for (const text of strings.filter((_, at) => at % 40 === 0)) await assertInert(`/inbox/all?q=${encodeURIComponent(text)}`);
  assert.deepEqual(await signs(page, seen), []);
});

/** Text fields that need no vector, and why. A new field is none of them. */
const NOT_SHOWN = [
  [/ (password|current_password|code|token)$/, 'is compared and never shown'],
  [/^POST \/sessions /, 'is compared and never shown'],
  [/consent\/code (ticket|state)$/, 'is sealed by Draht and compared'],
  [/ (role|network|icon|scopes|rights|time_zone|workspace)$/, 'is one of a list, which the server checks'],
  [/ email$/, 'is an address, which the server checks'],
  [/^POST \/setup /, 'the same texts as in the settings'],
  [/ (base64|client_id)$/, 'is no text'],
  [/settings\.(identity_secret|signing_secret)$/, 'is made by Draht'],
];

test('no text that people type has been forgotten here: every text field of the interface stood with a vector', async () => {
  const { paths } = await admin.get('/openapi.json');
  const isText = ({ type, enum: words, pattern, format }) => [type].flat().includes('string') && !words && !pattern && !format;
  const fields = Object.entries(paths).flatMap(([path, calls]) =>
    Object.entries(calls).flatMap(([method, { requestBody }]) => {
      const { properties = {} } = requestBody?.content?.['application/json']?.schema ?? {};
      return Object.entries(properties)
        .filter(([name, field]) => isText(field) || (field.type === 'array' && isText(field.items ?? {}) && !/_ids$/.test(name)))
        .map(([name]) => `${method.toUpperCase()} ${path.replace('/api/v1', '')} ${name}`);
    }),
  );
  for (const { network, settings } of (await admin.get('/networks')).items) {
    if (network.startsWith('mock')) continue; // in test builds alone
    for (const { name } of settings.filter(isTextSetting)) fields.push(`PATCH /channels/{id} settings.${name}`);
  }
  assert.ok(fields.length > 60, 'the description has no fields');
  const forgotten = fields.filter((field) => !tried.has(field) && !NOT_SHOWN.some(([pattern]) => pattern.test(field)));
  assert.deepEqual(forgotten, [], 'add a line where the vectors are typed, or say above why it needs none');
  assert.deepEqual(NOT_SHOWN.filter(([pattern]) => !fields.some((field) => pattern.test(field))).map(String).filter((one) => !/secret/.test(one)), [], 'names nothing any more');
});
