/** English texts around the real networks: what each asks for when it is connected. */

import type { Message } from '../lib/message.ts';
import type { networksDe } from './networks-de.ts';

export const networksEn: Record<keyof typeof networksDe, Message> = {
  'network.wordpress': 'Comments in WordPress',
  'network_help.wordpress': 'Draht reads the comments of a blog every minute and answers below them. The answer can be seen there by everybody.',
  'setting.wordpress_url': 'Address of the blog',
  'setting_help.wordpress_url': 'As it is opened in a browser: https://example.org or https://example.org/blog.',
  'setting.wordpress_user': 'User name',
  'setting_help.wordpress_user': 'Somebody with the role of an editor or administrator. Our answers appear under this name.',
  'setting.wordpress_application_password': 'Application password',
  'setting_help.wordpress_application_password': 'Made in WordPress under Users, Profile, Application Passwords. It opens the interface only and can be revoked there at any time. Here it is kept encrypted and never shown again.',
  'setting.wordpress_look_back_days': 'Days to look back',
  'setting_help.wordpress_look_back_days': 'Comments up to this age are read at first, and looked through for changes later. Empty: 14.',
  'setting.given': 'Kept. Leave empty to keep it.',
};
