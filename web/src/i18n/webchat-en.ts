/** English texts around networks and the chat on a web page, as colleagues see it. */

import type { Message } from '../lib/message.ts';
import type { webchatDe } from './webchat-de.ts';

export const webchatEn: Record<keyof typeof webchatDe, Message> = {
  'channel.network': 'What do people write with?',
  'network.custom': 'A program of ours',
  'network_help.custom': 'For everything that can send messages to an address: a page, a messenger, another program.',
  'network.webchat': 'Chat on the web page',
  'network_help.webchat': 'A button on our own page. One line of its source is enough; the answer appears there without a reload.',

  'setting.custom_outbound_url': 'Address for replies',
  'setting_help.custom_outbound_url': 'Draht sends our replies there. Empty: replies do not leave Draht.',
  'setting.custom_quiet_ms': 'Quiet time (ms)',
  'setting_help.custom_quiet_ms': 'How long after a missing confirmation we look whether the reply arrived. Empty: 30000.',
  'setting.webchat_title': 'Title',
  'setting_help.webchat_title': 'Stands above the chat. Empty: the name of the organisation.',
  'setting.webchat_greeting_de': 'Greeting (German)',
  'setting_help.webchat_greeting_de': 'Appears when somebody opens the chat. The chat never writes by itself.',
  'setting.webchat_greeting_en': 'Greeting (English)',
  'setting_help.webchat_greeting_en': 'The same for English pages.',
  'setting.webchat_colour': 'Colour',
  'setting_help.webchat_colour': 'Button, head and what visitors write. Letters on it turn light or dark by themselves.',
  'setting.webchat_left': 'Button at the lower left',
  'setting_help.webchat_left': 'Else at the lower right.',
  'setting.webchat_anonymous_staff': 'Without first names',
  'setting_help.webchat_anonymous_staff': 'Visitors see the name of the organisation instead of the first name of who answers.',
  'setting.webchat_allowed_origins': 'Only on these pages',
  'setting_help.webchat_allowed_origins': 'One a line, such as https://shop.example or https://*.shop.example. Empty: everywhere.',
  'setting.colour_usual': 'Usual colour',

  'webchat.tag': 'Put it on a page',
  'webchat.tag.help': 'This line goes into every page that shall show the chat, best right before </head>.',
  'webchat.try': 'Try it',
  'webchat.try.close': 'Close the preview',
  'webchat.try.help': 'This is what the chat looks like. What is written here really arrives in the inbox.',
  'webchat.preview': 'Preview of the chat',
  'webchat.secret': 'Secret for visitors who are logged in',
  'webchat.secret.help': 'Shown only now. With it our own page signs who is logged in there; it belongs on the server, never into the page.',
  'webchat.secret.rotate.help': 'The old one counts for 24 more hours.',

  'webchat.facts': 'Chat on the web page',
  'webchat.page': 'Wrote last from here',
  'webchat.signed': 'Logged in on the page as {user}',
  'webchat.guest': 'Not logged in: known by this browser alone.',
  'webchat.seen': 'Has seen our answers up to {time}.',
  'webchat.unseen': 'Has not seen our last answer yet.',
};
