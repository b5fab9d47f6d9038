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

  'trouble.credential_missing': 'No password was entered yet. Enter it below.',
  'trouble.credential_refused': 'User name and password are not accepted there; perhaps the password was revoked. Make a new one there and enter it below. Until then everything waits; nothing is lost.',
  'trouble.rights': 'This account may not moderate comments there. Give it the role of an editor.',
  'trouble.moved': 'The site sends callers of this address on. Enter the new address.',
  'trouble.no_interface': 'No interface of this network answers at this address. Check it; perhaps an extension has switched it off.',
  'trouble.busy': 'The other side asks for a pause. After it everything goes on by itself.',
  'message.removed_there': 'No longer stands there, noticed on {time}. Who removed it and why is not known; the words stay here.',
  'standing.held': 'not released there yet',
  'standing.spam': 'filed as spam there',
  'event.message_removed_there': 'message no longer stands there',
  'event.message_back_there': 'message stands there again',
  'event.message_standing': 'filed differently there',
};
