/** story.mjs - what people wrote, for the tests and for the pictures. */

const minutes = (n) => new Date(Date.now() - n * 60_000).toISOString();

let number = 0;
export function item(fields) {
  number++;
  return {
    external_id: `m-${number}`,
    parent_external_id: null,
    ...fields,
    thread: { external_id: `t-${number}`, kind: 'post', visibility: 'public', title: '', url: null, ...fields.thread },
    author: { external_id: `a-${number}`, handle: `person${number}`, name: `Person ${number}`, ...fields.author },
    sent_at: fields.sent_at ?? minutes(0),
  };
}

const jonas = { external_id: 'u-jonas', handle: 'jonas', name: 'Jonas Lindner', followers: 120 };
const post = {
  external_id: 'p-water',
  kind: 'post',
  visibility: 'public',
  title: 'Baustelle in der Lindenstraße',
  url: 'https://netz.example/beitrag/3',
};

/** A busy post: a question, a helper, an impostor, and others who want something. */
export const BUSY = () => [
  item({
    external_id: 'w-1',
    thread: post,
    author: jonas,
    body: 'Seit heute Morgen kein Wasser in der Lindenstraße 12. Ist das eine geplante Abschaltung? Die Hotline ist besetzt.',
    sent_at: minutes(95),
  }),
  item({
    external_id: 'w-2',
    thread: post,
    parent_external_id: 'w-1',
    author: { external_id: 'u-mehmet', handle: 'mehmet_k', name: 'Mehmet K.' },
    body: 'Bei uns in der 14 auch nichts. Der Hausmeister sagt, es wird gebaut.',
    sent_at: minutes(80),
    reactions: { like: 4 },
  }),
  item({
    external_id: 'w-3',
    thread: post,
    parent_external_id: 'w-1',
    author: { external_id: 'u-fake', handle: 'stadtwerke_hilft24', name: 'Stadtwerke Service' },
    body: 'Bitte schicken Sie uns Ihre Kontodaten per Nachricht!',
    sent_at: minutes(70),
  }),
  item({
    external_id: 'w-4',
    thread: post,
    author: { external_id: 'u-petra', handle: 'petra.h', name: 'Petra Hahn' },
    body: 'Und warum ist mein Abschlag um 40 Euro gestiegen? Das kann ich nicht nachvollziehen.',
    sent_at: minutes(64),
  }),
];

export const OTHERS = () => [
  item({
    author: { external_id: 'u-sofia', handle: 'sofiab', name: 'Sofia Brandt' },
    thread: { title: 'Danke!' },
    body: 'Großes Lob an den Monteur gestern, super freundlich und schnell fertig!',
    sent_at: minutes(30),
  }),
  item({
    author: { external_id: 'u-agnes', handle: 'agnes', name: 'Agnes Winter-Hohenfels zu Unterstetten' },
    body: 'Meine Rechnung liegt immer noch nicht im Portal, obwohl mir das vor zwei Wochen versprochen wurde. Ich habe schon dreimal angerufen.',
    sent_at: minutes(600),
  }),
  item({
    author: { external_id: 'u-nour', handle: 'nour', name: 'Nour Said' },
    thread: { kind: 'chat', visibility: 'private' },
    body: 'Ich ziehe um. Welches Formular brauche ich?',
    sent_at: minutes(12),
  }),
  item({
    author: { external_id: 'u-lukas', handle: 'lukas_99', name: 'Lukas Ferrari' },
    body: 'Habt ihr auch einen Tarif für Wärmepumpen?',
    sent_at: minutes(7),
  }),
];

/** Markup that must stay text. */
export const MARKUP = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 1">',
  '"><svg onload=window.hacked=1>',
  "'-window.hacked=1-'",
  '{{constructor.constructor("window.hacked = 1")()}}',
  '</textarea><iframe srcdoc="<script>parent.hacked=1</script>">',
  '<a href="javascript:window.hacked=1">x</a>',
  '\u202e<b onmouseover=window.hacked=1>',
];
