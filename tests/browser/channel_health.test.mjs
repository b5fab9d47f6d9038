/** channel_health.test.mjs - how a channel is, what its network counts, and what is said where numbers differ. */
import assert from 'node:assert/strict';
import { quiet } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { look, message, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { item } from './story.mjs';

const { admin, channel, ben } = await house();
const page = await loggedIn(admin);
const made = await admin.post('/channels', {
  network: 'mastodon',
  name: 'Fediverse',
  mode: 'dialogue',
  purpose: 'Fragen',
  settings: { url: 'https://127.0.0.1:9', access_token: 'geheim' },
});
const place = made.channel ?? made;
const FACT = (name) => page.locator('dl.facts dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]');
const hours = (n) => new Date(Date.now() - n * 3_600_000).toISOString();

/** What is to be changed of which answer, and the answers that are on their way. One route stands all the time:
 * taking it away and setting another leaves the browser now and then without either. */
const changes = new Map();
const underWay = new Set();
await page.route((url) => changes.has(url.pathname), (route, request) => {
  const change = changes.get(new URL(request.url()).pathname);
  const given = route.fetch().then(async (answer) => route.fulfill({ response: answer, json: change(await answer.json()) }));
  underWay.add(given);
  return given.finally(() => underWay.delete(given));
});

/** The page gets the program's own answer, changed as a long day would have changed it. */
async function changed(path, change, work) {
  changes.set(`/api/v1${path}`, change);
  try {
    await work();
  } finally {
    await Promise.allSettled(underWay);
    changes.delete(`/api/v1${path}`);
  }
}

/** In German and English, light and dark, on a desk and on a phone: nothing is too wide. */
async function everyLook(name, path, work = async () => {}) {
  for (const [language, colorScheme, width] of [['en', 'dark', 375], ['de', 'light', 375], ['en', 'light', 1280], ['de', 'dark', 1280]]) {
    await page.setViewportSize({ width, height: 812 });
    await page.emulateMedia({ colorScheme });
    await visit(page, '/settings/account');
    await page.locator('main').getByLabel(/^(Sprache|Language)$/).selectOption(language);
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
    await quiet(page); // the account takes the language along
    await visit(page, path);
    await quiet(page);
    await work();
    await look(page, `${name}-${language}-${colorScheme}-${width}`);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${name} is too wide at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
}

const ILL = (health) => ({
  ...health,
  last_success_at: hours(30),
  last_error_at: hours(1),
  last_error: 'the server does not accept the access token: enter it again',
  silent_since_at: hours(26),
  usual_silence_ms: 2 * 3_600_000,
  failed_raw: 2,
  outbox: { queued: 3, unknown: 1, uncertain: 1, failed: 2 },
  sending: { ...health.sending, state: 'open', failures: 5, next_try_at: hours(-1), budget: { calls: 60, left: 4 }, quiet_ms: 120_000, shown_after_ms: 40_000 },
  token: { renewed_at: hours(1), until_at: hours(-1) },
  polling: { ...health.polling, last_at: hours(3), next_at: hours(-1), error: 'x', trouble: 'credential_refused', part_error: 'x', part_trouble: 'chat_refused', reread_at: hours(9), reread_missed: 3 },
});

test('a channel that is ill says so row by row, in words', async () => {
  await changed(`/channels/${place.id}/health`, ILL, async () => {
    await visit(page, `/settings/channels/${place.id}`);
    assert.match(await FACT('Letzter Erfolg').innerText(), /\d{2}/);
    assert.match(await FACT('Grund').innerText(), /does not accept the access token/);
    assert.match(await FACT('auffällig still').innerText(), /\d/);
    assert.match(await FACT('Aufrufe übrig').innerText(), /4 von 60/);
    assert.match(await FACT('Senden').innerText(), /5 Aufrufe hintereinander/);
    assert.match(await FACT('Zugang').innerText(), /^Erneuert am .*\d{2}:\d{2}, gilt bis .*\d{2}:\d{2} und erneuert sich dann von selbst\.$/);
    assert.match(await FACT('Im Zweifel').innerText(), /^Nach 2 Min\. wird .* Höchstens 40 Sek\. vergingen bisher, .*\.$/);
    assert.match(await FACT('Wird abgeholt').innerText(), /\d{2}:\d{2}/);
    const trouble = await FACT('Abholen scheitert').innerText();
    assert.ok(trouble.length > 10 && !trouble.includes('credential'), trouble);
    assert.match(await FACT('Ein Teil fehlt').innerText(), /keinen Zugriff auf Direktnachrichten/);
    assert.match(await FACT('Nachts noch einmal gelesen').innerText(), /uns entgangen und jetzt geholt: 3/);
    await everyLook('channel-ill', `/settings/channels/${place.id}`);
  });
});

test('a channel that is well shows no alarm', async () => {
  const well = (health) => ({ ...health, last_error: '', last_error_at: null, polling: { ...health.polling, error: '', trouble: '', part_error: '', part_trouble: '' }, sending: { ...health.sending, state: 'closed', next_try_at: null } });
  await changed(`/channels/${place.id}/health`, well, async () => {
    await visit(page, `/settings/channels/${place.id}`);
    assert.equal(await page.locator('dl.facts .alarm').count(), 0);
  });
});

test('what polls brought is told one by one: new, escaped, gone there, not understood', async () => {
  const gap = { asked_by: 'timer', started_at: hours(1), ended_at: hours(1), fetched: 12, added: 0, missed: 0, refused: 0, removed: 0, unclear: 0 };
  const gaps = () => ({
    items: [
      { ...gap, id: '3', added: 12, missed: 3 },
      { ...gap, id: '2', removed: 5, refused: 1 },
      { ...gap, id: '1', asked_by: 'night', ended_at: hours(9) },
    ],
    next_cursor: null,
  });
  const list = page.locator('details', { hasText: /Was das Abholen brachte|What fetching brought/ });
  await changed(`/channels/${place.id}/gaps`, gaps, async () => {
    const unfold = async () => {
      await page.getByText(/^(Was das Abholen brachte|What fetching brought)$/).click();
      await list.locator('li').first().waitFor();
    };
    await visit(page, `/settings/channels/${place.id}`);
    await unfold();
    const lines = await list.locator('li').allInnerTexts();
    assert.match(lines[0], /12 neu, 3 davon uns entgangen und jetzt geholt$/);
    assert.match(lines[1], /5 dort nicht mehr da, hier behalten, 1 nicht verstanden$/);
    assert.match(lines[2], /nachts noch einmal gelesen: nichts Neues$/);
    await everyLook('channel-gaps', `/settings/channels/${place.id}`, unfold);
  });
  await visit(page, `/settings/channels/${place.id}`);
  await page.getByText('Was das Abholen brachte').click();
  await page.getByText('Noch nichts Neues.').waitFor(); // the program's own answer
});

test('how many follow us is told with the change, day by day, and what is not told is not nought', async () => {
  const day = (n, number) => ({ at: hours(24 * n), kind: 'followers', number });
  const series = (more) => (found) => ({ ...found, measured: { at: hours(1), followers: 1250 }, failed_at: null, error: '', items: [day(3, 1200), day(2, null), day(1, 1250)], ...more });
  const card = page.getByRole('region', { name: /^(Wer uns folgt|Who follows us)$/ });
  await changed(`/channels/${place.id}/measured`, series({}), async () => {
    await visit(page, '/reports');
    await card.getByText('1.250 folgen uns').waitFor();
    assert.match(await card.innerText(), /\+50 seit/);
    await card.getByText('Tag für Tag').click();
    assert.deepEqual(await card.locator('tbody td').allInnerTexts(), ['1.250', '–', '1.200']);
    await everyLook('followers', '/reports', async () => void (await card.locator('summary').click()));
  });
  await changed(`/channels/${place.id}/measured`, series({ measured: { at: hours(1), followers: null }, items: [] }), async () => {
    await visit(page, '/reports');
    await card.getByText('Das ist etwas anderes als niemand.').waitFor();
  });
  await changed(`/channels/${place.id}/measured`, series({ failed_at: hours(2), error: 'the server does not answer' }), async () => {
    await visit(page, '/reports');
    await card.getByText(/gelingt das Messen nicht: the server does not answer/).waitFor();
  });
});

test('how many take part is told as a number with its share, and shares by reach in thousandths', async () => {
  const told = (more) => (found) => ({ ...found, n: 35, no_data: false, ...more });
  const tile = (title) => page.locator('li.card', { has: page.getByRole('heading', { name: title, exact: true }) }).locator('.value');
  await changed('/reports/interacting_followers', told({ value: 0.025, sum: 35, base: 1400 }), async () => {
    await visit(page, '/reports');
    await tile('Wer mitredet').getByText(/^35 \(2,5\s%\)$/).waitFor();
    await quiet(page); // an answer that is on its way is given
    await visit(page, '/reports/interacting_followers');
    await page.getByText('35 Menschen haben geschrieben, 1.400 folgen.').waitFor();
    await quiet(page);
  });
  await changed('/reports/shareability_reach', told({ value: 0.002, sum: 30, base: 15000 }), async () => {
    await visit(page, '/reports');
    await tile('Weitergesagt je Reichweite').getByText(/^2\s‰$/).waitFor();
    await quiet(page);
    await visit(page, '/reports/shareability_reach');
    await page.getByText('30-mal weitergegeben, bei einer Reichweite von 15.000.').waitFor();
    await quiet(page);
  });
});

test('a post of ours shows what its network counts, and says where the answers differ', async () => {
  await inbound(channel, item({ author: { external_id: 'm-1', handle: 'mara', name: 'Mara' }, body: 'Wann habt ihr offen?' }));
  const { items } = await admin.get('/conversations?view=all');
  const { id } = items.find(({ person }) => person.name === 'Mara');
  await ben.post(`/conversations/${id}/replies`, { body: 'Von acht bis acht.', visibility: 'public' });
  const counted = { at: hours(2), likes: 3, shares: 1, quotes: 0, replies: 7, views: null };
  const differ = { network: 7, here: 4, hidden: 1, removed: 0, since: hours(1) };
  const change = (more) => (found) => ({
    ...found,
    messages: found.messages.map((one) => (one.direction === 'out' ? { ...one, measured: counted, answers_differ: differ, ...more } : one)),
  });
  await changed(`/conversations/${id}`, change({}), async () => {
    await visit(page, `/conversations/${id}`);
    await quiet(page);
    const said = await message(page, 'Von acht bis acht.').innerText();
    assert.match(said, /3 gefällt es, 1-mal geteilt, 7 Antworten, gemessen vor/);
    assert.match(said, /Das Netz zählt 7 Antworten, hier sind 4\. Davon ausgeblendet oder zurückgehalten: 1\. Was fehlt, kann/);
    assert.ok(!said.includes('gesehen'), 'views that nobody told are none');
    await everyLook('measured-post', `/conversations/${id}`);
  });
  await changed(`/conversations/${id}`, change({ answers_differ: null }), async () => {
    await visit(page, `/conversations/${id}`);
    assert.ok(!(await message(page, 'Von acht bis acht.').innerText()).includes('Das Netz zählt'));
  });
});

test('the posts of ours stand by how often they were shared, with how they begin', async () => {
  const us = { external_id: 'us', name: 'Wir', is_us: true };
  const posts = [['Das kleine Fest', 2], ['Das große Fest', 9]];
  await inbound(channel, ...posts.map(([body, share], n) =>
    item({ thread: { external_id: `fest-${n}`, kind: 'post' }, author: us, body, reactions: { share, view: 1000 } })));
  await visit(page, '/reports/shareability');
  await page.getByText('11-mal weitergegeben, bei 2 Beiträgen').waitFor();
  const rows = page.locator('#cases tbody tr');
  assert.deepEqual(await rows.locator('a').allInnerTexts(), ['Das große Fest', 'Das kleine Fest']);
  await rows.first().locator('a').click();
  await page.getByText('Das große Fest').first().waitFor();
  assert.match(page.url(), /\/threads\/\d+#message-\d+$/);
  await everyLook('shares', '/reports/shareability', async () => void (await rows.first().waitFor()));
});
