/* email_token.c - short-lived tokens for a mailbox, kept while they count. */
#include "channel/email_token.h"

#include <pthread.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "net/client.h"

enum { MAX_KEPT = 64, MAX_TOKEN = 8192, WORDS = 120, USUAL_SECONDS = 300 };

/* Asked for anew while it still counts for so long. */
#define MARGIN_MS MINUTES(2)

/* Of one process; a token that is forgotten is got again. */
static struct kept {
    int64_t channel_id, renewed_at, until;
    char token[MAX_TOKEN];
    size_t n;
} kept[MAX_KEPT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Channels for which somebody asks just now; 0: a free place. Others wait for that
 * answer: a provider may take a refresh token once only. */
static int64_t asking[MAX_KEPT];
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;

/* Under the lock. */
static bool find_kept(struct op *op, int64_t channel_id, struct str *ret)
{
    bool found = false;

    for (size_t i = 0; i < MAX_KEPT && !found; i++) {
        found = kept[i].channel_id == channel_id && kept[i].until > op->now + MARGIN_MS;
        if (found)
            *ret = arena_dup(op->arena, (struct str){ kept[i].token, kept[i].n });
    }
    return found;
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
static bool find_or_ask(struct op *op, int64_t channel_id, struct str *ret)
{
    int64_t *place;
    bool found;

    pthread_mutex_lock(&lock);
    while (!(found = find_kept(op, channel_id, ret)) && place_of(channel_id))
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

static void keep(int64_t channel_id, struct str token, const struct token_life *life)
{
    struct kept *place = &kept[0];

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < MAX_KEPT; i++) {
        if (kept[i].channel_id == channel_id) {
            place = &kept[i];
            break;
        }
        if (kept[i].until < place->until)
            place = &kept[i];
    }
    place->channel_id = channel_id;
    place->renewed_at = life->renewed_at;
    place->until = life->until_at;
    place->n = token.n;
    memcpy(place->token, token.p, token.n);
    pthread_mutex_unlock(&lock);
}

void email_token_forget(const struct connection *connection)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < MAX_KEPT; i++)
        if (kept[i].channel_id == connection->channel_id)
            kept[i].until = 0;
    pthread_mutex_unlock(&lock);
}

bool email_token_life(const struct connection *connection, struct token_life *ret)
{
    bool found = false;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < MAX_KEPT && !found; i++) {
        found = kept[i].channel_id == connection->channel_id && kept[i].until;
        if (found)
            *ret = (struct token_life){ kept[i].renewed_at, kept[i].until };
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static void add_field(struct strbuf *out, const char *name, struct str value)
{
    if (value.n)
        strbuf_fmt(out, "%s%s=" STR_FMT, out->n ? "&" : "", name,
                   STR_ARG(http_encode(out->arena, value)));
}

static struct str question(struct op *op, const struct connection *connection,
                           const struct email_account *account)
{
    struct strbuf out = STRBUF(op->arena);
    struct str refresh, secret = str_cut(connection->credential.text, ' ', &refresh);

    if (!refresh.n) {
        refresh = secret;
        secret = STR("");
    }
    add_field(&out, "grant_type", STR("refresh_token"));
    add_field(&out, "client_id", account->client_id);
    add_field(&out, "client_secret", secret);
    add_field(&out, "refresh_token", str_trim(refresh));
    return strbuf_str(&out);
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

static int ask(struct op *op, const struct connection *connection,
               const struct email_account *account, struct str *ret,
               struct receipt *receipt)
{
    struct http_call call = { .method = STR("POST"),
                              .url = account->token_url,
                              .body = question(op, connection, account) };
    struct http_reply reply = { 0 };
    struct err before = op->err;
    struct token_life life = { .renewed_at = op->now };
    struct json *answer = NULL;
    struct str token;
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
    token = json_text(answer, "access_token");
    if (reply.status / 100 != 2 || !token.n || token.n > MAX_TOKEN)
        return refused(op, &reply, answer, receipt);
    life.until_at = op->now + SECONDS(json_int(answer, "expires_in", USUAL_SECONDS));
    keep(connection->channel_id, token, &life);
    *ret = token;
    return 0;
}

int email_token(struct op *op, const struct connection *connection,
                const struct email_account *account, struct str *ret,
                struct receipt *receipt)
{
    int r;

    if (find_or_ask(op, connection->channel_id, ret))
        return 0;
    r = ask(op, connection, account, ret, receipt);
    done_asking(connection->channel_id);
    return r;
}
