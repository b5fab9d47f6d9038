/** ui-figures.mjs - each figure of bench/ui.mjs; README.md says what it is. */
import { get } from 'node:http';
import { quiet } from '../tests/browser/browser.mjs';
import { inbound } from '../tests/browser/server.mjs';
import { item } from '../tests/browser/story.mjs';
import { alive, figure, interactiveAt, markFirst, noteLongTasks, scrollFrames, slow, spread } from './measure.mjs';
import { naiveList, naiveThread } from './naive.mjs';

const THROTTLE = 4;
const ROW = '[data-row]';

/** The bytes of an answer's body as they travel. */
const travelling = (url, encoding) =>
  new Promise((done, failed) => {
    get(url, { headers: { 'Accept-Encoding': encoding } }, (answer) => {
      let bytes = 0;
      answer.on('data', (part) => (bytes += part.length));
      answer.on('end', () => (answer.headers['content-encoding'] === encoding ? done(bytes) : failed(new Error(`${url} is not sent as ${encoding}`))));
    }).on('error', failed);
  });

export async function firstBytes(open) {
  const page = await open();
  const scripts = new Set();
  page.on('response', (response) => response.url().endsWith('.js') && scripts.add(response.url()));
  await page.goto('/login');
  await page.locator('h1').waitFor();
  const login = [...scripts];
  await page.goto('/today');
  await page.locator('main h1').waitFor();
  await quiet(page);
  const sum = async (urls, encoding) => (await Promise.all(urls.map((url) => travelling(url, encoding)))).reduce((a, b) => a + b, 0) / 1024;
  const figures = [];
  for (const [name, urls] of [['login', login], ['Today', [...scripts]]]) {
    for (const encoding of ['gzip', 'br']) figures.push(figure(`script of the first view, ${name}, ${encoding}`, 'KB', [await sum(urls, encoding)], { note: `${urls.length} files` }));
  }
  await page.context().close();
  return figures;
}

export async function interactive(open, runs) {
  const result = [];
  for (const [name, path, what] of [['Today', '/today', 'main h1'], ['the inbox', '/inbox/all', ROW]]) {
    for (const rate of [1, THROTTLE]) {
      const all = [];
      for (let i = 0; i < runs; i++) {
        const page = await open(); // a context of its own: nothing is cached
        await noteLongTasks(page);
        await markFirst(page, what);
        await slow(page, rate);
        await page.goto(path);
        all.push(await interactiveAt(page, what));
        await page.context().close();
      }
      const processor = rate === 1 ? 'this processor' : `${rate} times slower`;
      result.push(figure(`${name}: to interactive, cold cache, ${processor}`, 'ms', all.map(({ ready }) => ready)));
      result.push(figure(`${name}: longest task, ${processor}`, 'ms', all.map(({ longest }) => longest), { note: '0: none over 50 ms' }));
    }
  }
  return result;
}

/** From the press to the end of the first frame that shows its effect; false when that frame did not show it. */
async function pressed(page, key, effect) {
  await page.evaluate((test) => {
    const shows = new Function(`return (${test})`)();
    globalThis.pressed = new Promise((done) => {
      addEventListener('keydown', (event) => {
        requestAnimationFrame(() => {
          const shown = shows();
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => done({ ms: performance.now() - event.timeStamp, shown });
          port2.postMessage(null); // runs once the frame was drawn
        });
      }, { capture: true, once: true });
    });
  }, effect);
  await page.keyboard.press(key);
  return page.evaluate(() => globalThis.pressed);
}

export async function keyPress(open, store, runs) {
  const result = [];
  const page = await open();
  const cases = [
    ['j in a list of all rows', '/inbox/all', ROW, null, 'j', "() => document.activeElement?.dataset.row !== globalThis.rowBefore && (globalThis.rowBefore = document.activeElement?.dataset.row) !== undefined"],
    ['a letter of a reply in the long thread', store.longConversation, 'textarea', 'textarea', 'x', '() => document.activeElement.value.length > (globalThis.lengthBefore ?? 0) && (globalThis.lengthBefore = document.activeElement.value.length) > 0'],
  ];
  for (const [name, path, what, focus, key, effect] of cases) {
    for (const rate of [1, THROTTLE]) {
      await page.goto(path);
      await page.locator(what).first().waitFor({ timeout: 60_000 });
      await quiet(page);
      const cdp = await slow(page, rate);
      if (focus) await page.locator(focus).first().focus();
      const all = [];
      for (let i = 0; i < runs * 3; i++) all.push(await pressed(page, key, effect));
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
      const late = all.filter(({ shown }) => !shown).length;
      result.push(figure(`key to next frame: ${name}, ${rate === 1 ? 'this processor' : `${rate} times slower`}`, 'ms', all.map(({ ms }) => ms), { late, note: late ? `${late} of ${all.length} not in the next frame` : 'always in the next frame' }));
    }
  }
  await page.context().close();
  return [...result, await plainKey(open, runs)];
}

/** The floor: a letter into a plain text field of an empty page. */
async function plainKey(open, runs) {
  const page = await open();
  await page.setContent('<textarea></textarea>');
  await page.locator('textarea').focus();
  const all = [];
  for (let i = 0; i < runs * 3; i++) all.push(await pressed(page, 'x', '() => true'));
  await page.context().close();
  return figure('peer: a letter on an empty page, this processor', 'ms', all.map(({ ms }) => ms));
}

