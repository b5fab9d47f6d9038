// bluesky_world.mjs - the part of Bluesky's development network that can be killed and started again.
//
//   node bluesky_world.mjs FOLDER CONFIG     (a child of bluesky_net.mjs)
//
// The server of accounts (PDS) and the AppView with what stands between them, at the ports and with the folders and
// keys of CONFIG: what they knew is there again when they are started anew with the same. Says "up" when they answer;
// then each {call: "settle"} is answered when all that was written has reached the AppView.
import fs from 'node:fs';
import { from, staysOnLoopback } from './bluesky_parts.mjs';

staysOnLoopback();
const { TestBsky, TestBsync, TestPds, mockNetworkUtilities } = await from('@atproto/dev-env');
const { default: plc } = await from('@did-plc/lib');
const config = JSON.parse(process.argv[3]);

/** The AppView enters itself into the directory each time it starts; the second time it stands there. */
plc.Client.prototype.createDid = async function createDid(about) {
  const { op, did } = await plc.createOp(about);
  await this.getDocumentData(did).catch(() => this.sendOperation(did, op));
  return did;
};

const dbPostgresUrl = process.env.DB_POSTGRES_URL;
for (const folder of [config.data, config.blobs]) fs.mkdirSync(folder, { recursive: true });
const bsync = await TestBsync.create({ port: config.ports.bsync, apiKeys: ['bsync-api-key'], dbUrl: dbPostgresUrl, dbSchema: 'bsync_peer' });
const bsky = await TestBsky.create({
  port: config.ports.bsky, plcUrl: config.plc, pdsPort: config.ports.pds, bsyncApiKey: 'bsync-api-key', bsyncUrl: bsync.url,
  repoProvider: `ws://localhost:${config.ports.pds}`, dbPostgresSchema: 'appview_peer', dbPostgresUrl,
  redisHost: process.env.REDIS_HOST, privateKey: config.keys.bsky,
});
bsync.ctx.dataplaneClients = [bsky.ctx.dataplane];
const pds = await TestPds.create({
  port: config.ports.pds, hostname: 'localhost', didPlcUrl: config.plc, bskyAppViewUrl: bsky.url, bskyAppViewDid: bsky.ctx.cfg.serverDid,
  dataDirectory: config.data, blobstoreDiskLocation: config.blobs, plcRotationKeyK256PrivateKeyHex: config.keys.pds,
});
mockNetworkUtilities(pds, bsky);

async function settle() {
  const end = Date.now() + 20000;
  await pds.processAll();
  await bsky.bsyncSub.processAll(await bsync.getStreamHeads(), 20000);
  const last = await pds.ctx.sequencer.curr();
  while (last && !(bsky.sub.getCursor() >= last)) {
    if (Date.now() > end) throw new Error('the AppView does not come after');
    await bsky.sub.processAll();
    await new Promise((done) => setTimeout(done, 5));
  }
  await bsky.sub.processAll();
}

process.on('message', ({ call }) => {
  if (call === 'settle') settle().then(() => process.send({}), (error) => process.send({ error: error.message }));
  else process.exit(0);
});
process.on('disconnect', () => process.exit(0)); // nobody is left to serve
process.send({ up: true });
