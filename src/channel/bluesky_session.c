/* bluesky_session.c - a session is got for the app password, and renewed while it lasts.
 *
 * Its tokens stand in the memory of this process alone and never on a disk: what is
 * forgotten is got again. A server lets somebody in only so many times a day, so a
 * session is kept and renewed by its own token before the password is used again.
 */
#include <pthread.h>

#include "base/bytes.h"
#include "channel/bluesky.h"

enum { MAX_KEPT = 128, MAX_NAME = 300, MAX_TOKEN = 4096 };

static struct kept {
    int64_t channel_id, at, until_at;
    struct held {
        size_t n;
        char p[MAX_TOKEN];
    } access, refresh, did, handle, password;
} kept[MAX_KEPT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void hold(struct held *place, struct str text)
{
    place->n = text.n;
    memcpy(place->p, text.p, text.n);
}

static struct str view(const struct held *place)
{
    return (struct str){ place->p, place->n };
}

/* What a session counts for: another password begins a new one. */
static struct str password_of(const struct connection *connection)
{
    return connection->credential.text;
}

static struct kept *find(const struct connection *connection)
{
    for (size_t i = 0; i < MAX_KEPT; i++)
        if (kept[i].at && kept[i].channel_id == connection->channel_id)
            return &kept[i];
    return NULL;
}

static bool find_kept(struct op *op, const struct connection *connection,
                      struct bluesky_session *ret)
{
    const struct kept *place;
    bool found;

    pthread_mutex_lock(&lock);
    place = find(connection);
    found = place && str_eq_secret(view(&place->password), password_of(connection));
    if (found)
        *ret = (struct bluesky_session){
            .did = arena_dup(op->arena, view(&place->did)),
            .handle = arena_dup(op->arena, view(&place->handle)),
            .access = arena_dup(op->arena, view(&place->access)),
            .refresh = arena_dup(op->arena, view(&place->refresh)),
        };
    pthread_mutex_unlock(&lock);
    return found;
}

/* In its own place, else in the one that was not renewed for longest. */
void bluesky_session_keep(const struct connection *connection,
                          const struct bluesky_session *session, int64_t now)
{
    struct kept *place;

    if (password_of(connection).n > MAX_TOKEN)
        return;
    pthread_mutex_lock(&lock);
    place = find(connection);
    if (!place) {
        place = &kept[0];
        for (size_t i = 1; i < MAX_KEPT; i++)
            if (kept[i].at < place->at)
                place = &kept[i];
    }
    place->channel_id = connection->channel_id;
    place->at = now;
    place->until_at = session->until_at;
    hold(&place->password, password_of(connection));
    hold(&place->did, session->did);
    hold(&place->handle, session->handle);
    hold(&place->access, session->access);
    hold(&place->refresh, session->refresh);
    pthread_mutex_unlock(&lock);
}

void bluesky_session_forget(const struct connection *connection)
{
    struct kept *place;

    pthread_mutex_lock(&lock);
    place = find(connection);
    if (place)
        *place = (struct kept){ 0 };
    pthread_mutex_unlock(&lock);
}

bool bluesky_token_life(const struct connection *connection, struct token_life *ret)
{
    const struct kept *place;
    bool found;

    pthread_mutex_lock(&lock);
    place = find(connection);
    found = place && str_eq_secret(view(&place->password), password_of(connection));
    if (found)
        *ret = (struct token_life){ place->at, place->until_at };
    pthread_mutex_unlock(&lock);
    return found;
}

/* The "exp" of a JSON Web Token (RFC 7519 4.1.4) in milliseconds; 0: it tells none. Only
 * told to people, so nobody asks who signed it. */
static int64_t expiry_of(struct op *op, struct str token)
{
    struct err before = op->err;
    struct str rest, payload, text;
    struct json *json = NULL;
    int64_t seconds;

    str_cut(token, '.', &rest);
    payload = str_cut(rest, '.', &rest);
    if (!base64url_decode(op->arena, payload, &text) || json_parse(op, text, &json) < 0) {
        op->err = before;
        return 0;
    }
    seconds = json_int(json, "exp", 0);
    return seconds > 0 && seconds < INT64_MAX / SECONDS(1) ? SECONDS(seconds) : 0;
}

/* 0, or BLUESKY_NO_SESSION: what came is no session. */
static int take(struct op *op, const struct connection *connection,
                const struct bluesky_answer *answer, struct bluesky_session *ret,
                struct receipt *receipt)
{
    struct bluesky_session session = { .did = json_text(answer->json, "did"),
                                       .handle = json_text(answer->json, "handle"),
                                       .access = json_text(answer->json, "accessJwt"),
                                       .refresh = json_text(answer->json, "refreshJwt") };

    if (!bluesky_is_did(session.did) || session.did.n > MAX_NAME ||
        session.handle.n > MAX_NAME || !session.access.n || !session.refresh.n ||
        session.access.n > MAX_TOKEN || session.refresh.n > MAX_TOKEN) {
        receipt->trouble = "no_interface";
        receipt->reason =
            STR("what answers at this address does not let us in as Bluesky does");
        return BLUESKY_NO_SESSION;
    }
    session.until_at = expiry_of(op, session.access);
    bluesky_session_keep(connection, &session, op->now);
    *ret = session;
    return 0;
}

static struct str login(struct op *op, const struct connection *connection)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str name = str_trim(json_text(connection->settings, "handle"));

    if (str_starts(name, STR("@")))
        name = str_sub(name, 1, name.n);
    json_begin_object(&w, NULL);
    json_put_text(&w, "identifier", name);
    json_put_text(&w, "password", password_of(connection));
    json_end_object(&w);
    return json_done(&w);
}

