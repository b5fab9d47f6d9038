/** corpus.mjs - what strangers write where people's words belong, and how one sees that it ran. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './server.mjs';

const NAUGHTY = join(ROOT, '../shared/suites/big-list-of-naughty-strings/blns.json');
const CANARY = /^https?:\/\/canary\.invalid\//;

/** [{family, text}], from tests/data/xss.txt. */
export function vectors() {
  let family = '';
  const found = [];
  for (const line of readFileSync(join(ROOT, 'tests/data/xss.txt'), 'utf8').split('\n')) {
    if (line.startsWith('#: ')) family = line.slice(3);
    else if (line !== '' && !line.startsWith('# ')) found.push({ family, text: line });
  }
  return found;
}

/** The strings of the suite beside the repository; null where it is missing. */
export const naughtyStrings = () => (existsSync(NAUGHTY) ? JSON.parse(readFileSync(NAUGHTY, 'utf8')).filter((text) => text.trim() !== '') : null);

/** Watches one person's pages: {signs} collects dialogs and questions to the canary. */
export async function watch(context) {
  const seen = { signs: [] };
  await context.route(CANARY, (route) => {
    seen.signs.push(`asked ${route.request().url()}`);
    return route.abort();
  });
  context.on('dialog', (dialog) => {
    seen.signs.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {}); // it may have gone with its page
  });
  return seen;
}

/** Runs in the page: what stands there that only markup from outside can have made. */
function foreignParts() {
  const found = [];
  if ('__xss' in globalThis) found.push('window.__xss is set');
  const roots = [document];
  for (const root of roots) {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) roots.push(element.shadowRoot);
      const name = element.localName;
      if (element.hasAttribute('data-xss')) found.push(`<${name} data-xss>`);
      if (['iframe', 'object', 'embed', 'base', 'marquee', 'math', 'foreignObject', 'plaintext'].includes(name)) found.push(`<${name}>`);
      if (name === 'meta' && element.hasAttribute('http-equiv')) found.push('<meta http-equiv>');
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/i.test(attribute)) found.push(`<${name} ${attribute}>`);
        // Blanks and control characters inside a scheme do not stop a browser.
        const scheme = value.replace(/[\u0000-\u0020]/g, '').toLowerCase();
        if (/^(href|src|action|formaction|data|xlink:href|srcdoc|poster)$/.test(attribute) && /^(javascript|vbscript|data|blob|file):/.test(scheme)) {
          found.push(`<${name} ${attribute}="${value.slice(0, 60)}">`);
        }
      }
    }
  }
  return found;
}

/** Signs on the page as it is now, and those that were collected since the last look. */
export async function signs(page, seen) {
  const found = await page.evaluate(foreignParts);
  return [...seen.signs.splice(0), ...found].map((sign) => `${page.url()}: ${sign}`);
}
