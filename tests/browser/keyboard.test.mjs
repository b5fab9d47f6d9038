/** keyboard.test.mjs - from the login to a sent answer without a mouse, and a focus that one sees and that stays. */
import assert from 'node:assert/strict';
import { person, quiet } from './browser.mjs';
import { house, loggedIn, PASSWORD } from './house.mjs';
import { message, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { BUSY, item, OTHERS } from './story.mjs';

const { server, admin, peer, channel } = await house();
await inbound(channel, ...BUSY(), ...OTHERS());
const page = await person(server.url);
const keys = page.keyboard;

/** Any sign of a mouse is remembered over all pages. */
await page.exposeFunction('mouseWas', (kind) => mice.push(kind));
const mice = [];
await page.addInitScript(() => {
  for (const kind of ['mousedown', 'mousemove', 'pointerdown', 'touchstart', 'wheel']) {
    addEventListener(kind, () => globalThis.mouseWas(kind), { capture: true, passive: true });
  }
});

/** What has the focus: its name as a screen reader says it, its role, and whether one sees it. */
const focus = () =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { name: '', role: 'body', seen: true, row: null };
    const labelled = element.labels?.[0]?.textContent;
    const name = (element.getAttribute('aria-label') ?? labelled ?? element.textContent ?? '').trim().replace(/\s+/g, ' ');
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const clear = /^(transparent|rgba\(.*, 0\))$/;
    const outline = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && !clear.test(outlineColor);
    const box = element.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
    // A heading that takes the focus of a new page is no control, and needs no ring.
    const control = element.tabIndex >= 0;
    return { name, role: element.localName, control, seen: (outline || boxShadow !== 'none') && inView, row: element.dataset.row ?? null, why: `${outlineStyle} ${outlineWidth} ${outlineColor} ${JSON.stringify(box)}` };
  });

async function press(key) {
  await keys.press(key);
  const now = await focus();
  assert.ok(now.seen || !now.control, `after ${key} one does not see that "${now.name}" (${now.role}) has the focus: ${now.why}`);
  return now;
}

/** Press a key until what has the focus answers to `name`; the way there is never longer than the page. */
async function until(key, name, most = 60) {
  for (let i = 0; i < most; i++) {
    const now = await press(key);
    if (name.test(now.name)) return now;
  }
  assert.fail(`${most} times ${key} do not lead to ${name}`);
}

test('the keyboard alone leads from the login to a sent answer', async () => {
  await page.goto('/login');
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  if (!/E-Mail/.test((await focus()).name)) await until('Tab', /E-Mail-Adresse/);
  await keys.type('anna@example.org');
  await until('Tab', /Passwort/, 5);
  await keys.type(PASSWORD);
  await press('Enter');
  await page.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
  await quiet(page);

  await until('Tab', /Posteingang/);
  await press('Enter');
  await page.locator('[data-row]').first().waitFor();
  await quiet(page);
  for (let i = 0; i < 20; i++) {
    const { row, name } = await press('j');
    assert.ok(row, 'j leads to a row');
    if (/Jonas Lindner/.test(name)) break;
  }
  assert.match((await focus()).name, /Jonas Lindner/);
  await keys.press('Enter');
  await page.getByRole('heading', { name: 'Jonas Lindner', level: 1 }).waitFor();
  await page.getByLabel('Text der Antwort').waitFor();
  await quiet(page);

  const box = await press('r');
  assert.match(box.name, /Text der Antwort/);
  await keys.type('Um elf läuft das Wasser wieder.');
  await press('Control+Enter');
  await message(page, 'Um elf läuft das Wasser wieder.').getByText(/^Gesendet um/).waitFor({ timeout: 20_000 });
  assert.equal(peer.taken.filter(({ body }) => body === 'Um elf läuft das Wasser wieder.').length, 1);
  assert.deepEqual(mice, []);
});

test('and to send there is a button that the keyboard reaches', async () => {
  await press('r');
  await keys.type('Und bis dahin steht ein Wagen vor Haus 12.');
  await until('Tab', /^Senden$/, 12);
  await press('Enter');
  await message(page, 'ein Wagen vor Haus 12').first().waitFor();
  assert.deepEqual(mice, []);
});

