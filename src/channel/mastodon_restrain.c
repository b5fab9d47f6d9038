/* mastodon_restrain.c - reporting, muting and blocking an account.
 *
 * A mute leaves us the notifications: what is said to us arrives, and is counted. What an
 * answer shows is believed, and nothing else: a server that takes the call and does not
 * do it has refused. Some servers of this interface offer only part of it, and answer as
 * to any address that they do not know, without JSON.
 */
#include "base/clock.h"
#include "channel/mastodon.h"

static struct str report_of(struct op *op, const struct restraint_wish *wish)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str status = mastodon_id(op, wish->message);

    json_begin_object(&w, NULL);
    json_put_text(&w, "account_id", wish->account);
    json_begin_array(&w, "status_ids");
    if (status.n)
        json_put_text(&w, NULL, status);
    json_end_array(&w);
    json_put_text(&w, "comment", wish->comment);
    json_put_bool(&w, "forward", wish->forward);
    json_put_c(&w, "category",
               str_is(wish->reason, "spam")      ? "spam"
               : str_is(wish->reason, "illegal") ? "legal"
                                                 : "other");
    json_end_object(&w);
    return json_done(&w);
}

static struct str mute_of(struct op *op, const struct restraint_wish *wish)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_bool(&w, "notifications", false);
    json_put_int(&w, "duration", wish->for_ms / SECONDS(1));
    json_end_object(&w);
    return json_done(&w);
}

static struct mastodon_question
question_of(struct op *op, const struct restraint_wish *wish, struct str account)
{
    struct mastodon_question question = { .path = STR("v1/reports"), .json = STR("{}") };

    if (str_is(wish->kind, "report")) {
        question.json = report_of(op, wish);
        return question;
    }
    question.path =
        arena_fmt(op->arena, "v1/accounts/" STR_FMT "/%s" STR_FMT, STR_ARG(account),
                  wish->lift ? "un" : "", STR_ARG(wish->kind));
    if (str_is(wish->kind, "mute") && !wish->lift)
        question.json = mute_of(op, wish);
    return question;
}

/* The address is none there: with JSON it would be the account that is not there. */
static bool is_not_offered(const struct mastodon_answer *answer)
{
    int status = answer->status;

    return !answer->json && (status == 404 || status == 405 || status == 410 ||
                             status == 422 || status == 501);
}

static int refused(const struct restraint_wish *wish,
                   const struct mastodon_answer *answer, struct receipt *ret)
{
    int status = answer->status;

    if (is_not_offered(answer)) {
        ret->trouble = "not_offered";
        ret->reason = STR("this server does not offer that to programs");
        return SEND_REFUSED;
    }
    if (status == 401 || status == 408 || status == 429 || status >= 500)
        return SEND_LATER;
    if (status == 403) {
        ret->trouble = "restrain_rights";
        ret->reason =
            STR("the access token may read and write and not this: connect the account "
                "again, or make a token there with the right write");
    }
    if (status == 404 && wish->lift)
        return 0; /* nothing is left of which to lift it */
    if (status == 404) {
        ret->trouble = "account_gone";
        ret->reason = STR("there is no such account on the server any more");
    }
    return SEND_REFUSED;
}

/* What is said of how we stand to the account must be what was asked for. */
static int check_relation(const struct restraint_wish *wish, const struct json *answer,
                          struct receipt *ret)
{
    const char *member = str_is(wish->kind, "mute") ? "muting" : "blocking";

    if (!answer)
        return SEND_LATER;
    if (json_bool(answer, member) != wish->lift)
        return 0;
    ret->trouble = "not_done";
    ret->reason = STR("the server took the call and did not do it");
    return SEND_REFUSED;
}

static int judge_report(const struct restraint_wish *wish,
                        const struct mastodon_answer *answer, struct receipt *ret)
{
    if (!json_text(answer->json, "id").n) {
        ret->reason = STR("the server took the report and does not say that it has it");
        return SEND_DOUBT;
    }
    if (wish->forward && !json_bool(answer->json, "forwarded"))
        ret->trouble = "not_forwarded";
    return 0;
}

int mastodon_restrain(struct op *op, const struct connection *connection,
                      const struct restraint_wish *wish, struct receipt *ret)
{
    struct str account = mastodon_id(op, wish->account);
    struct mastodon_question question = question_of(op, wish, account);
    bool is_report = str_is(wish->kind, "report");
    struct mastodon_answer answer;
    int r;

    if (!account.n) {
        ret->trouble = "account_gone";
        ret->reason = STR("it is not known which account wrote that");
        return SEND_REFUSED;
    }
    r = mastodon_ask(op, connection, &question, &answer, ret);
    if (r < 0)
        return r;
    if (r == MASTODON_REFUSED)
        return SEND_REFUSED;
    if (r)
        return is_report && r == MASTODON_SILENT ? SEND_DOUBT : SEND_LATER;
    if (answer.status / 100 == 2)
        return is_report ? judge_report(wish, &answer, ret)
                         : check_relation(wish, answer.json, ret);
    r = refused(wish, &answer, ret);
    return is_report && r == SEND_LATER && answer.status >= 500 ? SEND_DOUBT : r;
}
