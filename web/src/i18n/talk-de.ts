/** German texts around answering: keys, login in place, the screen of a conversation, people. */

import type { Message } from '../lib/message.ts';

export const talkDe = {
  // Keys and preferences
  'keys.everywhere': 'Überall',
  'keys.lists': 'In Listen',
  'keys.conversation': 'Im Anliegen',
  'keys.writing': 'Beim Schreiben',
  'keys.palette': 'Befehle und Suche',
  'keys.undo': 'Letztes rückgängig machen',
  'keys.mine': 'Meine Anliegen',
  'keys.reports': 'Kennzahlen',
  'keys.settings': 'Einstellungen',
  'keys.next_talk': 'nächstes Anliegen',
  'keys.previous_talk': 'voriges Anliegen',
  'keys.unanswered': 'zur unbeantworteten Nachricht',
  'keys.note': 'interne Notiz schreiben',
  'keys.snooze': 'zurückstellen',
  'keys.close': 'ohne Antwort schließen',
  'keys.merge': 'mit einem anderen verbinden',
  'keys.person': 'Seite der Person',
  'keys.send': 'senden',
  'keys.leave': 'Textfeld verlassen',
  'preferences.title': 'Arbeitsweise',
  'preferences.single_keys': 'Einzelne Tasten sind Befehle',
  'preferences.undo': 'Zeit, um eine Antwort zurückzuholen',
  'preferences.undo.help': 'So lange wartet eine Antwort nach dem Senden, ehe sie Draht verlässt. Auch Lösen, Schließen und Verbinden lassen sich so lange zurücknehmen.',
  'preferences.undo.never': 'keine: alles gilt sofort',
  'preferences.undo.seconds': { one: '{n} Sekunde', other: '{n} Sekunden' },

  // The login ends in the middle of work
  'expired.title': 'Noch einmal anmelden',
  'expired.what': 'Die Anmeldung ist abgelaufen. Getipptes ist noch da.',
  'expired.todo': 'Die Anmeldung ist abgelaufen. Nach dem Anmelden geht es genau hier weiter; nichts wird von selbst gesendet.',
  'expired.other': 'Mit einem anderen Konto anmelden',
} as const satisfies Record<string, Message>;
