/* talk.c - the cast of many tests. */
#include "talk.h"

#include "admin/account.h"
#include "admin/role.h"
#include "admin/workspace.h"
#include "work/works.h"

static int scripted(struct op *op, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct talk_http *http = CONTAINER_OF(client, struct talk_http, base);
    struct talk_answer answer = { 0 };

    (void)op;
    assert_true(http->calls < TALK_MAX_CALLS);
    answer = http->answers[http->calls];
    http->seen[http->calls++] =
        (struct http_call){ .method = arena_dup(http->arena, call->method),
                            .url = arena_dup(http->arena, call->url),
                            .body = arena_dup(http->arena, call->body) };
    *ret = (struct http_reply){ .status = answer.status ? answer.status : 204,
                                .body = str_of(answer.body),
                                .retry_after = answer.retry_after,
                                .reason = answer.outcome ? STR("no line") : STR("") };
    return answer.outcome;
}

static int64_t add_account(struct fixture *f)
{
    struct account eva = { .email = STR("eva@example.org"),
                           .name = STR("Eva"),
                           .language = STR("de") };
    struct role role;

    CHECK_OK(f, role_by_slug(&f->op, STR("agent"), &role));
    eva.role_id = role.id;
    CHECK_OK(f, account_add(&f->op, &eva));
    return eva.id;
}

void talk_begin(struct talk *t, struct fixture *f)
{
    struct workspace workspace = { .name = STR("Service hilft") };

    *t = (struct talk){ .f = f, .http.base.send = scripted, .http.arena = &f->arena };
    f->world.http = &t->http.base;
    memset(t->key.bytes, 'k', sizeof(t->key.bytes));
    f->world.key = &t->key;
    CHECK_OK(f, workspace_create(&f->op, &workspace));
    t->eva = add_account(f);
    f->op.actor = (struct actor){ ACTOR_ACCOUNT, t->eva };
    t->channel = (struct channel){
        .network = STR("custom"),
        .name = STR("Leitung"),
        .icon = STR(""),
        .kind_name = STR(""),
        .owner_id = t->eva,
        .purpose = STR("Service"),
        .mode = STR("dialogue"),
        .settings = STR("{\"outbound_url\":\"https://peer.example/in\"}"),
        .forwarding_note = STR(""),
    };
    CHECK_OK(f, channel_add(&f->op, &t->channel));
    CHECK_OK(
        f, secret_put(&f->op, t->channel.id, STR("signing_secret"), STR(TALK_SECRET), 0));
}

void talk_work(struct talk *t)
{
    int r;

    for (int steps = 0; (r = job_step(&t->f->world, works)) != 0; steps++)
        assert_true(r > 0 && steps < 10000);
}

int64_t talk_say(struct talk *t, const char *who, const char *text)
{
    struct fixture *f = t->f;
    struct intake_result result;
    struct incoming in = {
        .channel_id = t->channel.id,
        .external_id = arena_fmt(&f->arena, "c-%lld", (long long)++t->said),
        .thread = { .external_id = STR("post"),
                    .kind = STR("post"),
                    .visibility = STR("public") },
        .author = { .external_id = str_of(who), .name = str_of(who) },
        .body = str_of(text),
        .sent_at = f->op.now,
        .received_at = f->op.now,
        .open_conversations = true,
    };

    CHECK_OK(f, intake_item(&f->op, &in, &result));
    CHECK_OK(f, desk_on_inbound(&f->op, &in, &result));
    return result.conversation.id;
}

struct outbox talk_reply(struct talk *t, int64_t conversation, const char *text)
{
    struct fixture *f = t->f;
    struct desk_reply reply = { .conversation_id = conversation,
                                .body = str_of(text),
                                .visibility = STR("public") };
    struct message message;
    struct outbox box;

    CHECK_OK(f, desk_reply(&f->op, &reply, &message, &box));
    return box;
}

struct outbox talk_box(struct talk *t, int64_t id)
{
    struct fixture *f = t->f;
    struct outbox box;

    assert_int_equal(outbox_get(&f->op, id, &box), 0);
    return box;
}

struct str talk_state(struct talk *t, int64_t id)
{
    return talk_box(t, id).state;
}
