/** English texts of what networks count: of posts and of accounts. */

import type { Message } from '../lib/message.ts';
import type { measuredDe } from './measured-de.ts';

export const measuredEn: Record<keyof typeof measuredDe, Message> = {
  'measured.likes': { one: '{n} like', other: '{n} likes' },
  'measured.shares': { one: '{n} share', other: '{n} shares' },
  'measured.quotes': { one: '{n} quote', other: '{n} quotes' },
  'measured.replies': { one: '{n} answer', other: '{n} answers' },
  'measured.views': { one: '{n} view', other: '{n} views' },
  'measured.at': 'measured {since} ago',
  'measured.not_given': 'The network says nothing about: {kinds}.',
  'counted.likes': 'likes',
  'counted.shares': 'shares',
  'counted.quotes': 'quotes',
  'counted.replies': 'answers',
  'counted.views': 'views',
  'answers.differ': 'The network counts {network} answers, here are {here}.',
  'answers.hidden': 'Of these hidden or held back: {n}.',
  'answers.removed': 'Of these removed there: {n}.',
  'answers.fewer': 'What is missing may be held, hidden or deleted there, or come from accounts that do not show us what they write.',
  'answers.more': 'What is missing there may have been removed or hidden there; here it stays.',
  'followers.title': 'Who follows us',
  'followers.channel': 'Channel',
  'followers.now': { one: '{n} person or account follows us', other: '{n} follow us' },
  'followers.change': '{change} since {day}',
  'followers.note': 'Measured, once a day. The number alone says little: it is the denominator when the question is how many take part.',
  'followers.not_given': 'This network does not say how many follow us. That is not the same as nobody.',
  'followers.none_yet': 'Not measured yet. That happens once a day.',
  'followers.failed': 'Measuring has failed since {time}: {why}',
  'followers.days': 'Day by day',
  'followers.day': 'Day',
  'followers.number': 'Follow us',
};
