/** German texts of what networks count: of posts and of accounts. */

import type { Message } from '../lib/message.ts';

export const measuredDe = {
  'measured.likes': { one: '{n} gefällt es', other: '{n} gefällt es' },
  'measured.shares': { one: '{n}-mal geteilt', other: '{n}-mal geteilt' },
  'measured.quotes': { one: '{n}-mal zitiert', other: '{n}-mal zitiert' },
  'measured.replies': { one: '{n} Antwort', other: '{n} Antworten' },
  'measured.views': { one: '{n}-mal gesehen', other: '{n}-mal gesehen' },
  'measured.at': 'gemessen vor {since}',
  'measured.not_given': 'Das Netz sagt dazu nichts: {kinds}.',
  'counted.likes': 'Gefällt mir',
  'counted.shares': 'Teilen',
  'counted.quotes': 'Zitate',
  'counted.replies': 'Antworten',
  'counted.views': 'Aufrufe',
  'answers.differ': 'Das Netz zählt {network} Antworten, hier sind {here}.',
  'answers.hidden': 'Davon ausgeblendet oder zurückgehalten: {n}.',
  'answers.removed': 'Davon dort entfernt: {n}.',
  'answers.fewer': 'Was fehlt, kann dort zurückgehalten, ausgeblendet oder gelöscht sein, oder von Konten kommen, die uns nicht zeigen, was sie schreiben.',
  'answers.more': 'Was dort fehlt, kann dort entfernt oder ausgeblendet sein; hier bleibt es stehen.',
  'followers.title': 'Wer uns folgt',
  'followers.channel': 'Kanal',
  'followers.now': { one: '{n} Mensch oder Konto folgt uns', other: '{n} folgen uns' },
  'followers.change': '{change} seit {day}',
  'followers.note': 'Gemessen, einmal am Tag. Allein sagt die Zahl wenig: sie ist der Nenner, wenn es darum geht, wie viele mitreden.',
  'followers.not_given': 'Dieses Netz sagt nicht, wie viele uns folgen. Das ist etwas anderes als niemand.',
  'followers.none_yet': 'Noch nicht gemessen. Das geschieht einmal am Tag.',
  'followers.failed': 'Seit {time} gelingt das Messen nicht: {why}',
  'followers.days': 'Tag für Tag',
  'followers.day': 'Tag',
  'followers.number': 'Folgen uns',
} as const satisfies Record<string, Message>;
