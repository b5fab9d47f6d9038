/** What was said, oldest first. Elements that did not change stay, and keep their focus. */
import { reason, type Refusal } from './call.ts';
import { h, icon, withLinks } from './dom.ts';
import type { Chat, Message } from './protocol.ts';
import type { Outgoing, Talk } from './talk.ts';
import { clock, day, size } from './when.ts';
import { currentLanguage, t } from './words.ts';

/** So near to the end that new messages may pull the view along. */
const NEAR_PX = 60;

interface Shown {
  element: HTMLElement;
  mark: string;
}

export class Log {
  root: HTMLElement;
  #list = h('ol', {});
  #older: HTMLButtonElement;
  #down: HTMLButtonElement;
  #scroller: HTMLElement;
  #shown = new Map<string, Shown>();
  #talk: Talk;
  #changing = '';
  /** New messages pull the view along while it is at its end. */
  #follows = true;

  constructor(chat: Chat, talk: Talk, looked: () => void) {
    this.#talk = talk;
    this.#older = h('button', { type: 'button', class: 'older', click: () => void this.#loadOlder() }, t('older'));
    this.#down = h('button', { type: 'button', class: 'down', click: () => this.toEnd() }, icon('down'), t('unread'));
    const greeting = chat.greeting[currentLanguage()] || t('greeting.default');
    this.#scroller = h(
      'div',
      { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': t('talk'), tabindex: '0', scroll: () => this.#looked(looked) },
      this.#older,
      h('p', { class: 'greeting' }, greeting),
      h('p', { class: 'privacy' }, t('privacy', { title: chat.title })),
      this.#list,
    );
    this.root = h('div', { class: 'talk' }, this.#scroller, this.#down);
    this.#down.hidden = true;
    // What appears below (the status, a keyboard) must not cover the newest words.
    new ResizeObserver(() => {
      if (this.#follows) this.toEnd();
    }).observe(this.#scroller);
  }

  get atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  toEnd(): void {
    this.#follows = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #looked(looked: () => void): void {
    this.#follows = this.atEnd;
    if (!this.#follows) return;
    this.#down.hidden = true;
    looked();
  }

  async #loadOlder(): Promise<void> {
    const before = this.#scroller.scrollHeight;
    try {
      await this.#talk.older();
      this.#scroller.scrollTop += this.#scroller.scrollHeight - before;
    } catch {
      // the button stays: it can be tried again
    }
  }

  update(): void {
    const wanted: [string, string, () => HTMLElement][] = [];
    let date = '';
    for (const message of this.#talk.messages) {
      if (day(message.at) !== date) {
        date = day(message.at);
        const words = date;
        wanted.push([`day ${words}`, words, () => h('li', { class: 'day' }, words)]);
      }
      wanted.push([message.client_id ?? message.id, this.#mark(message), () => this.#message(message)]);
    }
    for (const one of this.#talk.outgoing) {
      wanted.push([one.client_id, `${one.state} ${one.failed}`, () => this.#outgoing(one)]);
    }
    this.#place(wanted);
    this.#older.hidden = !this.#talk.hasOlder;
    if (this.#follows) this.toEnd();
    this.#down.hidden = this.atEnd || this.#talk.unread === 0;
  }

  #mark(message: Message): string {
    const changing = this.#changing === message.client_id && message.client_id ? 'changing' : '';
    return ['arrived', message.edited_at, message.removed_at, changing, message.files.length].join(' ');
  }

  #place(wanted: [string, string, () => HTMLElement][]): void {
    const keys = new Set(wanted.map(([key]) => key));
    for (const [key, { element }] of this.#shown) {
      if (keys.has(key)) continue;
      element.remove();
      this.#shown.delete(key);
    }
    let at: ChildNode | null = this.#list.firstChild;
    for (const [key, mark, make] of wanted) {
      const old = this.#shown.get(key);
      let element = old?.element;
      if (!element || old!.mark !== mark) {
        const made = make();
        if (element === at && at) at = at.nextSibling;
        element?.remove();
        element = made;
        this.#shown.set(key, { element, mark });
      }
      if (element === at) at = at.nextSibling;
      else this.#list.insertBefore(element, at);
    }
  }

  #message(message: Message): HTMLElement {
    const mine = message.from === 'visitor';
    const item = h('li', { class: mine ? 'mine' : 'theirs' });
    if (mine && message.client_id && this.#changing === message.client_id) {
      item.append(this.#editor(message));
      return item;
    }
    const words = message.removed_at
      ? h('p', { class: 'bubble gone' }, t('removed'))
      : h('div', { class: 'bubble' }, ...this.#said(message));
    const facts = [clock(message.at)];
    if (!mine && message.name) facts.unshift(message.name);
    if (message.automatic) facts.push(t('automatic'));
    if (message.edited_at && !message.removed_at) facts.push(t('edited'));
    if (mine && !message.removed_at) facts.push(t(message.by_mail ? 'state.mail' : 'state.arrived'));
    item.append(words, h('p', { class: 'facts' }, mine && h('span', { class: 'spoken' }, `${t('you')}, `), facts.join(' · '), mine && message.client_id && !message.removed_at ? this.#actions(message) : ''));
    return item;
  }

  #said(message: Message): (Node | string)[] {
    const parts: (Node | string)[] = message.body ? [h('p', { class: 'words' }, ...withLinks(message.body))] : [];
    for (const file of message.files) parts.push(this.#file(file));
    return parts;
  }

  #file(file: Message['files'][number]): HTMLElement {
    const problem = h('span', { role: 'alert' });
    const button = h(
      'button',
      {
        type: 'button',
        class: 'file',
        'aria-label': t('download', { name: file.name, size: size(file.size) }),
        click: () => {
          problem.textContent = '';
          this.#talk.file(file.id).then(
            (blob) => save(blob, file.name),
            () => void (problem.textContent = t('download.failed')),
          );
        },
      },
      icon('attach'),
      h('span', { class: 'clip' }, file.name),
      h('span', { class: 'size' }, size(file.size)),
    );
    return h('p', {}, button, problem);
  }

  #actions(message: Message): HTMLElement {
    const menu = h('span', { class: 'menu', hidden: true });
    const more = h(
      'button',
      {
        type: 'button',
        class: 'quiet small',
        'aria-label': t('more'),
        'aria-expanded': 'false',
        click: () => {
          menu.hidden = !menu.hidden;
          more.setAttribute('aria-expanded', String(!menu.hidden));
        },
      },
      icon('more'),
    );
    if (message.body) menu.append(h('button', { type: 'button', class: 'link', click: () => this.#change(message.client_id!) }, t('edit')));
    menu.append(
      h('button', { type: 'button', class: 'link', click: () => void this.#takeBack(message, menu) }, t('remove')),
    );
    return h('span', {}, more, menu);
  }

  async #takeBack(message: Message, menu: HTMLElement): Promise<void> {
    try {
      await this.#talk.takeBack(message.client_id!);
    } catch {
      menu.append(h('span', { class: 'alarm', role: 'alert' }, t('trouble')));
    }
  }

  #change(clientId: string): void {
    this.#changing = clientId;
    this.update();
    this.#list.querySelector('textarea')?.focus();
  }

  #editor(message: Message): HTMLElement {
    const text = h('textarea', { rows: '3', 'aria-label': t('edit') });
    text.value = message.body;
    const problem = h('p', { class: 'alarm', role: 'alert' });
    const leave = (): void => {
      this.#change('');
      this.#scroller.focus();
    };
    return h(
      'form',
      {
        class: 'editor',
        keydown: (event) => {
          if ((event as KeyboardEvent).key !== 'Escape') return;
          event.preventDefault(); // leaves the change, not the chat
          leave();
        },
        submit: (event) => {
          event.preventDefault();
          if (!text.value.trim() || text.value === message.body) return leave();
          this.#talk.edit(message.client_id!, text.value).then(leave, (refusal: Refusal) => {
            problem.textContent = refusal.isPassing ? t('trouble') : reason(refusal.status);
          });
        },
      },
      text,
      h('button', {}, t('edit.save')),
      h('button', { type: 'button', class: 'link', click: leave }, t('edit.cancel')),
      problem,
    );
  }

  #outgoing(one: Outgoing): HTMLElement {
    const words = h('div', { class: 'bubble' }, one.body ? h('p', { class: 'words' }, one.body) : '');
    for (const file of one.files) words.append(h('p', { class: 'clip' }, file.name));
    const facts = h('p', { class: 'facts' }, t(one.state === 'waiting' && one.onlyHere ? 'state.waiting.page' : `state.${one.state}`, { reason: one.failed && reason(one.failed) }));
    if (one.state === 'failed') {
      facts.classList.add('alarm');
      facts.append(
        ' ',
        h('button', { type: 'button', class: 'link', click: () => this.#talk.retry(one.client_id) }, t('retry')),
        ' ',
        h('button', { type: 'button', class: 'link', click: () => this.#talk.discard(one.client_id) }, t('discard')),
      );
    }
    return h('li', { class: `mine ${one.state}` }, words, facts);
  }
}

function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
