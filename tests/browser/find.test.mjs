/**
 * find.test.mjs - what somebody finds who has never seen Draht and has no manual: from the
 * start page, by names that are visible and read out, within two activations. Found is what
 * one sees; choosing it is not counted.
 */
import assert from 'node:assert/strict';
import { picture, quiet } from './browser.mjs';
import { channelTo, house, loggedIn } from './house.mjs';
import { row, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound } from './server.mjs';
import { BUSY, item, OTHERS } from './story.mjs';

const place = await house();
const { admin } = place;
// Its clocks go by the wall: it has no department, and so no hours.
const channel = await channelTo(place, place.peer, { name: 'Marktplatz' });
const days = (n) => new Date(Date.now() - n * 86_400_000).toISOString();
const petra = { external_id: 'u-petra', handle: 'petra.h', name: 'Petra Hahn' };
await inbound(channel, ...BUSY(), ...OTHERS());
await inbound(channel, item({ author: petra, thread: { title: 'Zählerstand' }, body: 'Im Frühjahr hatte ich den Zählerstand gemeldet.', sent_at: days(20) }));
const { items } = await admin.get('/conversations?view=all');
await admin.post(`/conversations/${items.find(({ person }) => person.name === 'Sofia Brandt').id}/replies`, { body: 'Das geben wir gern weiter!', visibility: 'public' });

const WORDS = {
  de: {
    today: 'Heute', overdue: /^Überfällig/, longest: /am längsten/, raised: /Beschwerde|fragt nach|Geduld|eilt|verlassen/, box: 'Text der Antwort', visibility: 'Sichtbarkeit',
    private: /privat: nur diese Person liest das/, figures: 'Kennzahlen', definition: /Jedes Warten zählt einmal/, why: 'Warum dieser Wert?', figure: 'Reaktionszeit',
  },
  en: {
    today: 'Today', overdue: /^Overdue/, longest: /longest/i, raised: /complaint|asks again|patience|urgent|leave/, box: 'Text of the reply', visibility: 'Visibility',
    private: /private: only this person reads this/, figures: 'Figures', definition: /Each wait counts once|counts once/i, why: 'Why this value?', figure: 'Reaction time',
  },
};

for (const [language, width] of [['de', 1280], ['en', 375]]) {
  const words = WORDS[language];
  const where = `${language}, ${width} px`;
  let page;
  let activations = 0;
  const activate = async (what) => {
    await what.first().waitFor();
    activations++;
    await what.first().click();
    await quiet(page);
  };
  /** From the start page, with nothing known. */
  const start = async () => {
    page ??= await loggedIn(admin, { viewport: { width, height: 800 } });
    activations = 0;
    await page.goto('/');
    await page.getByRole('heading', { name: words.today, level: 1 }).waitFor();
    await quiet(page);
  };
  const within = (most) => assert.ok(activations <= most, `${activations} activations`);

  test(`one finds what is overdue at once (${where})`, async () => {
    await admin.patch('/me', { language });
    await start();
    await page.getByRole('heading', { name: words.overdue }).waitFor();
    await row(page, 'Jonas Lindner').first().waitFor();
    within(0);
  });

  test(`one finds who waits longest at once (${where})`, async () => {
    await start();
    if (width > 1000) await page.getByText(words.longest).first().waitFor(); // a phone has room for the rows alone
    const first = await page.locator('[data-row]').first().textContent();
    assert.match(first, /Petra Hahn.*Frühjahr/s);
    within(0);
  });

  test(`whatever has priority, who waits longest stands at the top, and the list says why it begins otherwise (${where})`, async () => {
    await start();
    const longest = page.getByRole('region', { name: words.longest });
    assert.match(await longest.textContent(), /Petra Hahn.*Frühjahr.*(20 Tg|20 d)/s);
    assert.ok((await longest.boundingBox()).y < 300, 'without scrolling');
    const rows = page.getByRole('region', { name: words.overdue }).locator('[data-row]');
    assert.doesNotMatch(await rows.first().textContent(), /Frühjahr/);
    await rows.first().getByText(words.raised).waitFor();
    await picture(page, `who waits longest, ${where}`);
    await activate(longest.getByRole('link'));
    await page.getByText('Im Frühjahr hatte ich den Zählerstand gemeldet.').first().waitFor();
    within(1);
  });

  test(`one finds what this customer said before (${where})`, async () => {
    await start();
    // The newer of the two concerns of Petra: what she said in spring is elsewhere.
    await activate(row(page, '40 Euro'));
    const before = page.getByText('Im Frühjahr hatte ich den Zählerstand gemeldet.').first();
    if (!(await before.isVisible())) await activate(page.getByRole('link', { name: /Petra Hahn/ }));
    await before.waitFor();
    within(2);
  });

  test(`one finds how to answer in private (${where})`, async () => {
    await start();
    await activate(row(page, '40 Euro'));
    const choice = page.getByLabel(words.visibility);
    // On a phone the reply is one line until one goes there.
    if (!(await choice.isVisible())) await activate(page.getByLabel(words.box));
    await choice.waitFor();
    within(2);
    assert.match(await choice.textContent(), words.private);
    await choice.selectOption('private');
    assert.equal(await choice.inputValue(), 'private');
  });

  test(`one finds why a figure is what it is (${where})`, async () => {
    await start();
    await activate(page.getByRole('navigation').getByRole('link', { name: words.figures }));
    const card = page.locator('li.card', { hasText: words.figure }).first();
    await card.getByText(words.definition).waitFor();
    await activate(card.getByRole('link', { name: words.why }));
    await page.getByText(words.definition).first().waitFor();
    await page.locator('main tbody tr:visible').first().waitFor();
    within(2);
  });
}
