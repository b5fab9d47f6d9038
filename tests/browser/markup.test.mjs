/** markup.test.mjs - markup from outside stays text. */
import assert from 'node:assert/strict';
import { house, loggedIn } from './house.mjs';
import { row, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { item, MARKUP } from './story.mjs';

const { ben, channel } = await house();
const page = await loggedIn(ben);

test('markup from outside never runs and is shown as it was written', async () => {
  await inbound(
    channel,
    ...MARKUP.map((text, index) =>
      item({
        author: { external_id: `x-${index}`, handle: text, name: text },
        thread: { external_id: `x-${index}`, title: text, url: index % 2 ? 'https://x.example/' : null },
        body: text,
      }),
    ),
  );
  const clean = async () => assert.equal(await page.evaluate(() => window.hacked), undefined, page.url());
  await visit(page, '/today');
  await clean();
  await visit(page, '/inbox/all');
  await row(page, '<img src=x').waitFor();
  await clean();
  const paths = await page.locator('[data-row]').evaluateAll((rows) => rows.map((one) => one.getAttribute('href')));
  for (const path of paths.slice(0, MARKUP.length + 2)) {
    await visit(page, path);
    await page.locator('article').first().waitFor();
    await clean();
    assert.equal(await page.locator('article script, article img, article iframe, article svg, article b').count(), 0);
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
  }
});
