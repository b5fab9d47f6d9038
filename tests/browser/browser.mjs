/** browser.mjs - a browser that notes what it should never see. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { atEnd } from './runner.mjs';
import { ROOT } from './server.mjs';

const PICTURES = join(ROOT, 'build/screenshots');

/** What is wrong on any page, whoever looks at it; `requests` counts all that were looked at. */
export const noted = { requests: 0, foreign: [], violations: [], errors: [] };

/** What was noted since the last call. */
export function drain() {
  const { foreign, violations, errors } = noted;
  Object.assign(noted, { foreign: [], violations: [], errors: [] });
  return { foreign, violations, errors };
}

let running;
const openContexts = new Set();

/** The pages that are open now, whoever opened them. */
export const openPages = () => [...openContexts].flatMap((context) => context.pages());

/** The one browser of this process; it is closed when the file is through. */
export function startBrowser() {
  mkdirSync(PICTURES, { recursive: true });
  running ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--disable-dev-shm-usage'],
  }).then((browser) => {
    atEnd(() => browser.close());
    return browser;
  });
  return running;
}

const pending = new WeakMap();

/** Counts the calls of the interface that have no answer yet; the event stream never ends. */
function watchCalls(page) {
  const open = new Set();
  pending.set(page, open);
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/') && !request.url().endsWith('/events')) open.add(request);
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  // What a page had asked for when it was left is never told to have ended.
  page.on('framenavigated', () => open.clear());
}

/** Until the page has asked for nothing for a moment. */
export async function quiet(page) {
  let calm = 0;
  for (let i = 0; i < 200 && calm < 3; i++) {
    await page.waitForTimeout(30);
    calm = pending.get(page).size === 0 ? calm + 1 : 0;
  }
}

/**
 * One person's browser: a page in a context of its own, at home on the server `url`.
 * `origins` are other servers that this person may ask: a test's own page that embeds us.
 */
export async function person(url, { origins = [], ...options } = {}) {
  const browser = await startBrowser();
  const home = [new URL(url).origin, ...origins];
  const context = await browser.newContext({
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
    colorScheme: 'light',
    viewport: { width: 1280, height: 800 },
    baseURL: url,
    ...options,
  });
  context.setDefaultTimeout(10_000);
  openContexts.add(context);
  context.on('close', () => openContexts.delete(context));
  context.on('request', (request) => {
    const to = new URL(request.url());
    noted.requests++;
    if (['data:', 'blob:', 'about:'].includes(to.protocol)) return;
    if (!home.includes(to.origin)) noted.foreign.push(request.url());
  });
  context.on('page', (page) => {
    watchCalls(page);
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) noted.violations.push(`${page.url()}: ${message.text()}`);
    });
    // A socket is no request to Playwright.
    page.on('websocket', (socket) => {
      const origin = new URL(socket.url()).origin.replace(/^ws/, 'http');
      if (!home.includes(origin)) noted.foreign.push(socket.url());
    });
    page.on('pageerror', (error) => noted.errors.push(`${page.url()}: ${error.message}`));
  });
  return context.newPage();
}

/** What axe finds on the page as it is, one line each. */
export async function findings(page) {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
  );
}

export const picture = (page, name, where = PICTURES) =>
  page.screenshot({ path: join(where, `${name}.png`), animations: 'disabled' });
