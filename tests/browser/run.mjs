/**
 * run.mjs - drives the user interface of the real program in a real browser.
 *
 *   node tests/browser/run.mjs [--quick] [--jobs=N] [PART_OF_A_FILE_NAME...]
 *   node tests/browser/run.mjs --docs
 *
 * Every *.test.mjs beside this file runs in a process of its own, with a server, a
 * store and a browser of its own, two at a time (--jobs). --quick leaves out the looks
 * at every page; --docs renews the pictures of docs/screenshots instead.
 * DRAHT_BIN is the program (build/draht), CHROMIUM the browser (/usr/bin/chromium).
 * Pictures of every page, and of what failed, go to build/screenshots.
 * The last line is `N passed, N failed, N skipped`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const options = process.argv.slice(2);
const quick = options.includes('--quick');

/** The browser's driver is kept as long as the lock file is the one it was made from. */
function install() {
  const lock = createHash('sha256').update(readFileSync(`${here}package-lock.json`)).digest('hex');
  const made = `${here}node_modules/.made-from`;
  if (existsSync(made) && readFileSync(made, 'utf8') === lock) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here, stdio: 'inherit' });
  writeFileSync(made, lock);
}

/** The child: one file. Its counts go home as a message. */
async function child(file) {
  const { runFile } = await import('./runner.mjs');
  const counts = await runFile(file, { quick });
  process.send?.(counts);
  process.exit(counts.failed === 0 ? 0 : 1);
}

/** Run one file in a process of its own; what it says is shown when it is through. */
function runApart(file) {
  return new Promise((done) => {
    const began = Date.now();
    const process_ = spawn(process.execPath, [`${here}run.mjs`, `--file=${file}`, ...(quick ? ['--quick'] : [])], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let said = '';
    let counts = null;
    process_.stdout.on('data', (bytes) => (said += bytes));
    process_.stderr.on('data', (bytes) => (said += bytes));
    process_.on('message', (message) => (counts = message));
    process_.on('close', (status) => {
      console.log(`# ${file} (${((Date.now() - began) / 1000).toFixed(1)} s)\n${said.trimEnd()}`);
      if (!counts) console.log(`not ok - ${file} comes to its end (status ${status})`);
      done(counts ?? { passed: 0, failed: 1, skipped: 0, requests: 0 });
    });
  });
}

/** The files that open every page many times, in the order of their time; then by size. */
const LONG = ['markup.test.mjs', 'looks.test.mjs'];
const weight = (name) => (LONG.includes(name) ? 1e9 - LONG.indexOf(name) : statSync(here + name).size);

async function parent() {
  const parts = options.filter((option) => !option.startsWith('--'));
  const jobs = Number(options.find((option) => option.startsWith('--jobs='))?.slice(7) ?? 2);
  // What takes longest first, and what is short fills the gaps.
  const files = readdirSync(here)
    .filter((name) => name.endsWith('.test.mjs') && (parts.length === 0 || parts.some((part) => name.includes(part))))
    .sort((a, b) => weight(b) - weight(a));
  const total = { passed: 0, failed: 0, skipped: 0, requests: 0 };
  const waiting = [...files];
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      for (const [name, count] of Object.entries(await runApart(file))) total[name] += count;
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  console.log(`# ${total.requests} requests, each of them looked at: none may go to another server`);
  if (total.requests === 0) {
    total.failed++;
    console.log('not ok - the browsers asked for anything at all');
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

install();
const file = options.find((option) => option.startsWith('--file='))?.slice(7);
if (options.includes('--install')) process.exit(0); // for others who use the driver
if (file) await child(file);
else if (options.includes('--docs')) process.exit(await (await import('./docs.mjs')).renew());
else process.exit(await parent());
