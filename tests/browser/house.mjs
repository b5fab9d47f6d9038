/** house.mjs - a workspace that is at work already: two people, a department, a channel. */
import { Api } from './api.mjs';
import { person } from './browser.mjs';
import { startPeer, startServer } from './server.mjs';

export const PASSWORD = 'Grüner Draht 27 hält';
const ALWAYS = { time_zone: 'Europe/Berlin', slots: [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: '00:00', until: '24:00' })) };

/** A server that was set up by its interface for programs; `admin` is its first account. */
export async function workspace(options = {}, organisation = 'Stadtwerke Musterstadt') {
  const server = await startServer(options);
  const admin = new Api(server.url);
  await admin.post('/setup', {
    token: new URL(server.setup).searchParams.get('token'),
    workspace_name: organisation,
    name: 'Anna Weber',
    email: 'anna@example.org',
    password: PASSWORD,
    language: 'de',
    time_zone: 'Europe/Berlin',
  });
  return { server, admin };
}

/** An invited colleague who has taken the invitation, and whose replies leave without approval. */
export async function colleague({ server, admin }, { name = 'Ben Okafor', email = 'ben@example.org', role = 'agent' } = {}) {
  const invited = await admin.post('/users', { name, email, role, trained: true });
  const api = new Api(server.url);
  await api.post(`/links/${new URL(invited.invitation_url, server.url).searchParams.get('token')}`, { password: PASSWORD });
  return api;
}

/** A page in a browser of its own where the caller is logged in. */
export async function loggedIn(api, options = {}) {
  const page = await person(api.url, options);
  await api.lendTo(page.context());
  return page;
}

/** A channel to a program of ours: {server, id, secret, address}, as inbound() wants it. */
export async function channelTo({ server, admin }, peer, more = {}) {
  const made = await admin.post('/channels', {
    network: 'custom',
    name: 'Nachbarnetz',
    kind_name: 'Messenger Z',
    mode: 'dialogue',
    purpose: 'Fragen zu Strom, Gas und Wasser, öffentlich',
    planned_minutes: 600,
    target_ms: 3_600_000,
    settings: { outbound_url: peer.url },
    ...more,
  });
  return { server, id: made.channel.id, secret: made.signing_secret, address: `${server.url}/api/v1/channels/${made.channel.id}/inbound` };
}

/** {server, admin, peer, channel, department, ben}: all that most tests need. */
export async function house(options = {}) {
  const place = await workspace(options);
  const peer = await startPeer();
  const department = await place.admin.post('/departments', { name: 'Kundendienst', hours: ALWAYS });
  const me = (await place.admin.get('/me')).account;
  const channel = await channelTo(place, peer, { department_id: department.id, owner_id: me.id });
  const ben = await colleague(place);
  return { ...place, peer, department, channel, ben };
}
