/** check_back.test.mjs - a week later, by a clock of its own. */
import assert from 'node:assert/strict';
import { house, loggedIn, PASSWORD } from './house.mjs';
import { quiet } from './browser.mjs';
import { button, logInAgain, look, message, row, visit } from './pages.mjs';
import { test } from './runner.mjs';
import { inbound, moveClock } from './server.mjs';
import { item } from './story.mjs';

const began = new Date();
const { server, admin, channel } = await house({ clock: began });
const page = await loggedIn(admin);

test('a check-back that is due is sent by a person, with the words of that person', async () => {
  await inbound(channel, item({ author: { name: 'Jonas Lindner' }, body: 'Mein W-Lan geht nicht.' }));
  await visit(page, '/inbox/all');
  await row(page, 'Jonas Lindner').click();
  await page.getByLabel('Text der Antwort').fill('Bitte einmal neu starten.');
  await button(page, 'Senden').click();
  await message(page, 'Bitte einmal neu starten.').getByText('offiziell').waitFor();
  await button(page, 'Gelöst').click();
  await page.getByText(/Geplant für/).waitFor();

  await moveClock(server, new Date(began.getTime() + 7 * 86_400_000 + 3_600_000));
  await visit(page, '/today');
  await quiet(page);
  // A week later one has to log in again.
  await logInAgain(page, 'anna@example.org', PASSWORD);
  await page.getByRole('heading', { name: /Nachfragen fällig/ }).waitFor();
  await row(page, 'Jonas Lindner').first().click();
  const draft = page.getByLabel('Text der Nachfrage');
  assert.match(await draft.inputValue(), /Jonas Lindner/);
  await draft.fill('Guten Tag, läuft das W-Lan seitdem?');
  await look(page, 'check-back');
  await button(page, 'Nachfrage senden').click();
  await message(page, 'läuft das W-Lan seitdem?').getByText('Nachfrage', { exact: true }).waitFor();
});
