/** looks.test.mjs - every page in both languages, both colours, on a desk and on a phone. */
import assert from 'node:assert/strict';
import { findings, picture, quiet } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { BUSY, OTHERS } from './story.mjs';

const { admin, channel } = await house();
await inbound(channel, ...BUSY(), ...OTHERS());
const { items } = await admin.get('/conversations?view=all');
const conversation = items.find(({ person }) => person.name === 'Jonas Lindner').id;
// Nobody listens there: its page shows a failure.
const { webhook: hook } = await admin.post('/webhooks', { name: 'Kundenkartei der Stadtwerke', url: 'http://127.0.0.1:9/in', kinds: ['conversation.created', 'check_back.due'] });
await admin.post(`/webhooks/${hook.id}/test`, {});
const page = await loggedIn(admin);

/** Name and address. A page that is not here is not looked at: add yours. */
const PAGES = [
  ['today', '/today'],
  ['inbox', '/inbox/all'],
  ['inbox-empty', '/inbox/waiting?q=Xylophon'],
  ['conversation', `/conversations/${conversation}`],
  ['thread', `/threads/${items.find(({ id }) => id === conversation).thread.id}`],
  ['person', `/persons/${items.find(({ id }) => id === conversation).person.id}`],
  ['third-parties', '/inbox/third_parties'],
  ['search', '/search?q=Lindenstra%C3%9Fe'],
  ['figures', '/reports'],
  ['reports', '/reports/reaction_time'],
  ['channels', '/settings/channels'],
  ['channel-new', '/settings/channels/new'],
  ['channel', `/settings/channels/${channel.id}`],
  ['users', '/settings/users'],
  ['departments', '/settings/departments'],
  ['workspace', '/settings/workspace'],
  ['sorting', '/settings/sorting'],
  ['roles', '/settings/roles'],
  ['audit', '/settings/audit'],
  ['account', '/settings/account'],
  ['tokens', '/settings/tokens'],
  ['webhooks', '/settings/webhooks'],
  ['webhook', `/settings/webhooks/${hook.id}`],
  ['words', '/settings/words'],
  ['public', '/settings/public'],
  ['moderation', '/moderation'],
  ['unknown', '/inbox/all/nothing'],
];
/**
 * Runs in the page: texts of which a part cannot be read. Cut off is what stands outside
 * of the window or of a part that hides it, without a way to scroll there and without the
 * dots that say so.
 */
function cutOff() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest('.unseen, [aria-hidden=true], option, script, style, title')) continue;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const name = `"${node.data.trim().slice(0, 40)}" in <${element.localName} class="${element.className}">`;
    let scrolls = false;
    for (let around = element; around && around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(around);
      if (textOverflow === 'ellipsis' || webkitLineClamp !== 'none') scrolls = true;
      if (/auto|scroll/.test(overflowX) || /auto|scroll/.test(overflowY)) scrolls = true;
      if (scrolls) break;
      const edge = around.getBoundingClientRect();
      if (edge.width <= 2 && edge.height <= 2) scrolls = true; // for screen readers alone
      if (scrolls) break;
      if (/hidden|clip/.test(overflowX) && (box.right > edge.right + 1 || box.left < edge.left - 1)) found.push(`${name} is hidden at the side`);
      else if (/hidden|clip/.test(overflowY) && edge.height > 0 && box.bottom > edge.bottom + 3) found.push(`${name} is hidden below`);
    }
    if (!scrolls && (box.right > innerWidth + 1 || box.left < -1)) found.push(`${name} is outside of the window`);
  }
  return found;
}

const LOOKS = [
  { language: 'de', colorScheme: 'light', width: 1280, axe: true },
  { language: 'en', colorScheme: 'dark', width: 375, axe: true },
  { language: 'en', colorScheme: 'dark', width: 1280 },
  { language: 'de', colorScheme: 'dark', width: 375 },
  { language: 'en', colorScheme: 'light', width: 375 },
  { language: 'en', colorScheme: 'light', width: 1280 },
  { language: 'de', colorScheme: 'dark', width: 1280 },
  { language: 'de', colorScheme: 'light', width: 375 },
  // A window of 1,280 px at 200 % has room for 640; and the smallest that WCAG asks for.
  { language: 'de', colorScheme: 'light', width: 640, zoom: 2 },
  { language: 'en', colorScheme: 'light', width: 320 },
];

test('what is cut off is seen', async () => {
  await visit(page, '/today');
  const look = async (style) => {
    await page.evaluate((css) => {
      document.querySelector('#planted')?.remove();
      const planted = Object.assign(document.createElement('div'), { id: 'planted', textContent: 'Ein Text, von dem ein Teil fehlt' });
      for (const [name, value] of Object.entries(css)) planted.style[name] = value;
      document.querySelector('main').append(planted);
    }, style);
    return (await page.evaluate(cutOff)).filter((what) => what.includes('Ein Text')).length;
  };
  assert.equal(await look({}), 0);
  assert.equal(await look({ width: '40px', overflow: 'hidden', whiteSpace: 'nowrap' }), 1);
  assert.equal(await look({ height: '8px', overflow: 'hidden' }), 1);
  assert.equal(await look({ position: 'absolute', left: '1200px', width: '300px', whiteSpace: 'nowrap' }), 1);
  assert.equal(await look({ width: '40px', overflow: 'hidden', whiteSpace: 'nowrap', textOverflow: 'ellipsis' }), 0);
});

for (const { language, colorScheme, width, axe, zoom = 1 } of LOOKS) {
  const looks = `${language}, ${colorScheme}, ${zoom === 1 ? `${width} px` : `${width * zoom} px at ${zoom * 100} %`}`;
  const run = async () => {
    await page.setViewportSize({ width, height: { 375: 812, 640: 400, 320: 568 }[width] ?? 800 });
    await page.emulateMedia({ colorScheme });
    await visit(page, '/settings/account');
    await page.locator('main').getByLabel(/^(Sprache|Language)$/).selectOption(language);
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
    await quiet(page); // the account takes the language along

    const wrong = [];
    for (const [name, path] of PAGES) {
      await visit(page, path);
      await quiet(page);
      await picture(page, `${name}-${language}-${colorScheme}-${width}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) wrong.push(`${name}: ${overflow} px too wide`);
      wrong.push(...(await page.evaluate(cutOff)).map((what) => `${name}: ${what}`));
      const lang = await page.evaluate(() => document.documentElement.lang);
      if (lang !== language) wrong.push(`${name}: is in ${lang}`);
      if (axe) wrong.push(...(await findings(page)).map((finding) => `${name}: ${finding}`));
    }
    assert.deepEqual(wrong, []);
  };
  test(`every page is accessible, fits and speaks one language: ${looks}`, run, { looks: true });
}
