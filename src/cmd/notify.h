/* notify.h - telling the service manager how it goes.
 *
 * The protocol of sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names.
 * Without one nothing happens.
 */
#ifndef CMD_NOTIFY_H
#define CMD_NOTIFY_H

void notify(const char *state); /* "READY=1", "STOPPING=1" */

#endif
