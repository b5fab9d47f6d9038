/**
 * store.mjs - a store with many conversations and one very long thread, made by `draht import`.
 *
 *   DRAHT_BIN=… node bench/store.mjs FOLDER [--rows=100000]     makes one to look at
 *
 * 100,000 people's first messages over 90 days, each a conversation of its own, from
 * 30,000 persons; and a public post with 2,000 comments by 400 people, four levels deep.
 * It is kept in .cache/bench and copied for each run: importing takes minutes.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { join } from 'node:path';
import { Api } from '../tests/browser/api.mjs';
import { channelTo, PASSWORD, workspace } from '../tests/browser/house.mjs';
import { ROOT, startPeer } from '../tests/browser/server.mjs';

const PERSONS = 30_000;
const SUBJECTS = ['Wann kommt der Monteur?', 'Meine Rechnung stimmt nicht.', 'Vielen Dank für die schnelle Hilfe!', 'Das Wasser ist trüb.', 'Ich ziehe um, was muss ich tun?', 'Der Zähler steht still.', 'Gibt es einen Tarif für Wärmepumpen?'];
const LONG = 'Ein belebter Beitrag';
const DAY = 86_400_000;

function* conversations(rows, now) {
  for (let i = 0; i < rows; i++) {
    const who = (i * 7919) % PERSONS;
    yield {
      external_id: `bench-${i}`,
      thread: { external_id: `bench-thread-${i}`, kind: i % 3 ? 'post' : 'chat', visibility: i % 3 ? 'public' : 'private', title: i % 3 ? `Beitrag ${i}` : '' },
      author: { external_id: `bench-person-${who}`, handle: `person${who}`, name: `Person ${who}` },
      body: `${SUBJECTS[i % SUBJECTS.length]} Es geht um Anschluss ${i}.`,
      sent_at: new Date(now - 90 * DAY + Math.floor((i / rows) * 89 * DAY)).toISOString(),
    };
  }
}

function* thread(length, now) {
  for (let i = 0; i < length; i++) {
    const who = (i * 31) % 400;
    const parent = i === 0 ? null : `long-${i % 4 === 1 ? 0 : i - 1}`;
    yield {
      external_id: `long-${i}`,
      parent_external_id: parent,
      thread: { external_id: 'bench-long', kind: 'post', visibility: 'public', title: LONG },
      author: { external_id: `long-person-${who}`, handle: `leser${who}`, name: `Leserin ${who}` },
      body: `Kommentar ${i}: ${SUBJECTS[i % SUBJECTS.length]}`,
      sent_at: new Date(now - DAY + i * 20_000).toISOString(),
    };
  }
}

/** Writes what `draht import` reads: one item a line. */
export async function writeItems(path, { rows, thread: length }) {
  const out = createWriteStream(path);
  const now = Date.now();
  for (const items of [conversations(rows, now), thread(length, now)]) {
    for (const item of items) if (!out.write(`${JSON.stringify(item)}\n`)) await new Promise((done) => out.once('drain', done));
  }
  out.end();
  await finished(out);
}

/** Fill an empty workspace that is served; the server must be stopped meanwhile. */
async function fill(place, channel, size) {
  const file = join(place.server.data, '..', 'items.ndjson');
  await writeItems(file, size);
  const began = Date.now();
  await place.server.stop();
  execFileSync(place.server.program, ['import', file, '--channel', channel.id, '--open', '--data', place.server.data], { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = (Date.now() - began) / 1000;
  console.log(`${size.rows + size.thread} messages imported in ${Math.round(seconds)} s\n`);
  rmSync(file);
}

/** {server, admin, channel, longConversation}: served, filled, logged in. */
export async function bigStore(size) {
  const kept = join(ROOT, '.cache/bench', `store-${size.rows}-${size.thread}-${readdirSync(join(ROOT, 'schema')).filter((name) => name.endsWith('.sql')).sort().at(-1)}`);
  const place = await workspace();
  const peer = await startPeer();
  const channel = await channelTo(place, peer);
  if (!existsSync(join(kept, 'whole'))) {
    await fill(place, channel, size);
    mkdirSync(kept, { recursive: true });
    cpSync(place.server.data, join(kept, 'data'), { recursive: true });
    mkdirSync(join(kept, 'whole'));
  } else {
    await place.server.stop();
    rmSync(place.server.data, { recursive: true });
    cpSync(join(kept, 'data'), place.server.data, { recursive: true });
  }
  await place.server.start();
  return withLogin({ ...place, peer, rows: size.rows, messages: size.thread });
}

/** The workspace may come from an earlier run: who works there logs in, and its channel gets a new secret. */
async function withLogin(place) {
  const admin = new Api(place.server.url);
  await admin.post('/sessions', { email: 'anna@example.org', password: PASSWORD });
  const { items } = await admin.get('/channels');
  const { signing_secret: secret } = await admin.post(`/channels/${items[0].id}/secret`);
  await admin.patch(`/channels/${items[0].id}`, { settings: { outbound_url: place.peer.url } });
  const channel = { id: items[0].id, secret, address: `${place.server.url}/api/v1/channels/${items[0].id}/inbound` };
  const { items: newest } = await admin.get('/conversations?view=all&limit=50&sort=newest'); // the long thread is of the last day
  const long = newest.find(({ thread: { title } }) => title === LONG);
  return { ...place, admin, channel, longConversation: `/conversations/${long.id}` };
}

if (process.argv[1]?.endsWith('bench/store.mjs') && process.argv[2]) {
  const rows = Number(process.argv.find((one) => one.startsWith('--rows='))?.slice(7) ?? 100_000);
  mkdirSync(process.argv[2], { recursive: true });
  await writeItems(join(process.argv[2], 'items.ndjson'), { rows, thread: 2_000 });
  console.log(`${join(process.argv[2], 'items.ndjson')}: draht import it with --channel ID --open`);
}
