/**
 * runner.mjs - the tests of one file, one after the other.
 *
 * A file `NAME.test.mjs` calls test() with a true sentence and a function. What the
 * browsers note by themselves (browser.mjs) fails the test during which it happened.
 */
import { drain, noted, openPages, picture } from './browser.mjs';

const TEST_MS = 120_000;

const tests = [];
const ends = [];

/** {looks: true} marks a look at every page, which --quick leaves out. */
export const test = (title, run, { looks = false } = {}) => tests.push({ title, run, looks });

/** Something to stop when the file is through; the last one begun is stopped first. */
export function atEnd(stop) {
  ends.unshift(stop);
}

/** A test that cannot run here says why; it is counted, not hidden. */
export class Skip extends Error {}

/** Stop all that was begun, even when something of it fails. */
export async function stopAll(failed = console.error) {
  for (const stop of ends.splice(0)) {
    try {
      await stop();
    } catch (failure) {
      failed(failure);
    }
  }
}

function inTime(run) {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(`still running after ${TEST_MS / 1000} s`)), TEST_MS);
  });
  return Promise.race([run(), late]).finally(() => clearTimeout(timer));
}

/** What no page may do, whatever is tested there. */
function assertCalm() {
  const { foreign, violations, errors } = drain();
  const wrong = [
    ...foreign.map((url) => `a request to another server: ${url}`),
    ...violations.map((text) => `forbidden by the content policy: ${text}`),
    ...errors.map((text) => `a script failed: ${text}`),
  ];
  if (wrong.length > 0) throw new Error([...new Set(wrong)].join('\n'));
}

async function one({ title, run }, name) {
  const began = Date.now();
  const said = (what, more = '') => console.log(`${what} - ${title}${more}`);
  try {
    drain();
    await inTime(async () => run());
    assertCalm();
    said('ok', ` (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    return 'passed';
  } catch (failure) {
    if (failure instanceof Skip) {
      said('ok', ` # SKIP ${failure.message}`);
      return 'skipped';
    }
    said('not ok', `\n${String(failure.stack ?? failure).replace(/^/gm, '    ')}`);
    for (const [index, page] of openPages().entries()) {
      await picture(page, `failed-${name}-${tests.findIndex((test_) => test_.run === run) + 1}-${index + 1}`).catch(() => {});
    }
    return 'failed';
  }
}

/** Runs the tests of the file; answers {passed, failed, skipped, requests}. */
export async function runFile(file, { quick = false } = {}) {
  const counts = { passed: 0, failed: 0, skipped: 0, requests: 0 };
  const name = file.replace(/\.test\.mjs$/, '');
  try {
    await import(`./${file}`);
    const wanted = tests.filter(({ looks }) => !(quick && looks));
    if (tests.length === 0) throw new Error('the file has no test');
    for (const each of wanted) counts[await one(each, name)]++;
  } catch (failure) {
    counts.failed++;
    console.log(`not ok - ${name} comes to its end\n    ${failure.stack}`);
  }
  await stopAll((failure) => {
    counts.failed++;
    console.log(`not ok - ${name} ends cleanly\n    ${failure.stack}`);
  });
  counts.requests = noted.requests;
  return counts;
}
