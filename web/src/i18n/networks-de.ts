/** German texts around the real networks: what each asks for when it is connected. */

import type { Message } from '../lib/message.ts';

export const networksDe = {
  'network.wordpress': 'Kommentare in WordPress',
  'network_help.wordpress': 'Draht liest die Kommentare eines Blogs, jede Minute, und antwortet darunter. Die Antwort ist dort für alle zu sehen.',
  'setting.wordpress_url': 'Adresse des Blogs',
  'setting_help.wordpress_url': 'Wie man sie im Browser öffnet: https://example.org oder https://example.org/blog.',
  'setting.wordpress_user': 'Benutzername',
  'setting_help.wordpress_user': 'Jemand mit der Rolle Redaktion oder Administration. Unter diesem Namen erscheinen unsere Antworten.',
  'setting.wordpress_application_password': 'Anwendungspasswort',
  'setting_help.wordpress_application_password': 'In WordPress unter Benutzer, Profil, Anwendungspasswörter anlegen. Es öffnet nur die Schnittstelle und lässt sich dort jederzeit widerrufen. Hier liegt es verschlüsselt und wird nie wieder angezeigt.',
  'setting.wordpress_look_back_days': 'Tage zurück',
  'setting_help.wordpress_look_back_days': 'So alte Kommentare werden zu Beginn gelesen und später auf Änderungen durchgesehen. Leer: 14.',
  'setting.given': 'Hinterlegt. Leer lassen, um es zu behalten.',
} satisfies Record<string, Message>;
