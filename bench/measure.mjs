/** measure.mjs - what several figures need: medians, a slow processor, long tasks, frames, memory. */

/** Median, lowest and highest of some runs. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return {
    n: sorted.length,
    median: (sorted[Math.floor(at)] + sorted[Math.ceil(at)]) / 2,
    low: sorted[0],
    high: sorted.at(-1),
  };
}

/** A number as people read it: three figures are enough. */
export const text = (value) => (Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3))));

export const figure = (name, unit, values, more = {}) => ({ name, unit, values, ...more });

/** A processor `rate` times slower than this one. */
export async function slow(page, rate) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  return cdp;
}

/** From now on each task of more than 50 ms on the page's thread is noted, with its end. */
export const noteLongTasks = (page) =>
  page.addInitScript(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) globalThis.longTasks.push({ end: startTime + duration, duration });
    }).observe({ type: 'longtask', buffered: true });
  });

/** Until no long task has run for `quiet` ms and `what` stands on the page; {ready, longest} in ms since the navigation. */
export async function interactiveAt(page, what, quiet = 700) {
  await page.locator(what).first().waitFor({ timeout: 120_000 });
  return page.evaluate(async ([selector, wanted]) => {
    const seen = performance.now();
    for (;;) {
      await new Promise((done) => setTimeout(done, 100));
      const last = Math.max(0, ...globalThis.longTasks.map(({ end }) => end));
      if (performance.now() - Math.max(last, seen) > wanted) break;
    }
    const longest = Math.max(0, ...globalThis.longTasks.map(({ duration }) => duration));
    // The element was there when the frame before `seen` was drawn; the mark says when it came.
    const came = performance.getEntriesByName(`seen ${selector}`)[0]?.startTime ?? seen;
    const last = Math.max(0, ...globalThis.longTasks.filter(({ end }) => end > came).map(({ end }) => end));
    return { ready: Math.max(came, last), longest };
  }, [what, quiet]);
}

/** Marks the frame in which something that fits the selector is first on the page. */
export const markFirst = (page, selector) =>
  page.addInitScript((wanted) => {
    const look = () => {
      if (document.querySelector(wanted)) performance.mark(`seen ${wanted}`);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, selector);

/** Scrolls the page by `step` pixels in each of `count` frames; the milliseconds between frames. */
export const scrollFrames = (page, { step, count }) =>
  page.evaluate(
    async ([by, frames]) => {
      const times = [];
      let before = await new Promise(requestAnimationFrame);
      for (let i = 0; i < frames; i++) {
        scrollBy({ top: by, behavior: 'instant' });
        const now = await new Promise(requestAnimationFrame);
        times.push(now - before);
        before = now;
      }
      return times;
    },
    [step, count],
  );

/** Bytes of the heap that are alive, nodes and listeners, after the garbage was collected. */
export async function alive(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');
  for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('Performance.enable');
  const { metrics } = await cdp.send('Performance.getMetrics');
  await cdp.detach();
  const value = (name) => metrics.find((metric) => metric.name === name).value;
  return { heap: value('JSHeapUsedSize'), nodes: value('Nodes'), listeners: value('JSEventListeners') };
}
