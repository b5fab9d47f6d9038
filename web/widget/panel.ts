/** The open chat: what was said, what is being written, and what can be expected. */
import { Composer } from './composer.ts';
import { h, icon } from './dom.ts';
import { Log } from './log.ts';
import { mailOffer } from './mail.ts';
import type { Chat, Message, Page } from './protocol.ts';
import type { Store } from './store.ts';
import { Talk } from './talk.ts';
import { promise, opening } from './when.ts';
import { currentLanguage, t } from './words.ts';

export interface PanelNeeds {
  chat: Chat;
  store: Store;
  who: () => Record<string, string>;
  name: string;
  where: () => Promise<Page>;
  close: () => void;
  unread: (n: number) => void;
}

export interface Panel {
  root: HTMLElement;
  shown: (open: boolean) => void;
  /** What can be expected has changed. */
  expect: (chat: Chat) => void;
  end: () => void;
}

export function build(needs: PanelNeeds): Panel {
  const { chat, store } = needs;
  const talk = new Talk(store, needs.who, needs.where, needs.name);
  let open = false;

  const promised = h('p', { class: 'promise' });
  const heading = h('h1', { id: 'title', tabindex: '-1' }, chat.title);
  const close = h('button', { type: 'button', class: 'quiet', 'aria-label': t('close'), click: needs.close }, icon('close'));
  const status = h('p', { class: 'status', role: 'status' });
  // Said, not shown: what a screen reader should hear without looking for it.
  const live = h('p', { class: 'spoken', 'aria-live': 'polite' });
  const log = new Log(chat, talk, () => seen());
  const composer = new Composer(chat, store, (body, files) => {
    talk.send(body, files);
    log.toEnd();
  });
  const offer = mailOffer(talk);
  const root = h(
    'section',
    { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true },
    h('header', {}, h('div', { class: 'grow' }, heading, promised), close),
    log.root,
    status,
    live,
    offer.root,
    composer.root,
  );
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) needs.close();
  });

  function seen(): void {
    if (open && document.visibilityState === 'visible' && log.atEnd) void talk.saw();
  }

  function say(fresh: Message[]): void {
    const theirs = fresh.filter((message) => message.from === 'us' && !message.removed_at);
    if (theirs.length > 0) {
      live.textContent = theirs.map(({ name, body }) => t('live.message', { name: name ?? '', text: body })).join(' ');
    } else if (fresh.some((message) => message.from === 'visitor')) {
      live.textContent = t('live.arrived');
    }
  }

  function tellStatus(): void {
    let words = '';
    if (!navigator.onLine) words = t('offline');
    else if (!talk.reachable) words = t('trouble');
    else if (talk.answering) words = t('answering');
    else if (talk.solvedAt && talk.outgoing.length === 0) words = t('solved', { when: opening(talk.solvedAt) });
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle('alarm', !navigator.onLine || !talk.reachable);
  }

  function update(fresh: Message[] = []): void {
    log.update();
    tellStatus();
    say(fresh);
    offer.update();
    needs.unread(talk.unread);
    seen();
  }

  promised.textContent = promise(chat);
  talk.onchange = update;
  addEventListener('online', tellStatus);
  addEventListener('offline', tellStatus);
  document.addEventListener('visibilitychange', seen);
  root.lang = currentLanguage();
  update();
  talk.start();

  return {
    root,
    shown(now) {
      open = now;
      root.hidden = !now;
      if (!now) return;
      log.update();
      log.toEnd();
      // On a phone the keyboard would cover what there is to read.
      if (document.documentElement.classList.contains('narrow')) heading.focus();
      else composer.focus();
      seen();
    },
    expect: (now) => void (promised.textContent = promise(now)),
    end: () => talk.end(),
  };
}
