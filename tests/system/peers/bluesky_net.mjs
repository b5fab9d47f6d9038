// bluesky_net.mjs - Bluesky's own development network on loopback, and the people who use it.
//
//   node bluesky_net.mjs FOLDER
//
// FOLDER is a node_modules that has @atproto/dev-env and @atproto/api. It starts a directory of identities (PLC), a
// server of accounts (PDS) and the AppView, and says {"url": …, "view": …}. Then each line that comes in is one call
// {"call": NAME, …} and answered by one line, {"answer": …} or {"error": …}. People use Bluesky's own client.
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const [first, second] = args;
  if (typeof first === 'object' && first !== null && !first.path) return listen.call(this, { ...first, host: '127.0.0.1' }, ...args.slice(1));
  if (typeof first === 'number' && typeof second !== 'string') return listen.call(this, first, '127.0.0.1', ...args.slice(1));
  return listen.apply(this, args);
};

const from = (name) => import(pathToFileURL(path.join(process.argv[2], name, 'dist/index.js')).href);
const { TestNetwork } = await from('@atproto/dev-env');
const { AtpAgent, RichText } = await from('@atproto/api');

const network = await TestNetwork.create({ dbPostgresSchema: 'peer', pds: { hostname: 'localhost' } });
const service = `http://127.0.0.1:${network.pds.port}`;
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
    return { did: agent.session.did, handle: agent.session.handle };
  },
  async app_password({ who, name }) {
    return (await agents[who].com.atproto.server.createAppPassword({ name })).data.password;
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
  async settle() {
    await network.processAll(20000);
  },
};

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ url: service, view: `http://127.0.0.1:${network.bsky.port}` });
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { call, ...about } = JSON.parse(line);
  try {
    say({ answer: (await calls[call](about)) ?? null });
  } catch (error) {
    say({ error: `${error.error ?? error.name}: ${error.message}` });
  }
}
await network.close();
process.exit(0);