test('? tells the keys, Escape closes it, and the focus comes back', async () => {
  await visit(page, '/inbox/all');
  await page.locator('[data-row]').first().waitFor();
  const { row } = await press('j');
  await keys.press('?');
  const help = page.getByRole('dialog');
  await help.waitFor();
  for (const key of ['j', 'k', 'r', 'e', 'a', '/', '?']) await help.locator('kbd').getByText(key, { exact: true }).or(help.locator('kbd').getByText(key.toUpperCase(), { exact: true })).first().waitFor();
  await press('Tab');
  // At its end the focus goes to the browser's own controls, never to the page behind.
  assert.equal(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog, [role=dialog]') !== null), true, 'the focus leaves the dialog');
  await keys.press('Escape');
  await help.waitFor({ state: 'detached' }).catch(() => help.waitFor({ state: 'hidden' }));
  assert.equal((await focus()).row, row);
});

test('on every page the keyboard reaches every control, and one sees where it is', async () => {
  for (const path of ['/today', '/inbox/all', '/reports', '/settings/channels', '/settings/users', '/settings/departments', '/settings/account', '/settings/tokens']) {
    await visit(page, path);
    await quiet(page);
    const wanted = await page.evaluate(() => {
      const all = document.querySelectorAll('a[href], button:not(:disabled), input:not(:disabled):not([type=hidden]), select:not(:disabled), textarea:not(:disabled), summary');
      // Of the radios of a group one is reached by Tab, the others by arrows.
      const shown = [...all].filter((one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }) && !(one.type === 'radio' && !one.checked));
      shown.forEach((one, index) => (one.dataset.stop = String(index)));
      return shown.length;
    });
    const reached = new Set();
    // A date has several stops. Long lists are followed for a while.
    for (let i = 0; i < Math.min(wanted, 80) + 20 && reached.size < Math.min(wanted, 80); i++) {
      await press('Tab');
      const stop = await page.evaluate(() => document.activeElement?.dataset.stop);
      if (stop !== undefined) reached.add(stop);
    }
    assert.ok(reached.size >= Math.min(wanted, 80), `${path}: ${reached.size} of ${wanted} controls are reached`);
  }
});

test('what happens elsewhere does not move the focus, the cursor or the page', async () => {
  const anna = await loggedIn(admin);
  const { items } = await admin.get('/conversations?view=all&q=');
  const jonas = items.find(({ person: { name } }) => name === 'Jonas Lindner');
  await visit(anna, `/conversations/${jonas.id}`);
  const box = anna.getByLabel('Text der Antwort');
  await box.fill('Noch ein Satz, der in der Mitte weitergeht.');
  await box.evaluate((area) => area.setSelectionRange(10, 10));
  await quiet(anna);
  const state = () =>
    anna.evaluate(() => {
      const area = document.activeElement;
      return { name: area.getAttribute('aria-label'), at: area.selectionStart, text: area.value, top: Math.round(area.getBoundingClientRect().top) };
    });
  const before = await state();
  assert.equal(before.at, 10);
  await inbound(channel, item({ author: { external_id: 'u-new', handle: 'neu', name: 'Nele Neumann' }, body: 'Ganz woanders eine Frage.' }));
  await quiet(anna);
  assert.deepEqual(await state(), before);
  // And in this very conversation: the words appear, the box keeps the focus and the cursor.
  await inbound(channel, item({ external_id: 'w-late', thread: { external_id: 'p-water' }, parent_external_id: 'w-1', author: { external_id: 'u-jonas', handle: 'jonas', name: 'Jonas Lindner' }, body: 'Jetzt tropft es.' }));
  await message(anna, 'Jetzt tropft es.').first().waitFor();
  const { top, ...rest } = await state();
  assert.deepEqual(rest, { name: before.name, at: before.at, text: before.text });
  assert.ok(top > 0);
  await anna.keyboard.type('!');
  assert.equal((await box.inputValue()).indexOf('!'), 10);
  await anna.context().close();
});
