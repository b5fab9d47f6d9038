// webhook_receiver.mjs - takes webhooks, and lets the npm package `standardwebhooks` say whether
// they are genuine. What it answers stands in a file; what came stands in a ledger.
//
//   node webhook_receiver.mjs MODULES CONTROL LEDGER [PORT]
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [modules, control, ledger, port = '0'] = process.argv.slice(2);
const { Webhook } = createRequire(`${modules}/`)('standardwebhooks');

/** {secret, now, status, headers, answer}: `now` is the clock by which a signature is fresh; 0: each is. */
const told = () => JSON.parse(readFileSync(control, 'utf8'));

function judge(body, headers) {
  const { secret, now } = told();
  Date.now = () => now || Number(headers['webhook-timestamp']) * 1000;
  try {
    new Webhook(secret).verify(body, headers);
    return '';
  } catch (error) {
    return error.message || 'refused';
  }
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts).toString();
    const wrong = judge(body, request.headers);
    const { method, url, headers } = request;
    const { status = 204, headers: more = {}, answer = '' } = told();
    appendFileSync(ledger, `${JSON.stringify({ method, url, id: headers['webhook-id'], headers, body, wrong })}\n`);
    response.writeHead(wrong ? 400 : status, more);
    response.end(wrong || answer);
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log(server.address().port));
