/** Where a message is written: the draft is kept, Enter sends, files come along. */
import { h, icon } from './dom.ts';
import type { Chat } from './protocol.ts';
import type { Pending, Store } from './store.ts';
import { size } from './when.ts';
import { t } from './words.ts';

/** Say how much room is left from here on. */
const NEAR_LIMIT = 500;

export class Composer {
  root: HTMLFormElement;
  #text = h('textarea', { id: 'text', rows: '1', placeholder: t('write.hint'), autocomplete: 'off' });
  #files = h('ul', { class: 'chosen', hidden: true });
  #picker = h('input', { type: 'file', multiple: true, class: 'spoken', tabindex: '-1', 'aria-hidden': 'true' });
  #problem = h('p', { class: 'alarm', role: 'alert' });
  #left = h('p', { class: 'facts', role: 'status' });
  #send: HTMLButtonElement;
  #chosen: File[] = [];
  #chat: Chat;
  #store: Store;

  constructor(chat: Chat, store: Store, send: (body: string, files: Pending['files']) => void) {
    this.#chat = chat;
    this.#store = store;
    this.#send = h('button', { class: 'send', 'aria-label': t('send') }, icon('send'));
    const attach = h(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': t('attach'), click: () => this.#picker.click() },
      icon('attach'),
    );
    this.root = h(
      'form',
      { class: 'composer', submit: (event) => (event.preventDefault(), void this.#submit(send)) },
      this.#files,
      h('div', { class: 'line' }, h('label', { for: 'text', class: 'spoken' }, t('write')), attach, this.#text, this.#send),
      this.#picker,
      this.#left,
      this.#problem,
    );
    this.#text.value = store.draft;
    this.#text.addEventListener('input', () => this.#typed());
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.root.requestSubmit();
    });
    this.#text.addEventListener('paste', (event) => this.#take(event.clipboardData?.files));
    this.#picker.addEventListener('change', () => {
      this.#take(this.#picker.files);
      this.#picker.value = '';
    });
    // Another tab of the same site writes on.
    store.onchange(() => {
      if (document.activeElement !== this.#text) this.#text.value = store.draft;
    });
    this.#typed();
  }

  focus(): void {
    this.#text.focus();
  }

  #typed(): void {
    const left = this.#chat.limits.text - [...this.#text.value].length;
    if (this.#text.value || this.#store.draft) this.#store.draft = this.#text.value;
    if (this.#text.value) this.#problem.textContent = '';
    this.#left.textContent =
      left < 0 ? t('text.long', { n: -left }) : left < NEAR_LIMIT ? t('text.left', { n: left }) : '';
    this.#send.disabled = left < 0 || (!this.#text.value.trim() && this.#chosen.length === 0);
    this.#text.style.height = 'auto';
    this.#text.style.height = `${Math.min(this.#text.scrollHeight, 140)}px`;
  }

  #take(files: FileList | null | undefined): void {
    if (!files || files.length === 0) return;
    const { limits } = this.#chat;
    const all = [...this.#chosen, ...files];
    this.#problem.textContent = '';
    if (all.length > limits.files) this.#problem.textContent = t('attach.many', { n: limits.files });
    else if (all.reduce((sum, file) => sum + file.size, 0) > limits.file_bytes)
      this.#problem.textContent = t('attach.large', { size: size(limits.file_bytes) });
    else this.#chosen = all;
    this.#showFiles();
  }

  #showFiles(): void {
    this.#files.replaceChildren(
      ...this.#chosen.map((file) =>
        h(
          'li',
          {},
          h('span', { class: 'clip' }, `${file.name} (${size(file.size)})`),
          h(
            'button',
            {
              type: 'button',
              class: 'quiet small',
              'aria-label': t('attach.remove', { name: file.name }),
              click: () => {
                this.#chosen = this.#chosen.filter((other) => other !== file);
                this.#showFiles();
                this.focus();
              },
            },
            icon('close'),
          ),
        ),
      ),
    );
    this.#files.hidden = this.#chosen.length === 0;
    this.#typed();
  }

  async #submit(send: (body: string, files: Pending['files']) => void): Promise<void> {
    if (this.#send.disabled) return;
    const body = this.#text.value.trim();
    const files: Pending['files'] = [];
    for (const file of this.#chosen) {
      try {
        files.push({ name: file.name || 'file', mime: file.type, base64: await base64(file) });
      } catch {
        this.#problem.textContent = t('attach.unread', { name: file.name });
        return;
      }
    }
    this.#text.value = '';
    this.#chosen = [];
    this.#problem.textContent = '';
    this.#showFiles();
    send(body, files);
    this.focus();
  }
}

function base64(file: File): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}
