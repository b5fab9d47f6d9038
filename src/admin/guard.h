/* guard.h - limits against guessing that do not lock the owner out.
 *
 * An attempt is charged before the password is looked at, so that many at once
 * cannot slip through. A stranger is charged twice, on the account and on the
 * address; whoever logged in to this account before, from this address or with this
 * browser, has a charge of their own and does not feel what others do. After some
 * free attempts each further one costs a wait that doubles up to a ceiling. A day
 * without failures forgets.
 */
#ifndef ADMIN_GUARD_H
#define ADMIN_GUARD_H

#include "base/op.h"

enum {
    GUARD_FREE_ACCOUNT = 5,  /* failures without a wait */
    GUARD_FREE_KNOWN = 10,   /* the same from a known address or browser */
    GUARD_FREE_ADDRESS = 30, /* the same of one address, whatever the accounts */
    GUARD_MAX_WAIT_S = 900,
    GUARD_MAX_KNOWN_WAIT_S = 60,
};
#define GUARD_FORGET_MS DAYS(1)
#define GUARD_KNOWN_MS  DAYS(180) /* how long an address stays known */

/* One attempt. Keys are folded e-mail and address; `known_browser` when it carries a
 * session's cookie of this account, be it over or not. */
struct guard {
    struct str email_key, address;
    bool known_browser;
    bool known; /* filled by guard_enter() */
};

/* Charge one attempt. ERR_BUSY, with op->err.wait, when it comes too early (nothing is
 * charged then). Inside a write. */
int guard_enter(struct op *op, struct guard *guard) MUST_CHECK;
/* It was right: forget the failures and remember the address. */
int guard_success(struct op *op, const struct guard *guard) MUST_CHECK;
/* It was no guess (only the second factor was missing): give one charge back. */
int guard_refund(struct op *op, const struct guard *guard) MUST_CHECK;
/* Open the account for everybody, after its password was set anew. */
int guard_open(struct op *op, struct str email_key) MUST_CHECK;

/* Of an IPv6 address the network: its owner has 2^64 of the rest. Others as they are. */
struct str guard_network(struct op *op, struct str address);

#endif
