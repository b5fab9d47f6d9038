/** Server-sent events, read with fetch: any kind of event, resumable. Pure parser first. */

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Cuts what arrives into events. Feed it text; it keeps what is incomplete. An id without
 * data is no event but a place in the log, from which the stream goes on. */
export function eventParser(
  onEvent: (event: ServerEvent) => void,
  onPlace: (id: string) => void = () => {},
): (text: string) => void {
  let rest = '';
  let lastId = '';
  let placed = false;
  let event = '';
  let data: string[] = [];

  function line(text: string): void {
    if (text === '') {
      if (data.length > 0) onEvent({ id: lastId, event: event || 'message', data: data.join('\n') });
      else if (placed) onPlace(lastId);
      placed = false;
      event = '';
      data = [];
      return;
    }
    if (text.startsWith(':')) return; // a comment: the connection is alive
    const colon = text.indexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (name === 'id') {
      lastId = value;
      placed = true;
    } else if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
  }

  return (text) => {
    rest += text;
    // A lone CR at the end may be half of a CRLF: it waits.
    const end = Math.max(rest.lastIndexOf('\n'), rest.slice(0, -1).lastIndexOf('\r'));
    if (end < 0) return;
    const lines = rest.slice(0, end + 1).split(/\r\n|\n|\r/);
    rest = rest.slice(end + 1);
    lines.pop();
    lines.forEach(line);
  };
}

/** How long to wait before the nth try: quick at first, at most half a minute. */
export function pause(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 10));
}
