/** lists.test.mjs - the inbox, today, search and figures, by hand and by keys. */
import assert from 'node:assert/strict';
import { quiet } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { button, look, row, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { item } from './story.mjs';

const place = await house();
const anna = await loggedIn(place.admin);

const MANY = 260;
const hoursAgo = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();
const many = Array.from({ length: MANY }, (_, n) =>
  item({
    author: { external_id: `many-${n}`, handle: `many${n}`, name: `Mensch ${String(n).padStart(3, '0')}` },
    body: n === 200 ? 'Wo bleibt mein Schraubenzieher?' : `Frage ${n}`,
    sent_at: hoursAgo(n),
  }),
);
await inbound(place.channel, ...many);

const focused = () => anna.evaluate(() => document.activeElement?.textContent ?? '');
const firstSeen = () =>
  anna.evaluate(() => {
    const edge = document.querySelector('.inbox-top').getBoundingClientRect().bottom;
    const seen = [...document.querySelectorAll('[data-row]')].find((one) => one.getBoundingClientRect().top >= edge - 4);
    return seen?.querySelector('.name').textContent;
  });

test('the inbox draws only the rows near the screen, and scrolls to the last one', async () => {
  await visit(anna, '/inbox/all');
  await row(anna, 'Mensch 000').waitFor();
  for (let i = 0; i < 40 && (await row(anna, 'Mensch 259').count()) === 0; i++) {
    await anna.mouse.move(600, 500);
    await anna.mouse.wheel(0, 1500);
    await quiet(anna);
  }
  await row(anna, 'Mensch 259').waitFor();
  assert.ok((await anna.locator('[data-row]').count()) < 60);
});

test('who comes back from a conversation is where they left', async () => {
  await visit(anna, '/inbox/all');
  await row(anna, 'Mensch 000').waitFor();
  for (let i = 0; i < 30; i++) await anna.keyboard.press('j');
  assert.match(await focused(), /Mensch 029/);
  const before = await firstSeen();
  await anna.keyboard.press('Enter');
  await anna.getByLabel('Text der Antwort').waitFor();
  await anna.goBack();
  await row(anna, 'Mensch 029').waitFor();
  await quiet(anna);
  assert.equal(await firstSeen(), before);
  assert.match(await focused(), /Mensch 029/);
});

test('what arrives meanwhile is announced and moves nothing', async () => {
  const before = await firstSeen();
  await inbound(place.channel, item({ author: { external_id: 'new', handle: 'new', name: 'Eben Da' }, body: 'Noch eine Frage' }));
  await button(anna, '1 Neues anzeigen').waitFor();
  assert.equal(await firstSeen(), before);
  await button(anna, '1 Neues anzeigen').click();
  await row(anna, 'Eben Da').waitFor();
});

test('a list begins at a date and goes on above it', async () => {
  const day = hoursAgo(100).slice(0, 10);
  await visit(anna, `/inbox/all?from=${day}`);
  await anna.locator('[data-row]').first().waitFor();
  await quiet(anna);
  const first = Number(/\d+/.exec(await firstSeen())[0]);
  assert.ok(first > 60 && first < 130, `begins with ${first}`);
  for (let i = 0; i < 60 && (await row(anna, 'Eben Da').count()) === 0; i++) {
    await anna.mouse.wheel(0, -1500);
    await quiet(anna);
  }
  await row(anna, 'Eben Da').waitFor();
});

test('several conversations are assigned at once, and the change is taken back', async () => {
  await visit(anna, '/inbox/unassigned');
  await row(anna, 'Mensch 001').waitFor();
  await anna.getByLabel('Anliegen von Mensch 001 auswählen').click();
  await anna.getByLabel('Anliegen von Mensch 003 auswählen').click({ modifiers: ['Shift'] });
  await anna.getByText('3 ausgewählt').waitFor();
  await look(anna, 'inbox-selection');
  await button(anna, 'Mir zuweisen').click();
  await anna.getByText('3 Anliegen zugewiesen.').waitFor();
  const mine = async () => (await place.admin.get('/conversations?view=mine')).items.length;
  assert.equal(await mine(), 3);
  await button(anna, 'Rückgängig').click();
  await quiet(anna);
  assert.equal(await mine(), 0);
});

test('filters stand in the address, and a view is kept under a name and given up again', async () => {
  await visit(anna, '/inbox/all');
  await button(anna, 'Filter').click();
  await anna.getByLabel('Stand').selectOption('new');
  await anna.waitForURL(/state=new/);
  await button(anna, 'Ansicht merken').click();
  await anna.getByLabel('Name der Ansicht').fill('Ganz neue');
  await button(anna, 'Speichern').click();
  await visit(anna, '/inbox/all');
  await anna.getByRole('link', { name: 'Ganz neue' }).click();
  await anna.waitForURL(/state=new/);
  await button(anna, 'Ansicht „Ganz neue“ vergessen').click();
  await anna.getByRole('link', { name: 'Ganz neue' }).waitFor({ state: 'detached' });
});

test('today shows five of each and says where the rest is', async () => {
  await visit(anna, '/today');
  const waiting = anna.locator('section', { has: anna.getByRole('heading', { name: /^(Überfällig|Warten auf Antwort)/ }) });
  await waiting.locator('[data-row]').first().waitFor();
  assert.equal(await waiting.locator('[data-row]').count(), 5);
  await waiting.getByRole('link', { name: /im Posteingang/ }).first().click();
  await anna.waitForURL(/inbox\/(overdue|unanswered)/);
  await row(anna, 'Mensch 259').waitFor();
});

test('one key leads to the search, which marks its hits', async () => {
  await visit(anna, '/today');
  await quiet(anna);
  await anna.keyboard.press('/');
  await anna.getByLabel('Wörter, Namen, Profile').waitFor();
  await anna.keyboard.type('schraubenzieher');
  await anna.locator('mark', { hasText: 'Schraubenzieher' }).waitFor();
  await quiet(anna);
  await look(anna, 'search');
  await anna.keyboard.press('ArrowDown');
  await anna.keyboard.press('Enter');
  await anna.locator('article', { hasText: 'Wo bleibt mein Schraubenzieher?' }).waitFor();
});

test('a mark of a chart is reached by keys and opens its cases', async () => {
  await visit(anna, '/reports/contact_frequency');
  const chart = anna.getByRole('slider', { name: 'Kontakthäufigkeit' });
  await chart.focus();
  await anna.keyboard.press('End');
  assert.match(await chart.getAttribute('aria-valuetext'), /n = \d+/);
  await anna.keyboard.press('Enter');
  await anna.waitForURL(/by=day/);
  await anna.locator('#cases tbody a').first().waitFor();
  await quiet(anna);
  await look(anna, 'figure');
});

test('a field of the week opens its cases', async () => {
  await visit(anna, '/reports');
  await anna.locator('[data-field]').first().waitFor();
  await quiet(anna);
  await look(anna, 'figures');
  await anna.locator('[data-field]', { hasText: /\d/ }).first().click();
  await anna.waitForURL(/weekday_hour/);
  await anna.locator('#cases tbody a').first().waitFor();
});

test('a text is tried on the words that sort what comes in', async () => {
  await visit(anna, '/settings/sorting');
  await anna.getByLabel('Text zum Ausprobieren').fill('Wann kommt mein Paket?');
  await button(anna, 'Prüfen').click();
  await anna.getByText('Absicht: Frage').waitFor();
});

test('a competitor and the look of order numbers are named, and found in a text at once', async () => {
  await visit(anna, '/settings/sorting');
  const make = anna.locator('form', { hasText: 'Neue Liste' });
  await make.getByLabel('Wofür?').selectOption('competitor');
  await make.getByLabel('Name des Mitbewerbers').fill('Rieger');
  await make.getByLabel('Wörter, eins je Zeile').fill('Möbel Rieger\nRieger*');
  await button(make, 'Liste anlegen').click();
  await anna.getByRole('region', { name: 'Mitbewerber' }).getByLabel('Rieger').waitFor();
  await make.getByLabel('Wofür?').selectOption('order_number');
  await make.getByLabel('Muster, eins je Zeile').fill('RL');
  await button(make, 'Liste anlegen').click();
  await make.getByRole('alert').or(make.locator('[aria-invalid=true]')).first().waitFor();
  await make.getByLabel('Muster, eins je Zeile').fill('RL-00000');
  await button(make, 'Liste anlegen').click();
  await anna.getByRole('region', { name: 'Auftragsnummern' }).waitFor();
  await anna.getByLabel('Text zum Ausprobieren').fill('Bei Möbel Rieger ging RL-47537 schneller.');
  await button(anna, 'Prüfen').click();
  await anna.getByText('nennt Rieger').waitFor();
  await anna.getByText('enthält eine Auftragsnummer').waitFor();
  await look(anna, 'sorting-names');
});

test('a right is given to a role and taken back at once', async () => {
  await visit(anna, '/settings/roles');
  const box = anna.getByLabel('Lesen darf: notieren');
  await box.check();
  await anna.getByText('Rolle Lesen geändert.').waitFor();
  await button(anna, 'Rückgängig').click();
  await quiet(anna);
  assert.equal(await box.isChecked(), false);
});

test('the log names what was done and by whom, and can be narrowed down', async () => {
  await visit(anna, '/settings/audit');
  await anna.getByText('Rolle geändert').first().waitFor();
  await anna.getByLabel('Worum geht es?').selectOption('channel');
  await anna.getByText('Kanal angelegt').first().waitFor();
  await anna.getByText('Rolle geändert').first().waitFor({ state: 'detached' });
});

test('a colleague becomes head of a department', async () => {
  await visit(anna, '/settings/users');
  const ben = anna.locator('li', { hasText: 'ben@example.org' });
  await ben.getByText('Bearbeiten').click();
  await ben.getByLabel('Kundendienst').selectOption('head');
  await ben.getByText('Kundendienst (Leitung)').waitFor();
});

test('hours of a day to come are planned, listed and given up, and the way back plans them again', async () => {
  const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  const planned = async () => (await place.admin.get('/departments')).items.find(({ id }) => id === place.department.id).planned_hours;
  await visit(anna, '/settings/departments');
  const part = anna.getByRole('region', { name: 'Kundendienst' });
  await part.getByLabel('Montag').fill('08:00-20:00');
  await part.getByLabel('Gilt ab').fill(day);
  await button(part, 'Vormerken').click();
  await part.getByText(/^Ab .* gilt$/).waitFor();
  assert.deepEqual((await planned()).map((one) => one.valid_from), [day]);
  await look(anna, 'hours-planned');
  await part.getByRole('button', { name: /^Streichen/ }).click();
  await part.getByText(/^Ab .* gilt$/).waitFor({ state: 'detached' });
  assert.deepEqual(await planned(), []);
  await button(anna, 'Rückgängig').click();
  await part.getByText(/^Ab .* gilt$/).waitFor();
  assert.equal((await planned())[0].slots[0].until, '20:00');
});

test('figures of single people appear when they are switched on, the own one only, and are no ranking', async () => {
  const ben = await loggedIn(place.ben);
  await visit(ben, '/reports/reaction_time');
  await ben.getByRole('heading', { name: 'Reaktionszeit' }).first().waitFor();
  assert.equal(await ben.getByRole('heading', { name: 'Einzelne Menschen' }).count(), 0);
  const { items } = await place.admin.get('/conversations?view=all&q=Frage&limit=12');
  for (const [at, { id }] of items.entries()) await (at < 6 ? place.admin : place.ben).post(`/conversations/${id}/replies`, { body: 'Antwort', visibility: 'public' });
  await place.admin.patch('/workspace', { figures_by_agent: true, figures_by_agent_reason: 'mit dem Betriebsrat vereinbart' });
  await ben.reload();
  const part = ben.getByRole('region', { name: 'Einzelne Menschen' });
  await part.getByText(/mit dem Betriebsrat vereinbart/).waitFor();
  await part.getByRole('row', { name: /^Ich/ }).waitFor();
  assert.equal(await part.getByText('Anna Weber').count(), 0, 'a colleague sees the figure of another');
  await part.getByRole('link', { name: 'Ich' }).click();
  await ben.waitForURL(/by=agent&key=\d+/);
  await visit(anna, '/reports/reaction_time');
  await anna.getByRole('region', { name: 'Einzelne Menschen' }).getByRole('row', { name: /^Ben Okafor/ }).waitFor();
  await look(anna, 'single-people');
});
