/** The messages of a thread as a flat tree, and what in it still wants an answer. Pure. */

import type { Message } from './types.ts';

/** The thread's tree, and after it what only this conversation has (private messages). What is not new stays the same
 * object: nobody has to draw it again. */
export function merge(tree: Message[], own: Message[]): Message[] {
  const newer = new Map(own.map((message) => [message.id, message]));
  const inTree = new Set(tree.map((message) => message.id));
  return [
    ...tree.map((message) => {
      const own = newer.get(message.id);
      return own ? { ...message, ...own, depth: message.depth } : message;
    }),
    ...own.filter((message) => !inTree.has(message.id)),
  ];
}

/** Put a message where it belongs: in its place, below what it answers, or at the end. */
export function place(tree: Message[], message: Message): Message[] {
  const known = tree.findIndex((one) => one.id === message.id);
  if (known >= 0) {
    return tree.map((one, index) => (index === known ? { ...message, depth: one.depth } : one));
  }
  const above = tree.findIndex((one) => one.id === message.parent_id);
  if (above < 0) return [...tree, { ...message, depth: 0 }];
  const depth = (tree[above].depth ?? 0) + 1;
  let end = above + 1;
  while (end < tree.length && (tree[end].depth ?? 0) >= depth) end++;
  return [...tree.slice(0, end), { ...message, depth }, ...tree.slice(end)];
}

const isReaction = (message: Message) =>
  message.direction === 'out' && !message.automatic && !['cancelled', 'failed', 'held'].includes(message.outbox?.state ?? '');

/** The oldest message of this conversation that nobody of us has answered yet. */
export function unanswered(messages: Message[], conversationId: string): Message | undefined {
  const own = messages
    .filter((message) => message.conversation_id === conversationId)
    .sort((a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at));
  const last = own.findLastIndex(isReaction);
  return own.slice(last + 1).find((message) => message.direction === 'in' && !message.removed_at);
}

/** What the eye should meet first: the unanswered one, else the newest of this conversation. */
export function focusOf(messages: Message[], conversationId: string): Message | undefined {
  return (
    unanswered(messages, conversationId) ??
    messages.findLast((message) => message.conversation_id === conversationId)
  );
}
