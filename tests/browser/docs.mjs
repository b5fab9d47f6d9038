/**
 * docs.mjs - the pictures of the documentation, taken from the demo: few, and small enough
 * to live in the repository.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Api } from './api.mjs';
import { person, picture, quiet } from './browser.mjs';
import { atEnd, stopAll } from './runner.mjs';
import { ROOT } from './server.mjs';
import { shopPage, startShop } from './shop.mjs';

const DOCS = join(ROOT, 'docs/screenshots');
const LIMIT = 200 * 1024;
const DEMO_MS = 300_000;

/** The program with its demo: {url, email, password}. */
function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), 'draht-demo-'));
  const program = resolve(process.env.DRAHT_BIN ?? join(ROOT, 'build/draht'));
  const running = spawn(program, ['serve', '--demo', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'), '--allow-host', '127.0.0.1']);
  atEnd(async () => {
    const ended = new Promise((done) => running.on('exit', done));
    running.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  let said = '';
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`the demo is not ready:\n${said}`)), DEMO_MS);
    const hear = (bytes) => {
      said += bytes;
      const url = /listening on (http:\/\/[^\s"]+)/.exec(said)?.[1].replace(/\/$/, '');
      const email = /\banna@[\w.]+/.exec(said)?.[0];
      const password = /password\s+([\w-]+)/.exec(said)?.[1];
      if (!url || !email || !password) return;
      clearTimeout(timer);
      done({ url, email, password });
    };
    running.stdout.on('data', hear);
    running.stderr.on('data', hear);
    running.on('exit', (status) => failed(new Error(`the program ended with ${status}:\n${said}`)));
  });
}

function keepSmall(name) {
  const { size } = statSync(join(DOCS, `${name}.png`));
  if (size > LIMIT) throw new Error(`docs/screenshots/${name}.png has ${size} bytes`);
  console.log(`docs/screenshots/${name}.png, ${size} bytes`);
}

async function take(page, api, [name, path, language, colorScheme, width]) {
  await api.patch('/me', { language });
  await page.setViewportSize({ width, height: width < 500 ? 720 : 760 });
  await page.emulateMedia({ colorScheme });
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
  await quiet(page);
  await picture(page, name, DOCS);
  keepSmall(name);
}

async function takeChat(url, channel) {
  const shop = await startShop();
  shop.pages['/'] = shopPage(url, channel).replaceAll('Fahrräder Lindner', 'Radwerk Lindenau');
  const guest = await person(shop.url, { origins: [url], viewport: { width: 720, height: 600 } });
  await guest.goto('/');
  const chat = guest.frameLocator('iframe[title="Chat"]');
  await chat.getByRole('button', { name: /^Chat öffnen/ }).click();
  await chat.getByRole('textbox', { name: 'Nachricht' }).fill('Habt ihr das Rad auch in Blau?');
  await chat.getByRole('textbox', { name: 'Nachricht' }).press('Enter');
  await chat.getByText('angekommen').first().waitFor();
  await picture(guest, 'chat', DOCS);
  keepSmall('chat');
}

/** The conversation that shows most: a public post that several take part in. */
async function busiest(api) {
  const threads = new Map();
  for (const view of ['all', 'solved']) {
    const { items } = await api.get(`/conversations?view=${view}&limit=200`);
    for (const one of items) if (one.thread.visibility === 'public') threads.set(one.thread.id, one);
  }
  const full = [];
  for (const one of threads.values()) full.push({ one, length: (await api.get(`/threads/${one.thread.id}`)).messages.length });
  const fits = full.filter(({ length }) => length >= 5 && length <= 40).sort((a, b) => b.length - a.length);
  return (fits[0] ?? full[0]).one;
}

/** Renew them all; the exit status. */
export async function renew() {
  mkdirSync(DOCS, { recursive: true });
  try {
    const { url, email, password } = await startDemo();
    const api = new Api(url);
    await api.post('/sessions', { email, password });
    const page = await person(url);
    await api.lendTo(page.context());
    await api.patch('/public-pages', { imprint: 'Radwerk Lindenau\nInhaberin Anna Brandt\nMusterweg 1, 04177 Leipzig', threads: true });
    const talk = await busiest(api);
    const wanted = [
      ['today', '/today', 'de', 'light', 1280],
      ['today-dark', '/today', 'en', 'dark', 1280],
      ['today-phone', '/today', 'de', 'light', 375],
      ['inbox', '/inbox/all', 'de', 'light', 1280],
      ['conversation', `/conversations/${talk.id}`, 'de', 'light', 1280],
      ['conversation-phone', `/conversations/${talk.id}`, 'en', 'dark', 375],
      ['figures', '/reports', 'en', 'light', 1280],
      ['settings', '/settings/channels', 'de', 'dark', 1280],
    ];
    for (const one of wanted) await take(page, api, one);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 720, height: 760 });
    const answer = await page.goto(`/p/${talk.thread.id}`);
    if (answer.status() === 200) {
      await picture(page, 'public-thread', DOCS);
      keepSmall('public-thread');
    }
    const { items } = await api.get('/channels');
    const chat = items.find(({ network }) => network === 'webchat');
    if (chat) await takeChat(url, chat.id);
    return 0;
  } finally {
    await stopAll();
  }
}
