/**
 * mastodon.mjs - a server of Mastodon's interface, as far as a person agrees there that a program
 * may speak for an account: it makes programs known, asks on a page of its own, and gives a token
 * once for each code. And as far as strangers write there and are answered: ask() and `posted`; and
 * as far as they are reported and muted, `told`. Blocks it does not offer, or refuses with the words `refusal`.
 */
import { createServer } from 'node:http';
import { atEnd } from './runner.mjs';

const page = (query) => `<!doctype html><html lang="de"><title>Zustimmen</title><h1>Draht will für @haus sprechen</h1>
<p><a href="/decide?agree=1&amp;${query.replaceAll('&', '&amp;')}">Zustimmen</a> <a href="/decide?${query.replaceAll('&', '&amp;')}">Ablehnen</a></p>`;

/**
 * {url, site, codes, tokens, refuse}: `refuse` says no to every code. People meet it at `site`, which is
 * another site for the browser: who comes back from there brings no cookie along at first.
 */
export async function startMastodon({ username = 'haus' } = {}) {
  const peer = { codes: new Map(), tokens: new Set(), programs: new Map(), refuse: false, username, statuses: [], posted: [], media: [], told: [], refusal: '' };

  /** A stranger mentions us. */
  peer.ask = (content, more = {}) => {
    const id = String(100 + peer.statuses.length);
    peer.statuses.push({
      id, content: `<p>@${username} ${content}</p>`, visibility: 'public', url: `${peer.url}/@fan/${id}`, in_reply_to_id: null,
      created_at: new Date().toISOString(), spoiler_text: '', media_attachments: [], mentions: [{ id: '1', acct: username }],
      account: { id: '2', acct: 'fan@example.net', username: 'fan', display_name: 'Fan', url: `${peer.url}/@fan` }, ...more,
    });
  };

  const answers = {
    'POST /api/v1/apps': ({ form }) => {
      const id = `program-${peer.programs.size + 1}`;
      peer.programs.set(id, form.get('redirect_uris'));
      return { client_id: id, client_secret: `secret of ${id}` };
    },
    'POST /oauth/token': ({ form }) => {
      const known = peer.codes.get(form.get('code'));
      peer.codes.delete(form.get('code')); // it counts once
      const fits = known && known === form.get('redirect_uri') && form.get('client_secret') === `secret of ${form.get('client_id')}`;
      if (!fits || peer.refuse) return { status: 400, error: 'invalid_grant' };
      const token = `token-${peer.tokens.size + 1}`;
      peer.tokens.add(token);
      return { access_token: token, token_type: 'Bearer', scope: 'read write' };
    },
    'GET /api/v1/accounts/verify_credentials': ({ token }) =>
      peer.tokens.has(token) ? { id: '1', username: peer.username, acct: peer.username, url: `${peer.url}/@${peer.username}` } : { status: 401, error: 'no' },
    'GET /api/v1/notifications': ({ token }) => 
      peer.tokens.has(token)
        ? peer.statuses.map((status) => ({ id: status.id, type: 'mention', created_at: status.created_at, status })).reverse()
        : { status: 401, error: 'no' },
    'POST /api/v2/media': ({ body }) => {
      peer.media.push(body);
      return { id: `m${peer.media.length}`, type: 'image' };
    },
    'POST /api/v1/statuses': ({ body }) => {
      peer.posted.push(JSON.parse(body));
      return { id: `9${peer.posted.length}` };
    },
    'POST /api/v1/reports': ({ body }) => {
      peer.told.push(['report', JSON.parse(body)]);
      return { id: '1', action_taken: false, forwarded: JSON.parse(body).forward };
    },
    'POST /api/v1/accounts/2/mute': ({ body }) => {
      peer.told.push(['mute', JSON.parse(body)]);
      return { id: '2', muting: true };
    },
    'POST /api/v1/accounts/2/unmute': () => {
      peer.told.push(['unmute']);
      return { id: '2', muting: false };
    },
    'POST /api/v1/accounts/2/block': () => (peer.refusal ? { status: 422, error: peer.refusal } : { status: 404, html: '<h1>404 Not Found</h1>' }),
    'GET /api/v1/instance': () => ({ configuration: { statuses: { max_characters: 500 } } }),
  };

  /** What stands there, and what around it. */
  function shown(path) {
    const [, id, around] = /^\/api\/v1\/statuses\/(\d+)(\/context)?$/.exec(path) ?? [];
    const status = peer.statuses.find((one) => one.id === id);
    return status && (around ? { ancestors: [], descendants: [] } : status);
  }

  /** Where the page sends the person back to, or the code to take along by hand. */
  function decide(query, answer) {
    const back = query.get('redirect_uri');
    const code = `code-${Math.random()}`;
    if (query.get('agree')) peer.codes.set(code, back);
    if (back.startsWith('urn:')) return answer.writeHead(200, { 'Content-Type': 'text/html' }).end(`<code id="code">${code}</code>`);
    const to = new URL(back);
    to.searchParams.set('state', query.get('state'));
    if (query.get('agree')) to.searchParams.set('code', code);
    else to.searchParams.set('error', 'access_denied');
    return answer.writeHead(302, { Location: to.href }).end();
  }

  const server = createServer(async (request, answer) => {
    let body = '';
    for await (const bytes of request) body += bytes;
    const { pathname, searchParams } = new URL(request.url, peer.url);
    if (pathname === '/oauth/authorize') {
      const known = peer.programs.get(searchParams.get('client_id')) === searchParams.get('redirect_uri');
      if (!known) return answer.writeHead(401).end();
      return answer.writeHead(302, { Location: `${peer.site}/agree?${searchParams}` }).end();
    }
    if (pathname === '/agree') return answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page(String(searchParams)));
    if (pathname === '/decide') return decide(searchParams, answer);
    const handle = answers[`${request.method} ${pathname}`];
    const token = request.headers.authorization?.replace('Bearer ', '');
    const said = handle?.({ form: new URLSearchParams(body), token, body }) ?? shown(pathname) ?? { status: 404, error: 'not found' };
    if (said.html) return answer.writeHead(said.status, { 'Content-Type': 'text/html' }).end(said.html);
    return answer.writeHead(said.status ?? 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  peer.url = `http://127.0.0.1:${server.address().port}`;
  peer.site = `http://localhost:${server.address().port}`;
  atEnd(() => server.close());
  return peer;
}
