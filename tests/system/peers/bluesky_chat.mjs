// bluesky_chat.mjs - a service of chat messages, written for these tests: Bluesky's own is not published.
//
// Whatever is asked and answered is held to the published lexicons of chat.bsky.convo.* by Bluesky's own @atproto/xrpc-server
// (what does not fit them is refused with 400, or 500 when it is the answer), and whoever asks must be vouched for by their server, as
// the protocol's service proxying has it. What it does with messages is ours, and stricter than need be: nobody may
// answer who has not accepted the talk.
import { from, freePort } from './bluesky_parts.mjs';

const { InvalidRequestError, XRPCError, AuthRequiredError, createServer, verifyJwt } = await from('@atproto/xrpc-server');
const { schemas } = await from('@atproto/api');
const { IdResolver } = await from('@atproto/identity');
const { Secp256k1Keypair } = await from('@atproto/crypto');
const { TID } = await from('@atproto/common-web');
const { default: plc } = await from('@did-plc/lib');

const type = (name) => `chat.bsky.convo.defs#${name}`;

export class Chat {
  constructor(handleOf) {
    this.handleOf = handleOf;
    this.convos = new Map();
    this.asked = []; // [method, who]
    this.faults = []; // {method, what}: of the next such call
  }

  async start(plcUrl) {
    const key = await Secp256k1Keypair.create();
    const port = await freePort();
    const op = await plc.signOperation({
      type: 'plc_operation', verificationMethods: { atproto: key.did() }, rotationKeys: [key.did()], alsoKnownAs: [],
      services: { bsky_chat: { type: 'BskyChatService', endpoint: `http://localhost:${port}` } }, prev: null,
    }, key);
    this.did = await plc.didForCreateOp(op);
    await new plc.Client(plcUrl).sendOperation(this.did, op);
    this.ids = new IdResolver({ plcUrl, fetch: globalThis.fetch });
    const server = createServer(schemas, { validateResponse: true });
    for (const [name, does] of Object.entries(this.methods())) this.offer(server, `chat.bsky.convo.${name}`, does);
    this.http = server.router.listen(port, '127.0.0.1');
  }

  offer(server, nsid, does) {
    const auth = async ({ req }) => {
      const token = (req.headers.authorization ?? '').replace('Bearer ', '');
      if (!token) throw new AuthRequiredError();
      const { iss } = await verifyJwt(token, this.did, nsid, (did, anew) => this.ids.did.resolveAtprotoKey(did, anew));
      return { credentials: { did: iss } };
    };
    server.method(nsid, {
      auth,
      handler: async ({ auth: { credentials }, params, input, req }) => {
        this.asked.push([nsid, credentials.did]);
        const at = this.faults.findIndex(({ method }) => nsid.endsWith(method));
        const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
        if (fault?.what === '429') throw new XRPCError(429, 'Too many', 'RateLimitExceeded');
        if (fault?.what === '503') throw new XRPCError(503, 'Down', 'InternalServerError');
        if (fault?.what === 'closed') throw new InvalidRequestError('recipient has disabled incoming messages');
        const body = does({ me: credentials.did, ...params, ...input?.body });
        if (fault?.what === 'lost') req.socket.destroy();
        return { encoding: 'application/json', body };
      },
    });
  }

  talk(id, me) {
    const convo = this.convos.get(id);
    if (!convo?.members.includes(me)) throw new InvalidRequestError('no such talk', 'InvalidConvo');
    return convo;
  }

  between(me, other) {
    const found = [...this.convos.values()].find(({ members }) => members.includes(me) && members.includes(other));
    if (found) return found;
    const convo = { id: TID.nextStr(), rev: TID.nextStr(), members: [me, other], messages: [], accepted: new Set([me]), read: {} };
    this.convos.set(convo.id, convo);
    return convo;
  }

  shown(message, me) {
    const { id, rev, text, facets, reactions, sender, sentAt } = message;
    if (message.hiddenFrom.has(me)) return { $type: type('deletedMessageView'), id, rev, sender, sentAt };
    return { $type: type('messageView'), id, rev, text, facets, reactions, sender, sentAt };
  }

  view(convo, me) {
    const last = convo.messages.at(-1);
    const unread = convo.messages.filter(({ id, sender }) => sender.did !== me && id > (convo.read[me] ?? ''));
    return {
      id: convo.id, rev: convo.rev, muted: false, unreadCount: unread.length, status: convo.accepted.has(me) ? 'accepted' : 'request',
      members: convo.members.map((did) => ({ did, handle: this.handleOf(did) })), kind: { $type: type('directConvo') },
      ...(last && { lastMessage: this.shown(last, me) }),
    };
  }

  /** A page behind the cursor, which is how many were shown. */
  page(list, limit, cursor = '0') {
    const start = Number(cursor), end = start + limit;
    return { list: list.slice(start, end), cursor: end < list.length ? String(end) : undefined };
  }

  methods() {
    return {
      listConvos: ({ me, limit = 50, cursor }) => {
        const mine = [...this.convos.values()].filter(({ members }) => members.includes(me)).sort((a, b) => (a.rev < b.rev ? 1 : -1));
        const page = this.page(mine, limit, cursor);
        return { cursor: page.cursor, convos: page.list.map((convo) => this.view(convo, me)) };
      },
      getConvoForMembers: ({ me, members }) => ({ convo: this.view(this.between(me, members.find((did) => did !== me)), me) }),
      acceptConvo: ({ me, convoId }) => {
        const convo = this.talk(convoId, me);
        if (convo.accepted.has(me)) return {};
        convo.accepted.add(me);
        convo.rev = TID.nextStr();
        return { rev: convo.rev };
      },
      getMessages: ({ me, convoId, limit = 50, cursor }) => {
        const page = this.page(this.talk(convoId, me).messages.toReversed(), limit, cursor);
        return { cursor: page.cursor, messages: page.list.map((message) => this.shown(message, me)) };
      },
      sendMessage: ({ me, convoId, message }) => {
        const convo = this.talk(convoId, me);
        if (!convo.accepted.has(me)) throw new InvalidRequestError('not accepted');
        const made = { ...message, id: TID.nextStr(), rev: TID.nextStr(), sender: { did: me }, sentAt: new Date().toISOString(), hiddenFrom: new Set(), reactions: [] };
        convo.messages.push(made);
        convo.rev = made.rev;
        const { $type, ...plain } = this.shown(made, me);
        return plain;
      },
      updateRead: ({ me, convoId, messageId }) => {
        const convo = this.talk(convoId, me);
        convo.read[me] = messageId ?? convo.messages.at(-1)?.id;
        return { convo: this.view(convo, me) };
      },
      deleteMessageForSelf: ({ me, convoId, messageId }) => {
        const convo = this.talk(convoId, me);
        const message = convo.messages.find(({ id }) => id === messageId);
        message.hiddenFrom.add(me);
        convo.rev = TID.nextStr();
        const { $type, ...plain } = this.shown(message, me);
        return plain;
      },
      addReaction: ({ me, convoId, messageId, value }) => {
        const convo = this.talk(convoId, me);
        const message = convo.messages.find(({ id }) => id === messageId);
        message.reactions.push({ value, sender: { did: me }, createdAt: new Date().toISOString() });
        convo.rev = TID.nextStr();
        const { $type, ...plain } = this.shown(message, me);
        return { message: plain };
      },
    };
  }
}
