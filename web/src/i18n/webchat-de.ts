/** German texts around networks and the chat on a web page, as colleagues see it. */

import type { Message } from '../lib/message.ts';

export const webchatDe = {
  'channel.network': 'Womit schreiben die Menschen?',
  'network.custom': 'Eigenes Programm',
  'network_help.custom': 'Für alles, was Nachrichten an eine Adresse schicken kann: eigene Seite, Messenger, anderes Programm.',
  'network.webchat': 'Chat auf der Webseite',
  'network_help.webchat': 'Ein Knopf auf der eigenen Seite. Eine Zeile im Quelltext genügt; die Antwort erscheint dort ohne Neuladen.',

  'setting.custom_outbound_url': 'Adresse für Antworten',
  'setting_help.custom_outbound_url': 'Dorthin schickt Draht unsere Antworten. Leer: Antworten verlassen Draht nicht.',
  'setting.custom_quiet_ms': 'Ruhezeit (ms)',
  'setting_help.custom_quiet_ms': 'So lange nach einer ausgebliebenen Bestätigung wird nachgesehen, ob die Antwort ankam. Leer: 30000.',
  'setting.webchat_title': 'Titel',
  'setting_help.webchat_title': 'Steht über dem Chat. Leer: der Name der Organisation.',
  'setting.webchat_greeting_de': 'Begrüßung (deutsch)',
  'setting_help.webchat_greeting_de': 'Erscheint, wenn jemand den Chat öffnet. Von selbst schreibt der Chat nie.',
  'setting.webchat_greeting_en': 'Begrüßung (englisch)',
  'setting_help.webchat_greeting_en': 'Dasselbe für englische Seiten.',
  'setting.webchat_colour': 'Farbe',
  'setting_help.webchat_colour': 'Knopf, Kopfzeile und die Nachrichten der Besucher. Die Schrift darauf wird von selbst hell oder dunkel.',
  'setting.webchat_left': 'Knopf unten links',
  'setting_help.webchat_left': 'Sonst unten rechts.',
  'setting.webchat_anonymous_staff': 'Ohne Vornamen',
  'setting_help.webchat_anonymous_staff': 'Besucher sehen den Namen der Organisation statt des Vornamens von denen, die antworten.',
  'setting.webchat_allowed_origins': 'Nur auf diesen Seiten',
  'setting_help.webchat_allowed_origins': 'Je Zeile eine, zum Beispiel https://shop.example oder https://*.shop.example. Leer: überall.',
  'setting.colour_usual': 'Übliche Farbe',

  'webchat.tag': 'Einbinden',
  'webchat.tag.help': 'Diese Zeile kommt auf jede Seite, die den Chat zeigen soll, am besten kurz vor </head>.',
  'webchat.try': 'Ausprobieren',
  'webchat.try.close': 'Vorschau schließen',
  'webchat.try.help': 'So sieht der Chat aus. Was hier geschrieben wird, kommt wirklich im Posteingang an.',
  'webchat.preview': 'Vorschau des Chats',
  'webchat.secret': 'Schlüssel für angemeldete Besucher',
  'webchat.secret.help': 'Wird nur jetzt gezeigt. Mit ihm unterschreibt die eigene Seite, wer dort angemeldet ist; er gehört auf den Server, nie in die Seite.',
  'webchat.secret.rotate.help': 'Der alte gilt noch 24 Stunden.',

  'webchat.facts': 'Chat auf der Webseite',
  'webchat.page': 'Zuletzt von hier geschrieben',
  'webchat.signed': 'Auf der Seite angemeldet als {user}',
  'webchat.guest': 'Nicht angemeldet: nur an diesem Browser wiederzuerkennen.',
  'webchat.seen': 'Hat unsere Antworten bis {time} gesehen.',
  'webchat.unseen': 'Hat unsere letzte Antwort noch nicht gesehen.',
} satisfies Record<string, Message>;
