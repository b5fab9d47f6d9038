/**
 * naive.mjs - the same rows as they would be without care: all of them in the document, with
 * the same markup and the same style sheet. What a figure of ours is worth is seen beside it.
 */
import { alive, figure, noteLongTasks, scrollFrames, spread } from './measure.mjs';

const LIMIT_MS = 120_000;

/** A page of ours, with its style sheet, in which `count` copies of the markup stand. */
async function copies(open, markup, count) {
  const page = await open();
  page.setDefaultTimeout(LIMIT_MS);
  await noteLongTasks(page);
  await page.goto('/login');
  await page.locator('h1').waitFor();
  const began = await page.evaluate(
    async ([html, n]) => {
      const start = performance.now();
      const list = document.createElement('ul');
      list.className = 'peer';
      list.innerHTML = html.repeat(n);
      document.body.replaceChildren(list);
      document.body.getBoundingClientRect();
      await new Promise(requestAnimationFrame);
      await new Promise((done) => setTimeout(done));
      return { start, drawn: performance.now() };
    },
    [markup, count],
  );
  return { page, took: began.drawn - began.start };
}

/** A hundred thousand rows would take more memory than most machines have. */
const MOST_ROWS = 20_000;

export async function naiveList(open, { row, count: wanted, runs }) {
  const count = Math.min(wanted, MOST_ROWS);
  const took = [];
  const frames = [];
  const places = [];
  for (let i = 0; i < runs; i++) {
    const { page, took: ms } = await copies(open, row, count);
    took.push(ms);
    frames.push(await scrollFrames(page, { step: 400, count: 20 }));
    places.push(await alive(page));
    await page.context().close();
  }
  return [
    figure(`peer: ${count} rows all in the document, drawn, without asking a server`, 'ms', took),
    figure('peer: frame while scrolling, median', 'ms', frames.map((list) => spread(list).median)),
    figure('peer: nodes', 'nodes', places.map(({ nodes }) => nodes)),
  ];
}

export async function naiveThread(open, { article, count, runs }) {
  const took = [];
  const nodes = [];
  for (let i = 0; i < runs; i++) {
    const { page, took: ms } = await copies(open, article, count);
    took.push(ms);
    nodes.push((await alive(page)).nodes);
    await page.context().close();
  }
  return [
    figure(`peer: ${count} messages all in the document, drawn, without asking a server`, 'ms', took),
    figure('peer: nodes', 'nodes', nodes),
  ];
}
