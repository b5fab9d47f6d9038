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
const page = await loggedIn(admin);

/** Name and address. A page that is not here is not looked at: add yours. */
const PAGES = [
  ['today', '/today'],
  ['inbox', '/inbox/all'],
  ['inbox-empty', '/inbox/waiting?q=Xylophon'],
  ['conversation', `/conversations/${conversation}`],
  ['reports', '/reports/reaction_time'],
  ['channels', '/settings/channels'],
  ['channel-new', '/settings/channels/new'],
  ['channel', `/settings/channels/${channel.id}`],
  ['users', '/settings/users'],
  ['departments', '/settings/departments'],
  ['account', '/settings/account'],
  ['tokens', '/settings/tokens'],
  ['words', '/settings/words'],
  ['unknown', '/inbox/all/nothing'],
];
const LOOKS = [
  { language: 'de', colorScheme: 'light', width: 1280, axe: true },
  { language: 'en', colorScheme: 'dark', width: 375, axe: true },
  { language: 'en', colorScheme: 'dark', width: 1280 },
  { language: 'de', colorScheme: 'dark', width: 375 },
  { language: 'en', colorScheme: 'light', width: 375 },
  { language: 'en', colorScheme: 'light', width: 1280 },
  { language: 'de', colorScheme: 'dark', width: 1280 },
  { language: 'de', colorScheme: 'light', width: 375 },
];

for (const { language, colorScheme, width, axe } of LOOKS) {
  const looks = `${language}, ${colorScheme}, ${width} px`;
  const run = async () => {
    await page.setViewportSize({ width, height: width === 375 ? 812 : 800 });
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
      const lang = await page.evaluate(() => document.documentElement.lang);
      if (lang !== language) wrong.push(`${name}: is in ${lang}`);
      if (axe) wrong.push(...(await findings(page)).map((finding) => `${name}: ${finding}`));
    }
    assert.deepEqual(wrong, []);
  };
  test(`every page is accessible, fits and speaks one language: ${looks}`, run, { looks: true });
}
