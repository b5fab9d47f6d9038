/** api.mjs - the interface that programs speak (docs/api.md), for what a test must find there. */

/** One caller, as a browser would be: a cookie, and the token that unsafe calls need. */
export class Api {
  #cookie = '';
  #csrf = '';

  constructor(url) {
    this.url = url;
  }

  /** The answer's JSON; any status but a good one throws. */
  async call(method, path, body, headers = {}) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(this.#cookie ? { Cookie: this.#cookie } : {}),
        ...(this.#csrf && method !== 'GET' ? { 'X-CSRF-Token': this.#csrf } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 400)}`);
    const json = text === '' ? {} : JSON.parse(text);
    for (const cookie of answer.headers.getSetCookie()) {
      if (cookie.startsWith('draht_session=')) this.#cookie = cookie.split(';')[0];
    }
    if (json.csrf_token) this.#csrf = json.csrf_token;
    return json;
  }

  get = (path) => this.call('GET', path);
  post = (path, body = {}, headers) => this.call('POST', path, body, headers);
  patch = (path, body) => this.call('PATCH', path, body);
  put = (path, body) => this.call('PUT', path, body);
  delete = (path) => this.call('DELETE', path);

  /** Let a browser be the same caller. */
  async lendTo(context) {
    const [name, value] = this.#cookie.split('=');
    await context.addCookies([{ name, value, url: this.url, httpOnly: true, sameSite: 'Strict' }]);
  }
}
