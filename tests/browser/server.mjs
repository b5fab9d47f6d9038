/** server.mjs - the real program on a data folder of its own, and who talks to it. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { atEnd } from './runner.mjs';

export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const READY_MS = 20_000;

/** A running program: {url, setup, process}. `setup` is the address that the first start printed. */
function launch(program, options, { first }) {
  const process_ = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ready = new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`the program is not ready:\n${said}`)), READY_MS);
    const hear = (bytes) => {
      said += bytes;
      const url = /listening on (http:\/\/[^\s"]+)/.exec(said)?.[1].replace(/\/$/, '');
      const path = /\/setup\?token=[^\s"]+/.exec(said)?.[0];
      if (!url || (first && !path)) return;
      clearTimeout(timer);
      done({ url, setup: path ? url + path : '' });
    };
    process_.stdout.on('data', hear);
    process_.stderr.on('data', hear);
    process_.on('exit', (status) => failed(new Error(`the program ended with ${status}:\n${said}`)));
  });
  const ended = () => process_.exitCode ?? process_.signalCode;
  const stop = (signal = 'SIGTERM') =>
    new Promise((done) => {
      if (ended() !== null) return done();
      process_.on('exit', done);
      process_.kill(signal);
    });
  return { ready, stop, ended, said: () => said };
}

/**
 * The program on an empty data folder of its own: {url, setup, data, program, stop, restart},
 * with the time `clock`, which stands still until it is moved, or with that of the wall, and with further `flags`.
 * restart(signal) ends it, by SIGTERM or as told, and starts it again at the same address
 * with the same data. It ends with the file, and must live until then.
 */
export async function startServer({ clock = null, flags = [] } = {}) {
  const program = resolve(process.env.DRAHT_BIN ?? join(ROOT, 'build/draht'));
  if (!existsSync(program)) throw new Error(`there is no program ${program}: build it, or set DRAHT_BIN`);
  const folder = mkdtempSync(join(tmpdir(), 'draht-browser-'));
  const data = join(folder, 'data');
  const server = { program, data, now: clock };
  // A clock that was moved stands there after a restart, too.
  const start = (address, first) =>
    launch(
      program,
      ['serve', '--listen', address, '--data', data, '--allow-host', '127.0.0.1', ...flags, ...(server.now ? ['--clock', server.now.toISOString()] : [])],
      { first },
    );
  let running = start('127.0.0.1:0', true);
  let stopped = false;
  atEnd(async () => {
    const status = running.ended();
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
    if (status !== null && !stopped) throw new Error(`the program ended (${status}):\n${running.said().slice(-4000)}`);
  });
  Object.assign(server, await running.ready, { said: () => running.said() });
  server.stop = async (signal) => {
    stopped = true;
    await running.stop(signal);
  };
  server.start = async () => {
    stopped = false;
    running = start(new URL(server.url).host, false);
    await running.ready;
  };
  server.restart = async (signal) => {
    await server.stop(signal);
    await server.start();
  };
  return server;
}

/** The far end of a channel: takes replies, and can be told to refuse them. */
export async function startPeer() {
  const taken = [];
  const peer = { taken, refuse: false };
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (bytes) => (body += bytes));
    request.on('end', () => {
      if (request.method === 'POST' && peer.refuse) {
        answer.writeHead(400, { 'Content-Type': 'application/json' });
        answer.end('{"error":"no"}');
        return;
      }
      if (request.method === 'POST') taken.push(JSON.parse(body));
      answer.writeHead(request.method === 'POST' ? 200 : 404, { 'Content-Type': 'application/json' });
      answer.end(JSON.stringify({ external_id: `peer-${taken.length}` }));
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  peer.url = `http://127.0.0.1:${server.address().port}/replies`;
  atEnd(() => server.close());
  return peer;
}

/** Set the virtual clock of a server that was started with one. */
export async function moveClock(server, to) {
  const answer = await fetch(`${server.url}/test/v1/clock`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ now: to.toISOString() }),
  });
  if (answer.status !== 200) throw new Error(`clock: ${answer.status} ${await answer.text()}`);
  server.now = to;
}

let sentCount = 0;

/** Post items to a channel, signed by an implementation of Standard Webhooks that is not ours. */
export async function inbound(channel, ...items) {
  const body = JSON.stringify(items.length === 1 ? items[0] : items);
  const id = `msg_${Date.now()}_${++sentCount}`;
  const at = channel.server?.now ?? new Date();
  const answer = await fetch(channel.address, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(channel.secret).sign(id, at, body),
    },
    body,
  });
  if (answer.status !== 202) throw new Error(`inbound: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The six digits of RFC 6238 for a secret in base32. */
export function totp(secret, now = Date.now()) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const letter of secret.replace(/[\s=]/g, '').toUpperCase()) {
    bits += letters.indexOf(letter).toString(2).padStart(5, '0');
  }
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
