/**
 * /widget.js: one script tag that brings the chat to any page.
 *
 *   <script async src="https://draht.example/widget.js" data-channel="17"></script>
 *
 * Everything people see, the button too, lives in a frame from Draht's own origin. The
 * other way is a closed shadow root in the page: one request less, and no frame for
 * screen readers to announce. But a shadow root shares the page's realm. Whoever replaced
 * `fetch`, `JSON` or a prototype before it reads every word and the visitor's key; the
 * page's Content-Security-Policy would have to allow our address for connections; and
 * all of our answers would have to be readable by other origins. A frame has a realm, a
 * storage and a policy of its own: no script and no style of the page gets in, the page
 * needs no more than `script-src` and `frame-src`, and the browser itself keeps the
 * frame off pages that the channel does not allow (frame-ancestors).
 *
 * So this file only makes the frame, keeps its place and size, and tells it over a
 * private port where it is and who is logged in. It runs among the page's scripts and
 * uses as little of what they may have changed as it can.
 */
import { NARROW, type FromFrame, type Hello, type Page, type ToFrame, type User } from './protocol.ts';

const CHANNEL = /^[0-9]{1,19}$/;
/** A page that takes foreign elements out gets the frame back so often, no more. */
const MAX_RETURNS = 20;

const FIXED =
  'all: initial !important; display: block !important; position: fixed !important;' +
  'border: 0 !important; margin: 0 !important; padding: 0 !important; max-width: none !important;' +
  'max-height: none !important; min-width: 0 !important; min-height: 0 !important;' +
  'background: transparent !important; color-scheme: light dark !important; z-index: 2147483647 !important;' +
  'transition: none !important; animation: none !important;';

function start(script: HTMLScriptElement): void {
  const channel = script.dataset.channel ?? '';
  if (!CHANNEL.test(channel)) {
    console.warn('Draht web chat: data-channel must be the number of the channel');
    return;
  }
  const origin = new URL(script.src).origin;
  const keepKey = `draht-webchat:${channel}`;
  const frame = document.createElement('iframe');
  const narrow = window.matchMedia(NARROW);
  let user: User = {
    id: script.dataset.user ?? '',
    name: script.dataset.userName ?? '',
    signature: script.dataset.userSignature ?? '',
  };
  let looks: FromFrame['looks'] = { size: 'hidden', left: false, button: 0 };
  let port: MessagePort | null = null;

  function place(): void {
    const side = looks!.left ? 'left' : 'right';
    let box = 'visibility: hidden !important; width: 1px !important; height: 1px !important; bottom: 0 !important;';
    if (looks!.size === 'closed') {
      const edge = `${looks!.button}px`;
      box = `width: ${edge} !important; height: ${edge} !important; bottom: 0 !important; ${side}: 0 !important;`;
    } else if (looks!.size === 'open' && narrow.matches) {
      // What the keyboard of a phone leaves free.
      const view = window.visualViewport;
      const height = view ? `${view.height}px` : '100%';
      box = `width: 100% !important; height: ${height} !important; top: ${view?.offsetTop ?? 0}px !important; left: 0 !important;`;
    } else if (looks!.size === 'open') {
      box =
        `width: 424px !important; height: 680px !important; max-width: 100vw !important; max-height: 100vh !important;` +
        `bottom: 0 !important; ${side}: 0 !important;`;
    }
    frame.style.cssText = FIXED + box;
  }

  const page = (): Page => ({
    url: location.origin + location.pathname,
    title: document.title,
    lang: script.dataset.lang || document.documentElement.lang || navigator.language || '',
    narrow: narrow.matches,
  });
  const tell = (message: ToFrame): void => port?.postMessage(message);

  function hear(message: FromFrame): void {
    if (message.looks) {
      looks = message.looks;
      place();
    }
    if (message.wantPage) tell({ page: page() });
    if (message.problem) console.warn(`Draht web chat: ${message.problem}`);
    // Only where the browser gives the frame no storage of its own.
    if (message.keep !== undefined) {
      try {
        localStorage.setItem(keepKey, message.keep);
      } catch {
        // neither has the page: the chat lasts as long as the page
      }
    }
  }

  function kept(): string {
    try {
      return localStorage.getItem(keepKey) ?? '';
    } catch {
      return '';
    }
  }

  function greet(): void {
    const ends = new MessageChannel();
    port = ends.port1;
    port.onmessage = (event: MessageEvent<FromFrame>) => hear(event.data);
    const hello: Hello = { draht: 1, page: page(), user, kept: kept() };
    frame.contentWindow?.postMessage(hello, origin, [ends.port2]);
  }

  frame.src = `${origin}/webchat/${channel}`;
  frame.title = 'Chat';
  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-same-origin allow-forms allow-downloads allow-popups allow-popups-to-escape-sandbox',
  );
  frame.onload = greet;
  place();
  // Beside <body>: a page that exchanges its body keeps the chat.
  const root = document.documentElement;
  root.appendChild(frame);
  let returns = MAX_RETURNS;
  new MutationObserver(() => {
    if (!frame.isConnected && returns-- > 0) root.appendChild(frame);
  }).observe(root, { childList: true });

  narrow.onchange = () => {
    place();
    tell({ page: page() });
  };
  if (window.visualViewport) window.visualViewport.onresize = place;

  /** For the page's own scripts: a link that opens the chat, a login without a reload. */
  Object.defineProperty(window, 'drahtChat', {
    value: Object.freeze({
      open: () => tell({ open: true }),
      close: () => tell({ open: false }),
      identify(next: Partial<User> | null) {
        user = { id: next?.id ?? '', name: next?.name ?? '', signature: next?.signature ?? '' };
        tell({ user });
      },
    }),
    configurable: true,
  });
}

const self =
  document.currentScript ?? document.querySelector('script[data-channel][src$="/widget.js"]');
if (self instanceof HTMLScriptElement) start(self);
