/** letter.test.mjs - a mail with HTML, viewed as it was sent: nothing in it runs, loads or leads astray. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { house, loggedIn } from './house.mjs';
import { button, look, row, visit } from './pages.mjs';
import { test } from './runner.mjs';

const { server, admin, ben } = await house();
const page = await loggedIn(ben);
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const HTML = `<html><head><style>body{background:url(https://tracker.example/b)}</style><script>alert(1)</script></head>
<body onload="alert(2)"><div style="display:none">Unsichtbarer Vorspann</div><h2>Ihre Bestellung</h2>
<p onclick="alert(3)">Guten Tag, der <b>Filter</b> fehlt.</p><table><tr><th>Artikel<th>Menge<tr><td>Filter<td>2</table>
<img src="cid:punkt" alt="Punkt"><img src="https://tracker.example/x.gif" alt="Zeichen"><svg onload="alert(4)"></svg>
<a href="https://boese.example/anmelden">www.stadtwerke.example</a><a href="javascript:alert(5)">Klick</a>
<iframe src="https://boese.example/"></iframe><form action="https://boese.example/"><input name="passwort"><button>Senden</button></form>
<meta http-equiv="refresh" content="0;url=https://boese.example/"><base href="https://boese.example/"></body></html>`;

const box = await admin.post('/channels', {
  network: 'email',
  name: 'Postfach',
  mode: 'dialogue',
  purpose: 'Briefe',
  settings: { address: 'hilfe@example.org', imap_host: '127.0.0.1', imap_port: 1, smtp_host: '127.0.0.1', smtp_port: 1, password: 'geheim' },
});
const file = join(server.data, 'letter.eml');
writeFileSync(
  file,
  `From: Hanna Html <hanna@example.net>\r\nTo: hilfe@example.org\r\nSubject: Bestellung\r\nMessage-ID: <h1@example.net>\r\n` +
    `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${HTML}\r\n` +
    `--b\r\nContent-Type: image/png\r\nContent-ID: <punkt>\r\nContent-Transfer-Encoding: base64\r\n\r\n${DOT}\r\n--b--\r\n`,
);
execFileSync(server.program, ['import', file, '--channel', box.channel.id, '--open', '--data', server.data]);

const letter = () => page.frameLocator('iframe[sandbox]');

test('a mail shows its words first, and how it was sent on demand', async () => {
  await visit(page, '/inbox/all');
  await row(page, 'Guten Tag').click();
  await button(page, 'Wie gesendet ansehen').waitFor();
  assert.equal(await page.locator('iframe').count(), 0);
  await button(page, 'Wie gesendet ansehen').press('Enter');
  await letter().getByRole('heading', { name: 'Ihre Bestellung' }).waitFor();
  await page.getByText('Ein Bild wird nicht geladen').waitFor();
  await look(page, 'letter');
});

test('nothing in it runs, loads, hides or asks for a password', async () => {
  const body = letter().locator('body');
  assert.doesNotMatch(await body.innerText(), /Unsichtbarer|alert/);
  assert.deepEqual(await letter().locator('script, iframe, form, input, svg, style, base').count(), 0);
  assert.deepEqual(await body.evaluate((one) => one.querySelectorAll('[onclick], [onload], [style]').length), 0);
  assert.equal(await letter().locator('img').count(), 1);
  assert.equal(await letter().locator('img').evaluate((one) => one.complete && one.naturalWidth === 1), true);
  assert.equal(await letter().getByText('Klick').getAttribute('href'), null);
  await letter().getByText('[boese.example]').waitFor();
});

test('the frame knows nothing of us', async () => {
  const frame = page.frames().find((one) => one.parentFrame() === page.mainFrame());
  assert.equal(await frame.evaluate(() => window.origin), 'null');
  assert.equal(await page.locator('iframe').getAttribute('sandbox'), 'allow-popups allow-popups-to-escape-sandbox');
  await button(page, 'Nur den Text zeigen').click();
  assert.equal(await page.locator('iframe').count(), 0);
});
