/* mastodon_consent.c - a person agrees on the server's own page that we may speak for the
 * account (OAuth 2.0, the code flow of RFC 6749 section 4.1).
 *
 * Each server is its own authority, so we make ourselves known to it first, each time
 * anew: what it calls us then stands in the ticket and nowhere else.
 */
#include "base/strbuf.h"
#include "channel/mastodon.h"

/* `write` holds write:reports, write:mutes and write:blocks. */
#define SCOPES      "read write"
#define PATIENCE_MS SECONDS(30)

enum { MAX_ANSWER = 64 * 1024 };

static void put(struct op *op, struct strbuf *form, const char *name, struct str value)
{
    strbuf_fmt(form, "%s%s=" STR_FMT, form->n ? "&" : "", name,
               STR_ARG(http_encode(op->arena, value)));
}

static struct str site_of(const struct connection *connection)
{
    struct str url = json_text(connection->settings, "url");

    while (str_ends(url, STR("/")))
        url.n--;
    return url;
}

/* One form to the server. *ret: an object, or the receipt says what came instead. */
static int ask(struct op *op, const struct connection *connection, const char *path,
               const struct strbuf *form, const struct json **ret,
               struct receipt *receipt)
{
    struct http_call call = { .method = STR("POST"),
                              .body = strbuf_str(form),
                              .max_answer = MAX_ANSWER,
                              .total_ms = PATIENCE_MS };
    struct http_reply reply;
    struct json *json = NULL;
    int r;

    call.url = arena_fmt(op->arena, STR_FMT "%s", STR_ARG(site_of(connection)), path);
    http_add(op->arena, &call.headers, STR("Content-Type"),
             STR("application/x-www-form-urlencoded"));
    r = http_send(op, &call, &reply);
    if (r < 0)
        return r;
    if (r) {
        receipt->reason = reply.reason;
        return CONSENT_FAILED;
    }
    if (json_parse(op, reply.body, &json) < 0)
        op->err = (struct err){ 0 };
    if (reply.status / 100 == 2 && json) {
        *ret = json;
        return 0;
    }
    receipt->trouble =
        reply.status / 100 == 4 && json ? "consent_refused" : "no_interface";
    receipt->reason = arena_fmt(op->arena, "the server answered %d", reply.status);
    return CONSENT_FAILED;
}

/* A member of an answer that must be there. */
static int need(const struct json *json, const char *name, struct str *ret,
                struct receipt *receipt)
{
    *ret = json_text(json, name);
    if (ret->n && ret->n <= MASTODON_MAX_SECRET)
        return 0;
    receipt->trouble = "no_interface";
    receipt->reason =
        STR("what answers at this address is not the interface of Mastodon");
    return CONSENT_FAILED;
}

static struct str page_of(struct op *op, const struct connection *connection,
                          struct str client, const struct consent_wish *wish)
{
    struct strbuf query = STRBUF(op->arena);

    put(op, &query, "response_type", STR("code"));
    put(op, &query, "client_id", client);
    put(op, &query, "redirect_uri", wish->back);
    put(op, &query, "scope", STR(SCOPES));
    put(op, &query, "state", wish->state);
    return arena_fmt(op->arena, STR_FMT "/oauth/authorize?" STR_FMT,
                     STR_ARG(site_of(connection)), STR_ARG(strbuf_str(&query)));
}

int mastodon_consent(struct op *op, const struct connection *connection,
                     const struct consent_wish *wish, struct consent *ret,
                     struct receipt *receipt)
{
    struct strbuf form = STRBUF(op->arena);
    struct json_writer w = JSON_WRITER(op->arena);
    struct str client, secret;
    const struct json *app;
    int r;

    put(op, &form, "client_name", STR("Draht"));
    put(op, &form, "redirect_uris", wish->back);
    put(op, &form, "scopes", STR(SCOPES));
    r = ask(op, connection, "/api/v1/apps", &form, &app, receipt);
    if (r == 0)
        r = need(app, "client_id", &client, receipt);
    if (r == 0)
        r = need(app, "client_secret", &secret, receipt);
    if (r)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "client_id", client);
    json_put_text(&w, "client_secret", secret);
    json_put_text(&w, "back", wish->back);
    json_end_object(&w);
    ret->address = page_of(op, connection, client, wish);
    ret->ticket = json_done(&w);
    return 0;
}

int mastodon_consented(struct op *op, const struct connection *connection,
                       const struct json *ticket, struct str code, struct str *ret,
                       struct receipt *receipt)
{
    struct strbuf form = STRBUF(op->arena);
    const struct json *answer;
    int r;

    put(op, &form, "grant_type", STR("authorization_code"));
    put(op, &form, "code", code);
    put(op, &form, "client_id", json_text(ticket, "client_id"));
    put(op, &form, "client_secret", json_text(ticket, "client_secret"));
    put(op, &form, "redirect_uri", json_text(ticket, "back"));
    put(op, &form, "scope", STR(SCOPES));
    r = ask(op, connection, "/oauth/token", &form, &answer, receipt);
    return r ? r : need(answer, "access_token", ret, receipt);
}
