/** docs.mjs - the pictures of the documentation: few, and small enough to live in the repository. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { picture, quiet } from './browser.mjs';
import { house, loggedIn } from './house.mjs';
import { visit } from './pages.mjs';
import { stopAll } from './runner.mjs';
import { inbound, ROOT } from './server.mjs';
import { BUSY, OTHERS } from './story.mjs';

const DOCS = join(ROOT, 'docs/screenshots');
const LIMIT = 200 * 1024;

async function take(page, [name, path, language, colorScheme, width]) {
  await page.setViewportSize({ width, height: 720 });
  await page.emulateMedia({ colorScheme });
  await visit(page, '/settings/account');
  await page.locator('main').getByLabel(/^(Sprache|Language)$/).selectOption(language);
  await quiet(page);
  await visit(page, path);
  await quiet(page);
  await picture(page, name, DOCS);
  const { size } = statSync(join(DOCS, `${name}.png`));
  if (size > LIMIT) throw new Error(`docs/screenshots/${name}.png has ${size} bytes`);
  console.log(`docs/screenshots/${name}.png, ${size} bytes`);
}

/** Renew them all; the exit status. */
export async function renew() {
  mkdirSync(DOCS, { recursive: true });
  try {
    const { admin, channel } = await house();
    await inbound(channel, ...BUSY(), ...OTHERS());
    const { items } = await admin.get('/conversations?view=all');
    const conversation = `/conversations/${items.find(({ person }) => person.name === 'Jonas Lindner').id}`;
    const page = await loggedIn(admin);
    const wanted = [
      ['inbox', '/inbox/all', 'de', 'light', 1280],
      ['conversation', conversation, 'de', 'light', 1280],
      ['today', '/today', 'en', 'dark', 1280],
      ['conversation-phone', conversation, 'en', 'light', 375],
    ];
    for (const one of wanted) await take(page, one);
    return 0;
  } finally {
    await stopAll();
  }
}
