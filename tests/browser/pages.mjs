/** pages.mjs - how the tests speak of what is on a page. */
import assert from 'node:assert/strict';
import { findings, picture } from './browser.mjs';

export const row = (page, text) => page.locator('[data-row]', { hasText: text });
export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const message = (page, text) => page.locator('article', { hasText: text });

/** Open a page of the interface and wait until it is there. */
export async function visit(page, path) {
  await page.goto(path);
  await page.locator('main h1').waitFor();
  await page.waitForLoadState('load');
}

/** A picture of the page as it is now, and nothing that axe would find. */
export async function look(page, name) {
  await picture(page, name);
  assert.deepEqual(await findings(page), [], name);
}

/** The field has this text, once it is there. */
export async function assertValue(box, text) {
  await box.waitFor();
  assert.equal(await box.inputValue(), text);
}

/** After a login has ended: the page asks for it again, and may know the address already. */
export async function logInAgain(page, email, password) {
  const address = page.getByLabel('E-Mail-Adresse');
  await address.waitFor();
  if (await address.isEditable()) await address.fill(email);
  await page.getByLabel('Passwort').fill(password);
  await page.getByLabel('Passwort').press('Enter');
}

/** From the page of set-up to Today. */
export async function setUp(page, address, { organisation = 'Stadtwerke Musterstadt', password }) {
  await page.goto(address);
  await page.getByLabel('Name der Organisation').fill(organisation);
  await page.getByLabel('Name', { exact: true }).fill('Anna Weber');
  await page.getByLabel('E-Mail-Adresse').fill('anna@example.org');
  await page.getByLabel('Passwort').fill(password);
  await look(page, 'setup');
  await button(page, 'Einrichten').click();
  await page.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
}