/* 401 says here that the password does not count. */
static int create(struct op *op, const struct connection *connection,
                  struct bluesky_session *ret, struct receipt *receipt)
{
    const struct bluesky_question question = {
        .method = STR("com.atproto.server.createSession"), .json = login(op, connection)
    };
    struct bluesky_answer answer;
    int r = bluesky_call(op, connection, STR(""), &question, &answer, receipt);

    if (r)
        return r == BLUESKY_SILENT ? BLUESKY_NO_SESSION : r;
    if (answer.status / 100 == 2)
        return take(op, connection, &answer, ret, receipt);
    if (str_is(answer.error, "AuthFactorTokenRequired")) {
        receipt->trouble = "credential_refused";
        receipt->reason = STR("this is the account's own password, which asks for a code "
                              "besides: make an app password there and enter it here");
    }
    return BLUESKY_NO_SESSION;
}

int bluesky_session(struct op *op, const struct connection *connection,
                    struct bluesky_session *ret, struct receipt *receipt)
{
    if (!connection->credential.text.n) {
        receipt->trouble = "credential_missing";
        receipt->reason = STR("no app password was entered for this channel yet");
        return BLUESKY_NO_SESSION;
    }
    if (find_kept(op, connection, ret))
        return 0;
    return create(op, connection, ret, receipt);
}

int bluesky_session_renew(struct op *op, const struct connection *connection,
                          struct bluesky_session *session, struct receipt *receipt)
{
    const struct bluesky_question question = {
        .method = STR("com.atproto.server.refreshSession"), .json = STR("{}")
    };
    struct receipt unheard = { .reason = STR("") };
    struct bluesky_answer answer;
    int r = bluesky_call(op, connection, session->refresh, &question, &answer, &unheard);

    if (r == 0 && answer.status / 100 == 2)
        return take(op, connection, &answer, session, receipt);
    if (r == 0 && (answer.status == 400 || answer.status == 401)) {
        bluesky_session_forget(connection);
        return create(op, connection, session, receipt);
    }
    *receipt = unheard;
    return r < 0 ? r : BLUESKY_NO_SESSION;
}
