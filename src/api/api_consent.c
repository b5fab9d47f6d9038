/* api_consent.c - connecting a channel by the network's own page: who may speak for the
 * account agrees there, and comes back with a code.
 *
 * Between the two calls nothing is stored: what the second needs travels as a ticket
 * through the browser, sealed for this channel, this account and this address, for a
 * quarter of an hour. The state comes back through the network's page, so that nobody can
 * slip in a code of their own account.
 */
#include "api/api.h"

#include "admin/secret.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "dialogue/pace.h"
#include "event/event.h"
#include "work/connect.h"

enum { MAX_ADDRESS = 2048, MAX_TICKET = 8192, STATE_BYTES = 18 };

#define TICKET_MS MINUTES(15)

static const char seal_name[] = "consent";

/* The channel and its connector, or 404, or 409 where there is nothing to agree to. */
struct subject {
    int64_t id;
    struct connected to;
    struct str why;
    int outcome;
};

static int connect_subject(struct op *op, void *ctx)
{
    struct subject *subject = ctx;

    subject->outcome = connect_channel(op, subject->id, &subject->to, &subject->why);
    return subject->outcome < 0 ? subject->outcome : 0;
}

static int load(struct op *op, int64_t id, struct subject *ret)
{
    int r;

    *ret = (struct subject){ .id = id };
    r = store_read(op, connect_subject, ret);
    if (r < 0)
        return r;
    if (ret->outcome)
        return op_fail(op, ERR_NOT_FOUND, STR_FMT, STR_ARG(ret->why));
    if (!ret->to.connector->consent || ret->to.channel.retired_at)
        return op_fail_as(op, ERR_CONFLICT, "channel_without_consent",
                          "this channel is not connected by a page of its network");
    return 0;
}

static int answer_failed(struct op *op, const struct receipt *receipt,
                         struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_bool(&w, "ok", false);
    json_put_text(&w, "message", receipt->reason);
    json_put_text(&w, "trouble", str_of(receipt->trouble));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static struct str url_of(const struct subject *subject)
{
    return json_text(subject->to.connection.settings, "url");
}

static int seal(struct op *op, const struct api_call *call, const struct subject *subject,
                struct str state, struct str ticket, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str sealed;
    int r;

    json_begin_object(&w, NULL);
    json_put_raw(&w, "ticket", ticket);
    json_put_text(&w, "state", state);
    json_put_text(&w, "url", url_of(subject));
    json_put_id(&w, "account", call->who.account_id);
    json_put_int(&w, "until", op->now + TICKET_MS);
    json_end_object(&w);
    r = secret_seal(op, subject->id, str_of(seal_name), json_done(&w), &sealed);
    if (r >= 0)
        *ret = base64url_encode(op->arena, sealed);
    return r;
}

static int begin(struct op *op, struct api_call *call, struct http_answer *ret)
{
    const struct consent_wish wish = { .back = api_text(call, "back"),
                                       .state = random_token(op, STATE_BYTES) };
    struct json_writer w = JSON_WRITER(op->arena);
    struct receipt receipt = { .reason = STR("") };
    struct consent consent;
    struct subject subject;
    struct str ticket;
    int r = load(op, call->id, &subject);

    if (r < 0)
        return r;
    r = subject.to.connector->consent(op, &subject.to.connection, &wish, &consent,
                                      &receipt);
    if (r)
        return r < 0 ? r : answer_failed(op, &receipt, ret);
    r = seal(op, call, &subject, wish.state, consent.ticket, &ticket);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_bool(&w, "ok", true);
    json_put_text(&w, "address", consent.address);
    json_put_text(&w, "state", wish.state);
    json_put_text(&w, "ticket", ticket);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

/* Sealed by us, for this channel, this person and the address that still stands there. */
static int unseal(struct op *op, const struct api_call *call,
                  const struct subject *subject, const struct json **ret)
{
    struct str sealed, plain;
    struct json *json;
    int r = SECRET_DAMAGED;

    if (base64url_decode(op->arena, api_text(call, "ticket"), &sealed))
        r = secret_unseal(op, subject->id, str_of(seal_name), sealed, &plain);
    if (r < 0)
        return r;
    if (r || json_parse(op, plain, &json) < 0 ||
        !str_eq_secret(json_text(json, "state"), api_text(call, "state")) ||
        !str_eq(json_text(json, "url"), url_of(subject)) ||
        !str_eq(json_text(json, "account"),
                arena_fmt(op->arena, "%lld", (long long)call->who.account_id)))
        return op_fail_field_as(op, "ticket", "not_ours",
                                "was not made for this channel, address and account");
    if (json_int(json, "until", 0) < op->now)
        return op_fail_field_as(op, "ticket", "too_late",
                                "counts for a quarter of an hour: begin again");
    *ret = json_get(json, "ticket");
    return 0;
}

/* What works is not thrown away before what is new has been proved. */
static int prove(struct op *op, const struct subject *subject, struct str credential,
                 struct receipt *receipt)
{
    struct connection connection = subject->to.connection;

    connection.credential.site = url_of(subject);
    connection.credential.text = credential;
    return subject->to.connector->verify(op, &connection, receipt);
}

struct kept {
    const struct channel *channel;
    struct str credential;
};

static int keep(struct op *op, void *ctx)
{
    const struct kept *kept = ctx;
    struct event event = { .kind = "channel.consented",
                           .channel_id = kept->channel->id,
                           .subject_id = kept->channel->id };
    int r = connect_keep_credential(op, kept->channel, kept->credential);

    if (r >= 0)
        r = pace_forgive(op, kept->channel->id);
    return r < 0 ? r : event_add(op, &event);
}

static int finish(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct receipt receipt = { .reason = STR("") };
    const struct json *ticket;
    struct subject subject;
    struct kept kept;
    int r = load(op, call->id, &subject);

    if (r >= 0)
        r = unseal(op, call, &subject, &ticket);
    if (r < 0)
        return r;
    r = subject.to.connector->consented(op, &subject.to.connection, ticket,
                                        api_text(call, "code"), &kept.credential,
                                        &receipt);
    if (r == 0)
        r = prove(op, &subject, kept.credential, &receipt);
    if (r)
        return r < 0 ? r : answer_failed(op, &receipt, ret);
    kept.channel = &subject.to.channel;
    r = store_write(op, keep, &kept);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_bool(&w, "ok", true);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static const struct api_field begin_fields[] = {
    { .name = "back", .type = API_TEXT, .required = true, .min = 1, .max = MAX_ADDRESS },
    { NULL },
};
static const struct api_field finish_fields[] = {
    { .name = "ticket", .type = API_TEXT, .required = true, .min = 1, .max = MAX_TICKET },
    { .name = "state", .type = API_TEXT, .required = true, .min = 1, .max = 200 },
    { .name = "code", .type = API_TEXT, .required = true, .min = 1, .max = MAX_ADDRESS },
    { NULL },
};

const struct api_route api_consent_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/channels/{id}/consent",
        .mode = API_WORK,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Where a person agrees that this channel may speak for their account.",
        .fields = begin_fields,
        .handle = begin,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/channels/{id}/consent/code",
        .mode = API_WORK,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "The code that the person came back with: the channel is connected.",
        .fields = finish_fields,
        .handle = finish,
    },
    { NULL },
};