/** Times of frames say little in the middle and much at the end. */
const frameFigures = (name, runs) => [
  figure(`${name}: frame while scrolling, median`, 'ms', runs.map((frames) => spread(frames).median)),
  figure(`${name}: worst frame of a hundred`, 'ms', runs.map((frames) => [...frames].sort((a, b) => a - b)[Math.floor(frames.length * 0.99)])),
];

export async function longList(open, store, runs) {
  const rendered = [];
  const frames = [];
  const places = [];
  let rows = '';
  for (let i = 0; i < runs; i++) {
    const page = await open();
    await noteLongTasks(page);
    await markFirst(page, ROW);
    await page.goto('/inbox/all');
    rendered.push((await interactiveAt(page, ROW)).ready);
    rows = await page.locator(ROW).first().evaluate((row) => (row.closest('li, [role=row], .line') ?? row).outerHTML);
    frames.push(await scrollFrames(page, { step: 400, count: 300 }));
    places.push(await alive(page));
    await page.context().close();
  }
  const peer = await naiveList(open, { row: rows, count: store.rows, runs: 1 }); // it takes a gigabyte
  return [
    figure(`list of ${store.rows} conversations: opened`, 'ms', rendered),
    ...frameFigures('the same list', frames),
    figure('the same list: nodes after 120,000 px', 'nodes', places.map(({ nodes }) => nodes)),
    figure('the same list: heap after 120,000 px', 'MB', places.map(({ heap }) => heap / 2 ** 20)),
    ...peer,
  ];
}

export async function longThread(open, store, runs) {
  const opened = [];
  const longest = [];
  const nodes = [];
  let article = '';
  for (let i = 0; i < runs; i++) {
    const page = await open();
    await noteLongTasks(page);
    await markFirst(page, 'main article');
    await page.goto(store.longConversation);
    const { ready, longest: task } = await interactiveAt(page, 'main article');
    opened.push(ready);
    longest.push(task);
    await page.waitForFunction((all) => document.querySelectorAll('main article').length >= all, store.messages); // drawn in portions
    article = await page.locator('main article').first().evaluate((one) => one.outerHTML);
    nodes.push((await alive(page)).nodes);
    await page.context().close();
  }
  return [
    figure(`thread of ${store.messages} messages: opened and interactive`, 'ms', opened),
    figure('the same thread: longest task', 'ms', longest, { note: '0: none over 50 ms' }),
    figure('the same thread: nodes', 'nodes', nodes),
    ...(await naiveThread(open, { article, count: store.messages, runs: Math.min(runs, 3) })),
  ];
}

/** An hour of events in a few minutes: `count` messages, one in five from somebody new. */
async function replay(store, count, from) {
  for (let i = from; i < from + count; i++) {
    const fresh = i % 5 === 0;
    const where = fresh ? { external_id: `live-${i}` } : { external_id: `live-${i - (i % 5)}` };
    await inbound(store.channel, item({
      external_id: `live-message-${i}`,
      thread: { kind: 'chat', visibility: 'private', ...where },
      author: { external_id: `live-person-${Math.floor(i / 5)}`, handle: `neu${Math.floor(i / 5)}`, name: `Neu ${Math.floor(i / 5)}` },
      body: `Nachricht ${i}`,
    }));
  }
}

export async function memory(open, store, events) {
  const pages = { inbox: await open(), conversation: await open() };
  await pages.inbox.goto('/inbox/all');
  await pages.inbox.locator(ROW).first().waitFor();
  await replay(store, 5, 0);
  const first = (await store.admin.get('/conversations?view=all&limit=1&sort=newest')).items[0];
  await pages.conversation.goto(`/conversations/${first.id}`);
  await pages.conversation.locator('main article').first().waitFor();
  for (const page of Object.values(pages)) await quiet(page);
  await replay(store, Math.round(events / 10), 5); // what is only made once is made now
  const before = (await store.admin.get('/audit?limit=1')).last_seq;
  const marks = Object.fromEntries(Object.keys(pages).map((name) => [name, []]));
  const look = async () => {
    for (const [name, page] of Object.entries(pages)) {
      await quiet(page);
      marks[name].push(await alive(page));
    }
  };
  await look();
  const began = Date.now();
  const part = Math.round((events * 0.9) / 4);
  for (let i = 0; i < 4; i++) {
    await replay(store, part, 5 + Math.round(events / 10) + i * part);
    await look();
  }
  const seconds = (Date.now() - began) / 1000;
  const sent = (await store.admin.get('/audit?limit=1')).last_seq - before;
  const result = [figure('live: events replayed', 'events', [sent], { note: `${part * 4} messages in ${Math.round(seconds)} s` })];
  for (const [name, list] of Object.entries(marks)) {
    for (const [what, unit, value] of [['heap', 'MB', ({ heap }) => heap / 2 ** 20], ['nodes', 'nodes', ({ nodes }) => nodes], ['listeners', 'listeners', ({ listeners }) => listeners]]) {
      result.push(figure(`live, ${name}: ${what} before`, unit, [value(list[0])]));
      result.push(figure(`live, ${name}: ${what} after`, unit, [value(list.at(-1))], { course: list.map(value) }));
    }
    await pages[name].context().close();
  }
  return result;
}
