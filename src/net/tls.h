/* tls.h - the server's side of TLS between memory buffers. For net/ only.
 *
 * OpenSSL never sees the socket: ciphertext is fed in, plaintext read out, and what
 * OpenSSL wants to send is fetched with tls_take(). TLS 1.2 and 1.3.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <openssl/ssl.h>

#include "base/op.h"

struct tls;

/* Certificate chain and key from PEM files; ERR_INVALID names the file. */
int tls_context(struct op *op, const char *certificate, const char *key, SSL_CTX **ret);

/* Days until the certificate of a PEM file ends; negative: it has. */
int tls_days_left(struct op *op, const char *certificate, int *ret);

struct tls *tls_new(SSL_CTX *context);
void tls_free(struct tls *tls);

void tls_feed(struct tls *tls, struct str ciphertext);

enum tls_read_result { TLS_DATA, TLS_WANTS_MORE, TLS_ENDED, TLS_BROKEN };

/* Goes on with the handshake where needed. TLS_DATA: `*ret_n` bytes at `to`. */
enum tls_read_result tls_read(struct tls *tls, char *to, size_t room, size_t *ret_n);
bool tls_is_open(const struct tls *tls); /* the handshake is done */

bool tls_write(struct tls *tls, struct str plaintext); /* false: broken */
void tls_end(struct tls *tls);                         /* queues close_notify */

/* What has to go to the peer: malloc'ed, empty when there is nothing. */
struct str tls_take(struct tls *tls);

#endif
