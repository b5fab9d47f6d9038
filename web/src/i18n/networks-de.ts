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

  'trouble.credential_missing': 'Es ist noch kein Passwort hinterlegt. Unten eintragen.',
  'trouble.credential_refused': 'Benutzername und Passwort werden dort nicht angenommen; vielleicht wurde das Passwort widerrufen. Dort ein neues anlegen und unten eintragen. Bis dahin wartet alles; verloren geht nichts.',
  'trouble.rights': 'Diesem Konto fehlt dort das Recht, Kommentare zu moderieren. Dort die Rolle Redaktion geben.',
  'trouble.moved': 'Unter dieser Adresse leitet die Seite weiter. Die neue Adresse eintragen.',
  'trouble.no_interface': 'Unter dieser Adresse antwortet keine Schnittstelle dieses Netzes. Adresse prüfen; vielleicht hat eine Erweiterung sie abgeschaltet.',
  'trouble.busy': 'Die Gegenseite bittet um eine Pause. Danach geht es von selbst weiter.',
  'message.removed_there': 'Steht dort nicht mehr, bemerkt am {time}. Wer es warum entfernt hat, ist nicht bekannt; hier bleibt der Wortlaut.',
  'standing.held': 'dort noch nicht freigegeben',
  'standing.spam': 'dort als Spam abgelegt',
  'event.message_removed_there': 'Nachricht steht dort nicht mehr',
  'event.message_back_there': 'Nachricht steht dort wieder',
  'event.message_standing': 'dort anders eingeordnet',
} satisfies Record<string, Message>;
