/** Elements from code: text is always text, never markup. */

type Props = Record<string, string | boolean | ((event: Event) => void) | undefined>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: (Node | string | false | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (typeof value === 'boolean') element.toggleAttribute(name, value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== false && child !== null));
  return element;
}

const ICONS = {
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M4 12l16-8-5 16-3-7z',
  attach: 'M8 12.500l6-6a3 3 0 014.300 4.300l-8 8a5 5 0 01-7-7l7.500-7.500',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  down: 'M12 5v14M6 13l6 6 6-6',
} as const;

export function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A text with its addresses of https as links; everything else stays as it was written. */
export function withLinks(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']+/g)) {
    const address = found[0].replace(/[.,;:!?)\]]+$/, '');
    if (!URL.canParse(address)) continue;
    parts.push(text.slice(from, found.index));
    parts.push(h('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, address));
    from = found.index + address.length;
  }
  parts.push(text.slice(from));
  return parts;
}
