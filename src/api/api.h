/* api.h - HTTP resources, each a const table of routes.
 *
 * A route's row says everything that the dispatcher can enforce: who may call
 * it, how large the body may be, which fields it takes and their limits, and
 * whether it reads or writes. The handler then finds a parsed, checked body.
 * /api/v1/openapi.json and the authorisation matrix of the tests are made from
 * the same rows.
 *
 * TO ADD A RESOURCE: (1) api_<name>.c with `const struct api_route
 * api_<name>_routes[]`, (2) one line in resources.def, (3) one line in
 * meson.build, (4) rows in tests/system/authorisation.tsv, (5) docs/api.md.
 */
#ifndef API_API_H
#define API_API_H

#include "admin/access.h"
#include "base/json.h"
#include "db/store.h"
#include "net/http.h"

/* How a handler runs. */
enum api_mode {
    API_READ = 1, /* on a reader's snapshot; must not write */
    API_WRITE,    /* as one write: op->db is the writer's, answered after the commit */
    API_WORK,     /* on a worker thread without a transaction; uses store_read() and
                     store_write() itself: for what takes time (networks) */
    API_PASSWORD, /* the same on one of the two threads kept for hashing passwords */
    API_STREAM,   /* the event stream (api_stream.c) */
    API_LOOP,     /* at once on the loop thread: no login, no store, no waiting */
};

/* Who may call: a right of admin/access.h, or one of these. */
enum api_access {
    API_ANYBODY = 1, /* without a login; `who` is filled by a valid bearer token,
                        never by a cookie, so that no such route can be forged */
    API_LOGGED_IN,   /* any account or token */
    API_RIGHT,       /* the account has `right` (and the token's scope allows it) */
};

enum api_type {
    API_TEXT = 1,
    API_INT,
    API_BOOL,
    API_ID,
    API_TIME,
    API_CHOICE,
    API_LIST_TEXT,
    API_LIST_ID,
    API_OBJECT,
    API_ANY,
};

struct api_field {
    const char *name;
    enum api_type type;
    bool required;
    bool nullable;       /* null is allowed and means "clear it" */
    int64_t min, max;    /* API_TEXT: characters, max 0 means API_MAX_NAME; API_INT:
                            value, both 0 means any; lists: members, max 0 means
                            API_MAX_LIST */
    const char *choices; /* API_CHOICE: "public|private" */
    const char *help;
};

enum {
    API_MAX_NAME = 200,    /* characters of a text without a ceiling of its own */
    API_MAX_LIST = 200,    /* members of a list without a ceiling of its own */
    API_MAX_LIMIT = 200,   /* rows of a page */
    API_USUAL_LIMIT = 50,  /* the same when nothing is said */
    API_MAX_KEY = 200,     /* characters of an Idempotency-Key */
    API_MAX_CURSOR = 1024, /* bytes, as sent */
};

struct api_call;
struct task;
struct api_route {
    const char *method;  /* "GET", ... */
    const char *pattern; /* "/api/v1/conversations/{id}/replies": at most two {names},
                            each an id or, for {text:name}, a path segment */
    enum api_mode mode;
    enum api_access access;
    const char *right;    /* API_RIGHT: "answer" */
    size_t max_body;      /* 0: MIB(1) */
    const char *produces; /* media type of the answer; NULL: application/json */
    bool creates;         /* honours Idempotency-Key */
    const char *summary;
    const struct api_field *fields; /* of the JSON body; ends with { NULL }. Without it
                                       the body is the handler's: call->rq->body */
    const struct api_field *query;  /* of the query string; ends with { NULL } */
    /* After the right and before the body is looked at, on a reader: what else decides
     * whether the caller may, such as api_need_department() of the thing named by `id`.
     * ERR_NOT_FOUND for a thing that is not there. NULL: nothing else. */
    int (*allow)(struct op *op, struct api_call *call);
    int (*handle)(struct op *op, struct api_call *call, struct http_answer *ret);
    /* How a failure looks; NULL: a problem document. A page has one: its failures are
     * pages, and its forms carry a signature of their own, so that Origin is not asked.
     */
    void (*fail)(struct op *op, const struct api_call *call, int status,
                 struct http_answer *ret);
    /* API_WORK, in place of `handle` where a connection waits: begins, and returns
     * without waiting. When it is done api_finish() is called, once, on any thread, with
     * *ret filled. Negative: it has not begun. NULL: `handle` may take a worker's time.
     */
    int (*begin)(struct op *op, struct api_call *call, struct http_answer *ret);
};

