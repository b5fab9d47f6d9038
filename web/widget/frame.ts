/**
 * The frame of the chat: the button, and what brings up the rest.
 *
 * This part is loaded with every page that has the chat, so it is small. The talk itself
 * (panel.ts) comes when somebody opens the chat, or when there is one already.
 */
import { call, CHANNEL, identify } from './call.ts';
import type { Panel } from './panel.ts';
import type { Chat, FromFrame, Hello, Page, ToFrame, User } from './protocol.ts';
import { Store } from './store.ts';
import { languageOf, setLanguage, t } from './words.ts';

const BUTTON_PX = 84;
const FRESH_MS = 60_000;

let port: MessagePort;
let page: Page;
let user: User;
let kept = '';
let chat: Chat | null = null;
let store: Store;
let panel: Panel | null = null;
let open = false;
let unread = 0;
let askedAt = 0;
let pageCame: ((page: Page) => void)[] = [];

const main = document.createElement('main');
const button = document.createElement('button');
button.type = 'button';
button.className = 'launcher';
button.innerHTML =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3c5.2 0 9 3.4 9 7.8s-3.8 7.8-9 7.8c-1 0-2-.1-2.9-.4L4.4 21l.9-4.2C3.9 15.3 3 13.2 3 10.8 3 6.4 6.800 3 12 3z"/></svg>';
const badge = document.createElement('span');
badge.className = 'unread';
badge.hidden = true;
button.append(badge);
const heading = document.createElement('h1'); // while the chat is closed; the open one has its own
heading.className = 'spoken';
button.onclick = () => show(true);
main.append(heading, button);

const tell = (message: FromFrame): void => port.postMessage(message);

function looks(): void {
  const size = !chat?.available ? 'hidden' : open ? 'open' : 'closed';
  tell({ looks: { size, left: chat?.left ?? false, button: BUTTON_PX } });
}

/** Black or white, whichever can be read on the colour. */
function contrast(colour: string): string {
  const part = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

function paint(): void {
  const root = document.documentElement;
  root.style.setProperty('--accent', chat!.colour);
  root.style.setProperty('--on-accent', contrast(chat!.colour));
  root.classList.toggle('left', chat!.left);
  root.classList.toggle('narrow', page.narrow);
  root.classList.toggle('open', open);
  const many = unread === 1 ? 'button.open.unread.one' : 'button.open.unread';
  button.setAttribute('aria-label', unread ? t(many, { n: unread }) : t('button.open'));
  button.setAttribute('aria-expanded', String(open));
  badge.hidden = unread === 0;
  badge.textContent = unread > 99 ? '99+' : String(unread);
  document.title = heading.textContent = t('frame.title', { title: chat!.title });
  heading.hidden = open;
}

const who = (): Record<string, string> => identify(chat?.identity === 'signed' ? user : NOBODY, store.key);
const NOBODY: User = { id: '', name: '', signature: '' };

/** Where the page is now: its scripts may have gone elsewhere without loading. */
function whereNow(): Promise<Page> {
  return new Promise((done) => {
    const timer = setTimeout(() => done(page), 300);
    pageCame.push((now) => {
      clearTimeout(timer);
      done(now);
    });
    tell({ wantPage: true });
  });
}

/** A page may lie open for hours: what is said about answers is asked again. */
async function refresh(): Promise<void> {
  if (Date.now() - askedAt < FRESH_MS) return;
  askedAt = Date.now();
  try {
    panel?.expect(await call<Chat>('GET', '', identify(user, '')));
  } catch {
    askedAt = 0; // with the next opening
  }
}

async function bring(): Promise<Panel> {
  if (!panel) {
    const part = await import('./panel.ts');
    panel ??= part.build({
      chat: chat!,
      store,
      who,
      name: user.name,
      where: whereNow,
      close: () => show(false),
      unread: (n) => {
        unread = n;
        paint();
      },
    });
    if (!panel.root.isConnected) main.append(panel.root);
  }
  return panel;
}

async function show(wanted: boolean): Promise<void> {
  if (!chat?.available || wanted === open) return;
  open = wanted;
  if (wanted) {
    // The rest of the talk is fetched before it has a place, so that nothing jumps.
    try {
      const part = await bring();
      if (!open) return;
      looks();
      paint();
      part.shown(true);
      void refresh();
    } catch {
      open = false; // no network: the button stays, and works again with it
    }
    return;
  }
  panel?.shown(false);
  paint();
  looks();
  button.focus();
}

/** Ask what to show to this visitor, and show it. */
async function begin(): Promise<void> {
  const lang = languageOf(page.lang);
  setLanguage(lang);
  document.documentElement.lang = lang;
  store = new Store(CHANNEL, user.id, kept, (text) => tell({ keep: text }));
  chat = await call<Chat>('GET', '', identify(user, ''));
  askedAt = Date.now();
  if (chat.identity_problem) {
    tell({ problem: chat.identity_problem });
    store = new Store(CHANNEL, '', kept, (text) => tell({ keep: text }));
  }
  if (!main.isConnected) document.body.append(main);
  paint();
  looks();
  if (chat.available && Object.keys(who()).length > 0) await bring();
}

/** Somebody else is logged in, or nobody any more. */
async function becomes(next: User): Promise<void> {
  if (next.id === user.id && next.signature === user.signature) return;
  user = next;
  panel?.end();
  panel?.root.remove();
  panel = null;
  unread = 0;
  const wasOpen = open;
  open = false;
  await begin();
  if (wasOpen) await show(true);
}

const WAITS_MS = [2000, 5000, 15_000, 60_000];

async function persist(work: () => Promise<void>): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      return await work();
    } catch (failure) {
      const status = (failure as { status?: number }).status ?? 0;
      if (status >= 400 && status < 500 && status !== 429) return; // there is no such chat
    }
    await new Promise((done) => setTimeout(done, WAITS_MS[Math.min(i, WAITS_MS.length - 1)]));
  }
}

function hear(message: ToFrame): void {
  if (message.page) {
    page = message.page;
    if (chat) paint();
    for (const came of pageCame.splice(0)) came(page);
  }
  if (message.user) void persist(() => becomes(message.user!));
  if (message.open !== undefined) void show(message.open);
}

addEventListener('message', (event: MessageEvent<Partial<Hello> | null>) => {
  const hello = event.data;
  if (event.source !== parent || hello?.draht !== 1 || !event.ports[0] || port) return;
  port = event.ports[0];
  page = hello.page!;
  user = hello.user!;
  kept = hello.kept ?? '';
  port.onmessage = (more: MessageEvent<ToFrame>) => hear(more.data);
  pageCame = [];
  void persist(begin);
});
