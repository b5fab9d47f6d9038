/** Names of roles: those that come along speak the language of the interface, given ones stay. */

import { de, type Key } from '../i18n/de.ts';
import { en } from '../i18n/en.ts';
import { word } from './language.svelte.ts';

export function roleName({ slug, name }: { slug: string; name: string }): string {
  const key = `role_name.${slug}` as Key;
  return key in de && (name === de[key] || name === en[key]) ? word('role_name', slug) : name;
}
