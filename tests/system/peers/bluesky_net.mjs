// bluesky_net.mjs - Bluesky's own development network on loopback, and the people who use it.
//
//   node bluesky_net.mjs FOLDER DATA
//
// FOLDER is a node_modules that has @atproto/dev-env and @atproto/api; in DATA is what must outlive a server. It keeps a
// directory of identities (PLC), starts the server of accounts (PDS) and the AppView in a process of their own
// (bluesky_world.mjs), a service of chat messages (bluesky_chat.mjs), and says {"url": …, "view": …, "chat": …}. Then
// each line that comes in is one call {"call": NAME, …} and answered by one line, {"answer": …} or {"error": …}. People
// use Bluesky's own client.
import { fork } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { from, freePort, staysOnLoopback } from './bluesky_parts.mjs';

staysOnLoopback();
const { TestPlc } = await from('@atproto/dev-env');
const { AtpAgent, RichText } = await from('@atproto/api');
const { Secp256k1Keypair } = await from('@atproto/crypto');
const { Chat } = await import('./bluesky_chat.mjs');

const plc = await TestPlc.create({});
const key = async () => Buffer.from(await (await Secp256k1Keypair.create({ exportable: true })).export()).toString('hex');
const config = {
  plc: plc.url,
  ports: { pds: await freePort(), bsky: await freePort(), bsync: await freePort() },
  keys: { pds: await key(), bsky: await key() },
  data: path.join(process.argv[3], 'pds'),
  blobs: path.join(process.argv[3], 'blobs'),
};
let world = null;

/** The next thing that the world says. */
const heard = () => new Promise((done, failed) => {
  const gone = () => failed(new Error('the servers ended'));
  world.once('exit', gone);
  world.once('message', (said) => {
    world.off('exit', gone);
    if (said.error) failed(new Error(said.error));
    else done(said);
  });
});

