/**
 * noted.test.mjs - the controls of what fails a test by itself: each kind of breach is planted
 * on a page of its own, and must be noted. A counter that sees nothing would prove nothing.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { drain, person } from './browser.mjs';
import { workspace } from './house.mjs';
import { atEnd, test } from './runner.mjs';
import { startShop } from './shop.mjs';

const { server } = await workspace();
const shop = await startShop(); // pages without a policy, so that a breach goes out
shop.pages['/'] = '<!doctype html><title>Laden</title><h1>Laden</h1>';
const elsewhere = createServer((request, answer) => answer.end('ok'));
await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done));
atEnd(() => new Promise((done) => (elsewhere.close(done), elsewhere.closeAllConnections())));
const foreign = `127.0.0.1:${elsewhere.address().port}`;

/** What is noted while a page of the shop does this. */
async function while_(work, argument = foreign) {
  const page = await person(shop.url);
  await page.goto('/');
  drain();
  await page.evaluate(work, argument);
  await page.context().close();
  return drain();
}

const BREACHES = {
  'a picture': (host) => new Promise((done) => Object.assign(new Image(), { onload: done, onerror: done, src: `http://${host}/pixel.png` })),
  'a script': (host) => new Promise((done) => document.head.append(Object.assign(document.createElement('script'), { onload: done, onerror: done, src: `http://${host}/a.js` }))),
  'a style sheet': (host) => new Promise((done) => document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', onload: done, onerror: done, href: `http://${host}/a.css` }))),
  'a frame': (host) => new Promise((done) => document.body.append(Object.assign(document.createElement('iframe'), { onload: done, src: `http://${host}/` }))),
  'a call': (host) => fetch(`http://${host}/`, { mode: 'no-cors' }).then(() => {}),
  'a socket': (host) => new Promise((done) => Object.assign(new WebSocket(`ws://${host}/`), { onopen: done, onerror: done })).then(() => {}),
  'an event stream': (host) => new Promise((done) => Object.assign(new EventSource(`http://${host}/`), { onopen: done, onerror: done })).then(() => {}),
};

for (const [what, work] of Object.entries(BREACHES)) {
  test(`${what} of another server is noted`, async () => {
    const { foreign: urls } = await while_(work);
    assert.equal(urls.length, 1, urls.join());
    assert.ok(urls[0].includes(foreign), urls[0]);
  });
}

test('control: what the own server is asked for is not noted', async () => {
  const { foreign: urls, errors, violations } = await while_(() => fetch('/').then(() => {}), undefined);
  assert.deepEqual([urls, errors, violations], [[], [], []]);
});

test('an exception in a script is noted', async () => {
  const { errors } = await while_(() => new Promise((done) => {
    setTimeout(() => {
      setTimeout(done);
      throw new Error('planted');
    });
  }));
  assert.match(errors.join(), /planted/);
});

for (const path of ['/login', '/contact']) {
  test(`the policy of ${path} stops a script in the page and a foreign picture, and that is noted`, async () => {
    const page = await person(server.url);
    await page.goto(path);
    drain();
    await page.evaluate(async (host) => {
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' }));
      await new Promise((done) => Object.assign(new Image(), { onload: done, onerror: done, src: `http://${host}/pixel.png` }));
    }, foreign);
    assert.equal(await page.evaluate(() => globalThis.ran), undefined);
    await page.context().close();
    const { violations } = drain();
    assert.ok(violations.some((text) => /inline script/.test(text)), violations.join('\n'));
    assert.ok(violations.some((text) => text.includes(foreign)), violations.join('\n'));
  });
}
