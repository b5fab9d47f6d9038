/**
 * run.mjs - drives the user interface of the real program in a real browser.
 *
 *   node tests/browser/run.mjs [--docs] [--quick]
 *
 * --quick leaves out the eight looks of every page.
 * DRAHT_BIN is the program (build/draht), CHROMIUM the browser (/usr/bin/chromium).
 * DRAHT_URL drives a server that runs already and has not been set up. Pictures of
 * every page go to build/screenshots; --docs renews those of docs/screenshots.
 * The last line is `N passed, N failed`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const lock = createHash('sha256').update(readFileSync(`${here}package-lock.json`)).digest('hex');
const made = `${here}node_modules/.made-from`;

// The browser's driver is kept as long as the lock file is the one it was made from.
if (!existsSync(made) || readFileSync(made, 'utf8') !== lock) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here, stdio: 'inherit' });
  writeFileSync(made, lock);
}
const { main } = await import('./main.mjs');
process.exit(await main(process.argv.slice(2)));
