/**
 * ui.mjs - how fast the interface is, on this machine, in a real browser.
 *
 *   make bench-ui            or: DRAHT_BIN=… node bench/ui.mjs [--rows=100000] [--runs=7]
 *
 * Prints medians with their spread and writes bench/results/ui-DATE-COMMIT.json.
 * bench/README.md says what each figure is.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { person, startBrowser } from '../tests/browser/browser.mjs';
import { stopAll } from '../tests/browser/runner.mjs';
import { ROOT } from '../tests/browser/server.mjs';
import { spread, text } from './measure.mjs';
import { firstBytes, interactive, keyPress, longList, longThread, memory } from './ui-figures.mjs';
import { bigStore } from './store.mjs';

const option = (name, usual) => Number(process.argv.find((one) => one.startsWith(`--${name}=`))?.split('=')[1] ?? usual);
const ROWS = option('rows', 100_000);
const THREAD = option('thread', 2_000);
const RUNS = option('runs', 7);
const EVENTS = option('events', 3_600);

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

async function about() {
  const browser = await startBrowser();
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', '--short=12', 'HEAD'),
    changed: git('status', '--porcelain', '--untracked-files=no') !== '',
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memory_gib: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
      load_before: loadavg().map((load) => Math.round(load * 100) / 100),
    },
    browser: `Chromium ${browser.version()}, headless, without GPU`,
    node: process.version,
    settings: { rows: ROWS, thread: THREAD, runs: RUNS, events: EVENTS },
  };
}

function print(figures) {
  for (const { name, unit, values, note } of figures) {
    const { median, low, high, n } = spread(values);
    const range = n > 1 ? `  (${text(low)} to ${text(high)}, ${n} runs)` : '';
    console.log(`${name.padEnd(62)} ${text(median).padStart(9)} ${unit}${range}${note ? `  ${note}` : ''}`);
  }
}

const facts = await about();
console.log(`Draht ${facts.commit}${facts.changed ? ', changed' : ''} on ${facts.machine.cores} × ${facts.machine.cpu}, load ${facts.machine.load_before[0]}; ${facts.browser}\n`);
const PATH = join(ROOT, 'bench/results', `ui-${facts.at.slice(0, 10)}-${facts.commit}.json`);

function write(all) {
  mkdirSync(join(ROOT, 'bench/results'), { recursive: true });
  facts.machine.load_after = loadavg().map((load) => Math.round(load * 100) / 100);
  writeFileSync(PATH, `${JSON.stringify({ ...facts, figures: all.map((one) => ({ ...one, ...spread(one.values) })) }, null, 1)}\n`);
}

/** Every figure, printed and written as it is known. */
async function measure(store) {
  const open = async (options) => {
    const page = await person(store.server.url, options);
    await store.admin.lendTo(page.context());
    return page;
  };
  const all = [];
  const take = async (work) => {
    const figures = await work;
    all.push(...figures);
    print(figures);
    write(all); // what is known is kept, whatever happens to the rest
  };
  await take(firstBytes(open));
  await take(interactive(open, RUNS));
  await take(keyPress(open, store, RUNS));
  await take(longList(open, store, RUNS));
  await take(longThread(open, store, RUNS));
  await take(memory(open, store, EVENTS));
  console.log(`\n${PATH.slice(ROOT.length + 1)}`);
}

try {
  const store = await bigStore({ rows: ROWS, thread: THREAD });
  if (!process.argv.includes('--fill')) await measure(store);
} finally {
  await stopAll();
}
