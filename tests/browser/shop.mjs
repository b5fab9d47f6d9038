/** shop.mjs - somebody's own site, on another origin, that shows the web chat. */
import { createServer } from 'node:http';
import { atEnd } from './runner.mjs';

/** A page with the tag of the chat; `attributes` of the tag, `head` before it. */
export const shopPage = (draht, channel, { lang = 'de', attributes = '', head = '', body = '' } = {}) => `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fahrräder Lindner</title>${head}
<script async src="${draht}/widget.js" data-channel="${channel}" ${attributes}></script></head>
<body><h1>Fahrräder Lindner</h1><p>Alles rund ums Rad.</p>${body}</body></html>`;

/** {url, pages}: serves `pages[path]`, a text or {html, headers}; ends with the file. */
export async function startShop() {
  const pages = {};
  const server = createServer((request, answer) => {
    const page = pages[new URL(request.url, 'http://shop').pathname];
    const { html, headers = {} } = typeof page === 'string' ? { html: page } : (page ?? {});
    answer.writeHead(html ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
    answer.end(html ?? '');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  atEnd(() => new Promise((done) => (server.close(done), server.closeAllConnections())));
  return { url: `http://127.0.0.1:${server.address().port}`, pages };
}
