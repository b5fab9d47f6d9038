/* office.h - the interface without a network: requests go to the dispatcher itself.
 *
 * OFFICE(o) has a store in memory, set up through the set-up address, and remembers
 * the administrator's login, as a browser would. caller_new() makes others.
 */
#ifndef TESTS_OFFICE_H
#define TESTS_OFFICE_H

#include "fixture.h"

#include "admin/secret.h"
#include "api/api_server.h"
#include "base/json.h"

#define OFFICE_PASSWORD "ein Satz zum Merken"

/* A browser (cookie, csrf) or a program (token). */
struct caller {
    struct str cookie, csrf, token;
    struct str address;  /* empty: 192.0.2.1 */
    struct str extra[2]; /* one more header field: name, value */
};

struct office {
    struct fixture f;
    struct secret_key key;
    struct api_server *api;
    struct caller admin;
    struct json *json; /* the last answer's body; NULL when it is no JSON */
    struct http_answer answer;
};

void office_begin(struct office *o, enum fixture_engine engine);
void office_end(struct office *o);

#define OFFICE(name)                                                                     \
    CLEANUP(office_end) struct office name;                                              \
    office_begin(&name, ON_MEMORY)
#define OFFICE_BOTH(name)                                                                \
    CLEANUP(office_end) struct office name;                                              \
    office_begin(&name, *(const enum fixture_engine *)*state)

/* Ask; returns the status. A cookie that is set is taken over. `body` may be NULL. */
int ask(struct office *o, struct caller *who, const char *method, const char *path,
        const char *body);
/* The same with a printf-like body. */
int ask_fmt(struct office *o, struct caller *who, const char *method, const char *path,
            const char *fmt, ...) PRINTF(5, 6);

/* A member of the last answer by a path such as "account.role.slug" or "items.0.id". */
const struct json *seen(const struct office *o, const char *path);
struct str seen_text(const struct office *o, const char *path);
/* Does the problem name this field? */
bool complains(const struct office *o, const char *field);

/* Make an account with a password and log it in. */
struct caller caller_new(struct office *o, const char *email, const char *role);
/* Log in; the status. */
int log_in(struct office *o, struct caller *who, const char *email, const char *password);
/* A token of `who` with `scopes` as JSON, such as "[\"read\"]". */
struct caller token_of(struct office *o, struct caller *who, const char *scopes);

#endif