/* For `begin`: it is done; `r` is what handle() would have returned. */
void api_finish(struct api_call *call, int r);
/* Run the task on a worker; false when too many wait. */
bool api_soon(struct api_call *call, struct task *task);

struct api_call {
    const struct api_route *route;
    const struct http_request *rq;
    struct access who; /* the account and its rights; none for API_ANYBODY */
    int64_t id, id2;   /* of the pattern, 0 when absent */
    struct str name;   /* {text:name} of the pattern */
    const struct json
        *body;     /* checked against route->fields; an object, never NULL when fields */
    int64_t limit; /* lists: 1..200 */
    struct str cursor;         /* lists: decoded, "" at the start */
    struct http_fields params; /* of the query, decoded */
    /* API_STREAM, set by allow(): a stranger's stream, which only says that something
     * happened in this talk. 0: the log for people who are logged in. */
    int64_t thread_id, conversation_id;
    struct api_server *server;
};

/* Members of the checked body. */
bool api_has(const struct api_call *call, const char *field); /* present, null included */
bool api_is_null(const struct api_call *call, const char *field);
struct str api_text(const struct api_call *call, const char *field);
int64_t api_int(const struct api_call *call, const char *field, int64_t fallback);
bool api_bool(const struct api_call *call, const char *field, bool fallback);
int64_t api_id(const struct api_call *call, const char *field);   /* 0: absent or null */
int64_t api_time(const struct api_call *call, const char *field); /* 0: absent or null */
/* Query parameters, checked against route->query. */
struct str api_query(struct op *op, const struct api_call *call, const char *name);
int64_t api_query_id(struct op *op, const struct api_call *call, const char *name);
int64_t api_query_time(struct op *op, const struct api_call *call, const char *name);

/* Answer with JSON: 200, or 201 and so on by `status`. */
int api_answer(struct http_answer *ret, int status, struct json_writer *w);
int api_no_content(struct http_answer *ret);
/* `{items:[…` is written by the caller; this closes the array and adds next_cursor.
 * `cursor` empty: the end. Cursors are opaque to clients (base64url). */
void api_end_list(struct op *op, struct json_writer *w, struct str cursor);

/* A page of a list, beginning behind the row of the cursor. One row more than is shown is
 * asked for, to know whether another page follows:
 *
 *     r = page_read(op, call, &page);
 *     r = thing_list(op, page.id, page.ask, &list, &n);
 *     page_open(&page, &w, &n);                 `{"items": [`; cuts n
 *     for (i < n) { put_thing(&w, &list[i]); page_at(&page, 0, list[i].id); }
 *     page_close(&page, &w);                    `], "next_cursor": ...`
 *     json_end_object(&w);
 */
struct page {
    struct op *op;
    int64_t key, id; /* the row before; both 0 at the start */
    int64_t limit, ask;
    bool more;
};
int page_read(struct op *op, const struct api_call *call, struct page *ret) MUST_CHECK;
void page_open(struct page *page, struct json_writer *w, size_t *count);
void page_at(struct page *page, int64_t key, int64_t id); /* the row that was shown */
void page_close(const struct page *page, struct json_writer *w);

/* "NUMBER:ID" of a keyset cursor; both 0 for an empty one. ERR_INVALID for another. */
int cursor_parse(struct op *op, struct str cursor, int64_t *ret_key,
                 int64_t *ret_id) MUST_CHECK;
struct str cursor_format(struct op *op, int64_t key, int64_t id);

/* Write access to things of a department: ERR_DENIED in words, or 0. */
int api_need_department(struct op *op, const struct api_call *call,
                        int64_t department_id) MUST_CHECK;
/* The right `right`, for handlers whose need depends on the body. */
int api_need_right(struct op *op, const struct api_call *call,
                   const char *right) MUST_CHECK;
/* For what a token must not do (passwords, tokens): a session, or ERR_DENIED. */
int api_need_session(struct op *op, const struct api_call *call) MUST_CHECK;

/* All routes, one after the other; NULL past the end. */
const struct api_route *api_route_at(size_t index);

/* What op->err says, by RFC 9457, with the fields that are wrong and what the failure
 * brought along. The dispatcher does this for every failure; a handler only for a refusal
 * that it put on record, which a failure would undo. */
void api_problem(const struct op *op, struct http_answer *ret);

#endif
