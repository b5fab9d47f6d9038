/* email_token.h - short-lived tokens for a mailbox (OAuth 2.0, RFC 6749 6). */
#ifndef CHANNEL_EMAIL_TOKEN_H
#define CHANNEL_EMAIL_TOKEN_H

#include "channel/email.h"

/* A token that counts for a while yet: the one that was got before, else a new one for
 * the refresh token, which is the credential ("SECRET REFRESH" of a client that has a
 * secret). EMAIL_FAILED with words and, when the server refuses it, the trouble. */
int email_token(struct op *op, const struct connection *connection,
                const struct email_account *account, struct str *ret,
                struct receipt *receipt);
/* The mail server did not take it: the next one is new. */
void email_token_forget(const struct connection *connection);
bool email_token_life(const struct connection *connection, struct token_life *ret);

#endif
