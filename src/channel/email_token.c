/* email_token.c - short-lived tokens for a mailbox, kept while they count. */
#include "channel/email_token.h"

#include <pthread.h>

#include "base/failpoint.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "net/client.h"

enum { MAX_KEPT = 64, MAX_TOKEN = 8192, WORDS = 120, USUAL_SECONDS = 300 };

/* Asked for anew while it still counts for so long. */
#define MARGIN_MS MINUTES(2)

/* Until somebody else who asks has done so. */
#define OTHERS_MS SECONDS(10)

struct held {
    char p[MAX_TOKEN];
    size_t n;
};

/* Of one process; a token that is forgotten is got again. */
static struct kept {
    int64_t channel_id, given, renewed_at, until;
    struct held token;
    struct held unsaved; /* the credential that came last, when it could not be stored */
} kept[MAX_KEPT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Channels for which somebody asks just now; 0: a free place. Others wait for that
 * answer: a provider may take a refresh token once only. */
static int64_t asking[MAX_KEPT];
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;

/* Under the lock. What was got for another credential counts no more. NULL: nothing. */
static struct kept *find_kept(const struct connection *connection)
{
    for (size_t i = 0; i < MAX_KEPT; i++)
        if (kept[i].channel_id == connection->channel_id &&
            kept[i].given == connection->credential.given)
            return &kept[i];
    return NULL;
}

/* Under the lock. */
static bool find_token(struct op *op, const struct connection *connection,
                       struct str *ret)
{
    const struct kept *place = find_kept(connection);

    if (!place || place->until <= op->now + MARGIN_MS)
        return false;
    *ret = arena_dup(op->arena, (struct str){ place->token.p, place->token.n });
    return true;
}

/* The place where `channel_id` stands; NULL: nowhere. */
static int64_t *place_of(int64_t channel_id)
{
    for (size_t i = 0; i < MAX_KEPT; i++) {
        if (asking[i] == channel_id)
            return &asking[i];
    }
    return NULL;
}

/* True: there is one, after a wait for whoever asks (which ends, as every call does).
 * Else the caller asks, and says so when it has: done_asking(). */
static bool find_or_ask(struct op *op, const struct connection *connection,
                        struct str *ret)
{
    int64_t channel_id = connection->channel_id;
    int64_t *place;
    bool found;

    pthread_mutex_lock(&lock);
    while (!(found = find_token(op, connection, ret)) && place_of(channel_id))
        pthread_cond_wait(&answered, &lock);
    place = found ? NULL : place_of(0);
    if (place)
        *place = channel_id;
    pthread_mutex_unlock(&lock);
    return found;
}

static void done_asking(int64_t channel_id)
{
    int64_t *place;

    pthread_mutex_lock(&lock);
    place = place_of(channel_id);
    if (place)
        *place = 0;
    pthread_cond_broadcast(&answered);
    pthread_mutex_unlock(&lock);
}

static void hold(struct held *place, struct str text)
{
    place->n = text.n;
    memcpy(place->p, text.p, text.n);
}

/* Under the lock. Its own place, that of an older credential, else the one whose token
 * ends first; what could not be stored is given up last. */
static struct kept *place_for(const struct connection *connection)
{
    struct kept *place = &kept[0];

    for (size_t i = 0; i < MAX_KEPT; i++) {
        if (kept[i].channel_id == connection->channel_id) {
            place = &kept[i];
            break;
        }
        if (!kept[i].unsaved.n && (place->unsaved.n || kept[i].until < place->until))
            place = &kept[i];
    }
    if (place->channel_id != connection->channel_id ||
        place->given != connection->credential.given)
        *place = (struct kept){ .channel_id = connection->channel_id,
                                .given = connection->credential.given };
    return place;
}

static void keep(const struct connection *connection, struct str token,
                 const struct token_life *life)
{
    struct kept *place;

    pthread_mutex_lock(&lock);
    place = place_for(connection);
    place->renewed_at = life->renewed_at;
    place->until = life->until_at;
    hold(&place->token, token);
    pthread_mutex_unlock(&lock);
}

/* Empty: it is stored, or counts no more. */
static void keep_unsaved(const struct connection *connection, struct str credential)
{
    struct kept *place;

    pthread_mutex_lock(&lock);
    place = find_kept(connection);
    if (!place && credential.n)
        place = place_for(connection);
    if (place)
        hold(&place->unsaved, credential.n <= MAX_TOKEN ? credential : STR(""));
    pthread_mutex_unlock(&lock);
}

static struct str find_unsaved(struct op *op, const struct connection *connection)
{
    struct str credential = STR("");
    const struct kept *place;

    pthread_mutex_lock(&lock);
    place = find_kept(connection);
    if (place && place->unsaved.n)
        credential =
            arena_dup(op->arena, (struct str){ place->unsaved.p, place->unsaved.n });
    pthread_mutex_unlock(&lock);
    return credential;
}

void email_token_forget(const struct connection *connection)
{
    struct kept *place;

    pthread_mutex_lock(&lock);
    place = find_kept(connection);
    if (place)
        place->until = 0;
    pthread_mutex_unlock(&lock);
}

bool email_token_life(const struct connection *connection, struct token_life *ret)
{
    const struct kept *place;
    bool found;

    pthread_mutex_lock(&lock);
    place = find_kept(connection);
    found = place && place->until;
    if (found)
        *ret = (struct token_life){ place->renewed_at, place->until };
    pthread_mutex_unlock(&lock);
    return found;
}

static void add_field(struct strbuf *out, const char *name, struct str value)
{
    if (value.n)
        strbuf_fmt(out, "%s%s=" STR_FMT, out->n ? "&" : "", name,
                   STR_ARG(http_encode(out->arena, value)));
}

/* What people gave, or what came instead: "SECRET REFRESH" or the refresh token alone. */
static struct str refresh_of(struct str credential, struct str *ret_secret)
{
    struct str refresh, secret = str_cut(credential, ' ', &refresh);

    *ret_secret = refresh.n ? secret : STR("");
    return str_trim(refresh.n ? refresh : secret);
}

static struct str question(struct op *op, const struct email_account *account,
                           struct str credential)
{
    struct strbuf out = STRBUF(op->arena);
    struct str secret, refresh = refresh_of(credential, &secret);

    add_field(&out, "grant_type", STR("refresh_token"));
    add_field(&out, "client_id", account->client_id);
    add_field(&out, "client_secret", secret);
    add_field(&out, "refresh_token", refresh);
    return strbuf_str(&out);
}

/* Empty: the answer brings no other refresh token. */
static struct str credential_of(struct op *op, struct str asked_with,
                                const struct json *answer)
{
    struct str secret, refresh = refresh_of(asked_with, &secret);
    struct str fresh = json_text(answer, "refresh_token");

    if (!fresh.n || str_eq(fresh, refresh))
        return STR("");
    return arena_fmt(op->arena, STR_FMT " " STR_FMT, STR_ARG(secret), STR_ARG(fresh));
}

static int refused(struct op *op, const struct http_reply *reply,
                   const struct json *answer, struct receipt *receipt)
{
    struct str error = utf8_cut(json_text(answer, "error"), WORDS);

    receipt->wait_ms = SECONDS((int64_t)reply->retry_after);
    if (reply->status / 100 == 4 && reply->status != 429 && reply->status != 408)
        receipt->trouble = "credential_refused";
    receipt->reason = arena_fmt(
        op->arena, "the address for tokens answered %d%s" STR_FMT "%s", reply->status,
        error.n ? " (" : "", STR_ARG(error),
        error.n ? "): sign in there again and enter the new refresh token" : "");
    return EMAIL_FAILED;
}

struct asked {
    struct str with;              /* the credential */
    struct str token, credential; /* what came; credential empty: no other one */
    struct token_life life;
};

static int ask(struct op *op, const struct email_account *account, struct asked *asked,
               struct receipt *receipt)
{
    struct http_call call = { .method = STR("POST"),
                              .url = account->token_url,
                              .body = question(op, account, asked->with) };
    struct http_reply reply = { 0 };
    struct err before = op->err;
    struct json *answer = NULL;
    int r;

    http_add(op->arena, &call.headers, STR("Content-Type"),
             STR("application/x-www-form-urlencoded"));
    r = http_send(op, &call, &reply);
    if (r) {
        receipt->reason = r > 0 ? reply.reason : STR("");
        return r < 0 ? r : EMAIL_FAILED;
    }
    if (json_parse(op, reply.body, &answer) < 0)
        op->err = before;
    if (reply.status / 100 == 2)
        asked->credential = credential_of(op, asked->with, answer);
    asked->token = json_text(answer, "access_token");
    if (reply.status / 100 != 2 || !asked->token.n || asked->token.n > MAX_TOKEN)
        return refused(op, &reply, answer, receipt);
    asked->life.renewed_at = op->now;
    asked->life.until_at =
        op->now + SECONDS(json_int(answer, "expires_in", USUAL_SECONDS));
    return 0;
}

static int begin(struct op *op, const struct connection *connection, struct str *ret,
                 struct receipt *receipt)
{
    struct str unsaved = find_unsaved(op, connection);
    int r;

    *ret = connection->credential.text;
    if (!connection->renewal)
        return 0;
    r = connection->renewal->begin(op, connection, ret);
    if (r == 0 && unsaved.n)
        *ret = unsaved;
    if (r <= 0)
        return r;
    receipt->wait_ms = OTHERS_MS;
    receipt->reason = r == RENEWAL_BUSY
                          ? STR("another process gets a token for this mailbox just now")
                          : STR("something else was entered for this mailbox just now");
    return EMAIL_FAILED;
}

/* The server may have given the old refresh token up already. What came instead is on the
 * disk before the token that came with it is used for anything. */
static int end(struct op *op, const struct connection *connection,
               const struct asked *asked)
{
    struct str unsaved = find_unsaved(op, connection);
    struct str text = asked->credential.n ? asked->credential : unsaved;
    int r;

    if (!connection->renewal)
        return 0;
    r = connection->renewal->end(op, connection, text);
    keep_unsaved(connection, r < 0 ? text : STR(""));
    return r;
}

/* No token came; `r` says why, whatever becomes of the rest. */
static int end_without(struct op *op, const struct connection *connection,
                       const struct asked *asked, int r)
{
    struct err before = op->err;

    if (end(op, connection, asked) < 0)
        op->err = before;
    return r;
}

static int renew(struct op *op, const struct connection *connection,
                 const struct email_account *account, struct str *ret,
                 struct receipt *receipt)
{
    struct asked asked = { .with = STR("") };
    int r = begin(op, connection, &asked.with, receipt);

    if (r)
        return r;
    r = ask(op, account, &asked, receipt);
    FAILPOINT("token.answered");
    if (r)
        return end_without(op, connection, &asked, r);
    r = end(op, connection, &asked);
    FAILPOINT("token.kept");
    if (r < 0)
        return r;
    keep(connection, asked.token, &asked.life);
    *ret = asked.token;
    return 0;
}

int email_token(struct op *op, const struct connection *connection,
                const struct email_account *account, struct str *ret,
                struct receipt *receipt)
{
    int r;

    if (find_or_ask(op, connection, ret))
        return 0;
    r = renew(op, connection, account, ret, receipt);
    done_asking(connection->channel_id);
    return r;
}
