/** findings.test.mjs - what messages say: shown in words, asked why, set right by keyboard. */
import assert from 'node:assert/strict';
import { house, loggedIn } from './house.mjs';
import { button, look, message, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { item } from './story.mjs';

const { admin, channel } = await house();
const page = await loggedIn(admin);
const BODY = 'Seit drei Wochen keine Antwort!!! Ich bin stinksauer und kündige meinen Vertrag.';
let cases = 0;

async function newCase(body = BODY) {
  const name = `Kundin ${++cases}`;
  await inbound(channel, item({ author: { external_id: `f-${cases}`, handle: `kundin${cases}`, name }, body }));
  const { items } = await admin.get('/conversations?view=all&limit=200');
  return items.find((one) => one.person.name === name);
}
const says = (body = BODY) => message(page, body).getByRole('group', { name: 'Was diese Nachricht sagt' });

test('a finding says why, with its words marked in the text, and what usually comes next', async () => {
  const { id } = await newCase();
  await visit(page, `/conversations/${id}`);
  await says().getByRole('button', { name: 'will uns verlassen' }).click();
  await page.getByText('Die Wörter dafür sind im Text markiert.').waitFor();
  const marked = await message(page, BODY).locator('mark').allTextContents();
  assert.match(marked.join(' '), /kündige/);
  await page.getByText('Schnell und persönlich antworten').waitFor();
  await look(page, 'a finding that is asked why');
});

test('a finding is set right by keyboard alone, and the change is taken back', async () => {
  const { id } = await newCase();
  await visit(page, `/conversations/${id}`);
  await says().getByRole('button', { name: 'Beschwerde' }).focus();
  await page.keyboard.press('Enter');
  const choices = page.getByRole('group', { name: 'Stimmt das?' });
  await choices.getByRole('button', { name: 'Vorschlag' }).focus();
  await page.keyboard.press('Enter');
  await says().getByRole('button', { name: 'Vorschlag' }).waitFor();
  assert.equal((await admin.get(`/conversations/${id}`)).intent, 'suggestion');
  await button(page, 'Rückgängig').focus();
  await page.keyboard.press('Enter');
  await says().getByRole('button', { name: 'Beschwerde' }).waitFor();
  assert.equal((await admin.get(`/conversations/${id}`)).intent, 'complaint');
});

test('the list is filtered by what messages say', async () => {
  const { person } = await newCase();
  const calm = await newCase('Wann ist geöffnet?');
  await visit(page, '/inbox/all?mark=at_risk');
  await page.getByText(person.name).first().waitFor();
  assert.equal(await page.getByText(calm.person.name, { exact: true }).count(), 0);
  await page.getByText('will uns verlassen').first().waitFor();
  await look(page, 'the list filtered by what messages say');
});

test('all is read again at the press of a button, and the page says how far it is and what came of it', async () => {
  await newCase();
  await visit(page, '/settings/sorting');
  const card = page.getByRole('region', { name: 'Ältere Nachrichten' });
  await card.getByRole('button', { name: 'Alles noch einmal lesen' }).focus();
  await page.keyboard.press('Enter');
  await card.getByText(/Nachrichten gelesen, fertig .*Anderes als vorher sagen: 0\./).waitFor();
  const { state, looked, total, by } = await admin.get('/findings/reading');
  assert.deepEqual([state, looked === total, total > 0, by !== null], ['done', true, true, true]);
  await look(page, 'all messages read again');
});

for (const width of [1280, 375]) {
  test(`Today begins with what presses and says why (${width} pixels)`, async () => {
    await newCase('Wann ist geöffnet?');
    await newCase();
    await page.setViewportSize({ width, height: 800 });
    await visit(page, '/today');
    const rows = page.getByRole('region', { name: /^Warten auf Antwort/ }).locator('[data-row]');
    await rows.first().getByText('will uns verlassen').waitFor();
    const presses = (await rows.allTextContents()).map((text) => text.includes('will uns verlassen'));
    assert.deepEqual(presses, [...presses].sort((a, b) => Number(b) - Number(a)), 'none that is calm stands above');
    await look(page, `Today, what presses first, ${width}`);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

for (const width of [1280, 375]) {
  test(`the mix says how many are unsure and hidden beside it, and opens its cases (${width} pixels)`, async () => {
    await newCase();
    await newCase('Wann ist geöffnet?');
    await page.setViewportSize({ width, height: 800 });
    await visit(page, '/reports/intent_mix');
    await page.getByRole('link', { name: /^unsicher: \d+$/ }).waitFor();
    await page.getByRole('link', { name: 'ausgeblendet: 0' }).waitFor();
    await look(page, `the mix, ${width}`);
    await page.locator('.bars').first().getByRole('link', { name: /Beschwerde/ }).click();
    await page.waitForURL(/by=part&key=complaint/);
    await page.locator('#cases').getByText('Beschwerde').first().waitFor();
    await page.locator('#cases tbody a').first().waitFor();
    await page.getByRole('link', { name: 'ausgeblendet: 0' }).click();
    await page.waitForURL(/by=hidden&key=hidden/);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

const MANY = {
  1280: 'Der Aufzug am Bahnhof steht seit dem Wochenende still, wann fährt er wieder?',
  375: 'Seit gestern Mittag lässt sich bei Ihnen keine einzige Rechnung mehr herunterladen.',
};
for (const width of [1280, 375]) {
  test(`what many say nearly alike is one line on Today and at each of them, and leads to all (${width} pixels)`, async () => {
    const words = MANY[width];
    const first = await newCase(words);
    for (let n = 0; n < 5; n++) await newCase(`${words} Bitte!`);
    await page.setViewportSize({ width, height: 800 });
    let alike = null;
    for (let tries = 0; !alike && tries < 100; tries++) {
      ({ alike } = await admin.get(`/conversations/${first.id}`));
      if (!alike) await new Promise((done) => setTimeout(done, 100));
    }
    assert.deepEqual([alike.said, alike.people, alike.scale], [6, 6, 'some']);
    await visit(page, '/today');
    const line = page.getByRole('region', { name: 'Fast gleiche Nachrichten' }).getByRole('listitem').filter({ hasText: words });
    await line.getByText('6-mal fast gleich gesagt, von 6 Personen.').waitFor();
    await look(page, `nearly the same messages on Today, ${width}`);
    await visit(page, `/conversations/${first.id}`);
    const note = page.getByRole('note').filter({ hasText: 'fast gleich gesagt' });
    await look(page, `nearly the same messages at one of them, ${width}`);
    await note.getByRole('link', { name: 'Alle zeigen' }).focus();
    await page.keyboard.press('Enter');
    await button(page, /Fast gleiche Nachrichten/).waitFor();
    await page.locator('[data-row]').nth(5).waitFor();
    assert.equal(await page.locator('[data-row]').count(), 6);
    await look(page, `the list of nearly the same messages, ${width}`);
    await button(page, /Fast gleiche Nachrichten/).click();
    await page.locator('[data-row]').nth(6).waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

for (const width of [1280, 375]) {
  test(`who asks again elsewhere: the open case is offered, and joined by keyboard alone (${width} pixels)`, async () => {
    const old = await newCase(`Wann kommt die Rechnung für ${width} Anschlüsse?`);
    const there = await newCase('Bitte meine Anfrage von gestern endlich beantworten!');
    await admin.post(`/persons/${there.person.id}/merge`, { into: old.person.id });
    const name = there.person.name; // two profiles, one person: from here on it is theirs
    await inbound(channel, item({ author: { external_id: `f-${cases}`, handle: `kundin${cases}`, name }, thread: { external_id: `again-${width}`, title: `Noch einmal ${width}` }, body: 'Wann wird meine Anfrage von gestern endlich beantwortet?' }));
    const { items } = await admin.get('/conversations?view=open&limit=200');
    const asked = items.find((one) => one.suggestion === 'chaser' && one.person.id === old.person.id);
    await page.setViewportSize({ width, height: 800 });
    await visit(page, `/conversations/${asked.id}`);
    const offer = page.getByRole('region', { name: /klingt nach einer Nachfrage/ });
    await offer.getByRole('listitem').filter({ hasText: `für ${width} Anschlüsse` }).getByRole('button', { name: 'Damit verbinden' }).focus();
    await look(page, `an open case is offered, ${width}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/conversations/${old.id}`, { timeout: 20000 });
    await page.getByText(/Fragt nach einer früheren Nachricht: seit/).waitFor();
    await look(page, `who asks again is joined, ${width}`);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

for (const width of [1280, 375]) {
  test(`how often it was right is told for each class by week, and handed out as a file (${width} pixels)`, async () => {
    const { id } = await newCase();
    const { messages } = await admin.get(`/conversations/${id}`);
    await admin.post(`/messages/${messages[0].id}/findings`, { kind: 'intent', value: 'complaint' });
    await admin.post(`/messages/${messages[0].id}/findings`, { kind: 'urgent', value: '', holds: false });
    await page.setViewportSize({ width, height: 800 });
    await visit(page, '/settings/sorting');
    const card = page.getByRole('region', { name: 'Wie oft es stimmte' });
    const weeks = card.getByRole('table').nth(1).getByRole('row');
    await weeks.nth(1).waitFor();
    const all = await weeks.nth(1).innerText();
    await card.getByLabel('Wochen für').selectOption({ label: 'Beschwerde' });
    await page.waitForFunction((before) => document.querySelectorAll('main table')[1]?.rows[1]?.innerText !== before, all);
    await look(page, `how often complaints were right, ${width}`);
    const loading = page.waitForEvent('download');
    await card.getByRole('link', { name: 'ohne Adressen und Nummern' }).click();
    assert.equal((await loading).suggestedFilename(), 'corrections.tsv');
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

test('what many say and no topic knows is proposed as one, and known from then on', async () => {
  const words = 'Die Drehtür am Haupteingang klemmt seit Tagen, wann wird sie endlich repariert?';
  const first = await newCase(words);
  for (let n = 0; n < 5; n++) await newCase(`${words} Danke`);
  for (let tries = 0; tries < 100 && !(await admin.get(`/conversations/${first.id}`)).alike; tries++) await new Promise((done) => setTimeout(done, 100));
  await visit(page, '/settings/sorting');
  const proposed = page.getByRole('region', { name: 'Vorschläge für Themen' }).getByRole('listitem').filter({ hasText: 'Die Drehtür am Haupteingang' });
  await proposed.getByLabel('Name des Themas').fill('Drehtür');
  await look(page, 'a topic is proposed');
  await proposed.getByRole('button', { name: 'Als Thema aufnehmen' }).focus();
  await page.keyboard.press('Enter');
  await proposed.waitFor({ state: 'detached' });
  assert.equal((await newCase('Wird die Drehtür am Haupteingang, die seit Tagen klemmt, endlich repariert?')).topic, 'Drehtür');
});

for (const width of [1280, 375]) {
  test(`what is added to a message has never a line of its own (${width} pixels)`, async () => {
    await page.setViewportSize({ width, height: 800 });
    const words = `Bitte ansehen, und das ${width}-mal.`;
    const { id } = await newCase(words);
    const { messages } = await admin.get(`/conversations/${id}`);
    for (const kind of ['call_back', 'rude', 'private', 'chaser', 'thanks', 'insult']) {
      await visit(page, `/conversations/${id}`);
      const boxes = says(words).locator('.finding');
      const above = await boxes.last().boundingBox();
      const add = await says(words).getByRole('combobox').boundingBox();
      assert.ok(Math.abs(add.y - above.y) < above.height, `${await boxes.count()} findings: ${add.y}, ${above.y}`);
      await admin.post(`/messages/${messages[0].id}/findings`, { kind });
    }
    await look(page, `many findings at one message, ${width}`);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}