async function startWorld() {
  const script = fileURLToPath(new URL('./bluesky_world.mjs', import.meta.url));
  world = fork(script, [process.argv[2], JSON.stringify(config)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await heard();
}

await startWorld();
const service = `http://127.0.0.1:${config.ports.pds}`;
const handles = {};
const chat = new Chat((did) => handles[did] ?? 'handle.invalid');
await chat.start(plc.url);

/** The methods of a talk with `other`, as somebody's own client asks for them, and the talk. */
async function talk(who, other) {
  const convo = agents[who].withProxy('bsky_chat', chat.did).chat.bsky.convo;
  const { data } = await convo.getConvoForMembers({ members: [agents[other].session.did] });
  return { convo, convoId: data.convo.id, view: data.convo };
}

const agents = {};

/** All that stands below a post, whatever its depth, as [{author, text, record, labels}]. */
function below(node) {
  return (node.replies ?? []).flatMap((reply) => [
    { uri: reply.post.uri, author: reply.post.author.handle, text: reply.post.record.text, record: reply.post.record },
    ...below(reply),
  ]);
}

const calls = {
  async person({ name }) {
    const agent = new AtpAgent({ service });
    await agent.createAccount({ email: `${name}@example.org`, handle: `${name}.test`, password: `pass-${name}` });
    agents[name] = agent;
    handles[agent.session.did] = agent.session.handle;
    return { did: agent.session.did, handle: agent.session.handle };
  },
  /** `privileged`: with access to direct messages. */
  async app_password({ who, name, privileged = false }) {
    return (await agents[who].com.atproto.server.createAppPassword({ name, privileged })).data.password;
  },
  async revoke({ who, name }) {
    await agents[who].com.atproto.server.revokeAppPassword({ name });
  },
  /** `reply`: {root, parent}; `quote`: a post; `labels`: of the author's own. */
  async post({ who, text, reply, quote, labels, image, langs }) {
    const agent = agents[who];
    const rich = new RichText({ text });
    await rich.detectFacets(agent);
    const record = { text: rich.text, facets: rich.facets, langs };
    if (reply) record.reply = reply;
    if (quote) record.embed = { $type: 'app.bsky.embed.record', record: quote };
    if (labels) record.labels = { $type: 'com.atproto.label.defs#selfLabels', values: labels.map((val) => ({ val })) };
    if (image) {
      const blob = (await agent.uploadBlob(Buffer.from(image.base64, 'base64'), { encoding: 'image/png' })).data.blob;
      record.embed = { $type: 'app.bsky.embed.images', images: [{ image: blob, alt: image.alt }] };
    }
    return agent.post(record);
  },
  async delete_post({ who, uri }) {
    await agents[who].deletePost(uri);
  },
  async like({ who, post }) {
    await agents[who].like(post.uri, post.cid);
  },
  async repost({ who, post }) {
    await agents[who].repost(post.uri, post.cid);
  },
  /** As the network's own program hides an answer. */
  async hide({ who, root, uri }) {
    const record = { $type: 'app.bsky.feed.threadgate', post: root, createdAt: new Date().toISOString(), hiddenReplies: [uri] };
    const repo = agents[who].session.did;
    await agents[who].com.atproto.repo.putRecord({ repo, collection: 'app.bsky.feed.threadgate', rkey: root.split('/').pop(), record });
  },
  async rename({ who, handle }) {
    await agents[who].com.atproto.identity.updateHandle({ handle });
  },
  /** The thread as this person's client shows it; null: the post is not there. */
  async thread({ who, uri }) {
    const { data } = await agents[who].getPostThread({ uri, depth: 100 }).catch((error) => {
      if (error.error === 'NotFound') return { data: null };
      throw error;
    });
    return data && { post: data.thread.post, below: below(data.thread), hidden: data.threadgate?.record?.hiddenReplies ?? [] };
  },
  async notifications({ who }) {
    return (await agents[who].listNotifications({ limit: 100 })).data.notifications.map(({ uri, reason }) => ({ uri, reason }));
  },
  async posts({ who }) {
    const { data } = await agents[who].com.atproto.repo.listRecords({ repo: agents[who].session.did, collection: 'app.bsky.feed.post', limit: 100 });
    return data.records;
  },
  /** Somebody says something to another in private, and sees what is there. */
  async chat_say({ who, to, text }) {
    const { convo, convoId } = await talk(who, to);
    return (await convo.sendMessage({ convoId, message: { text } })).data.id;
  },
  async chat_seen({ who, of }) {
    const { convo, convoId, view } = await talk(who, of);
    const { data } = await convo.getMessages({ convoId, limit: 100 });
    return { unread: view.unreadCount, status: view.status, messages: data.messages.toReversed().map((m) => ({ text: m.text, by: handles[m.sender.did], facets: m.facets ?? [] })) };
  },
  async chat_delete({ who, of, id }) {
    const { convo, convoId } = await talk(who, of);
    await convo.deleteMessageForSelf({ convoId, messageId: id });
  },
  async chat_react({ who, of, id, value }) {
    const { convo, convoId } = await talk(who, of);
    await convo.addReaction({ convoId, messageId: id, value });
  },
  /** What the next call of a method ends with; what was asked by whom. */
  async chat_fault({ method, what }) {
    chat.faults.push({ method, what });
  },
  async chat_asked() {
    return chat.asked.map(([method, did]) => [method, handles[did]]);
  },
  async settle() {
    const said = heard();
    world.send({ call: 'settle' });
    await said;
  },
  /** The process of the servers, and those started again where they were. */
  async world() {
    return world.pid;
  },
  async restart() {
    await startWorld();
  },
};

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ url: service, view: `http://127.0.0.1:${config.ports.bsky}`, chat: chat.did });
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { call, ...about } = JSON.parse(line);
  try {
    say({ answer: (await calls[call](about)) ?? null });
  } catch (error) {
    say({ error: `${error.error ?? error.name}: ${error.message}` });
  }
}
if (world.connected) world.send({ call: 'end' });
process.exit(0);
