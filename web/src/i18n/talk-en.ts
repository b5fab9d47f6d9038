/** English texts around answering. */

import type { Message } from '../lib/message.ts';
import type { talkDe } from './talk-de.ts';

export const talkEn: Record<keyof typeof talkDe, Message> = {
  // Keys and preferences
  'keys.everywhere': 'Everywhere',
  'keys.lists': 'In lists',
  'keys.conversation': 'In a conversation',
  'keys.writing': 'While writing',
  'keys.palette': 'Commands and search',
  'keys.undo': 'Undo the last change',
  'keys.mine': 'My conversations',
  'keys.reports': 'Figures',
  'keys.settings': 'Settings',
  'keys.next_talk': 'next conversation',
  'keys.previous_talk': 'previous conversation',
  'keys.unanswered': 'go to the unanswered message',
  'keys.note': 'write an internal note',
  'keys.snooze': 'put off',
  'keys.close': 'close without an answer',
  'keys.merge': 'merge with another',
  'keys.person': 'page of the person',
  'keys.send': 'send',
  'keys.leave': 'leave the text field',
  'preferences.title': 'Ways of working',
  'preferences.single_keys': 'Single keys are commands',
  'preferences.undo': 'Time to take a reply back',
  'preferences.undo.help': 'After sending, a reply waits this long before it leaves Draht. Solving, closing and merging can be undone for as long.',
  'preferences.undo.never': 'none: everything counts at once',
  'preferences.undo.seconds': { one: '{n} second', other: '{n} seconds' },

  // The login ends in the middle of work
  'expired.title': 'Log in once more',
  'expired.what': 'The login has ended. What was typed is still here.',
  'expired.todo': 'The login has ended. After logging in, work goes on right here; nothing is sent by itself.',
  'expired.other': 'Log in with another account',
};
