/* api_rules.c - what the network of a conversation carries. */
#include "api/api_rules.h"

#include "base/picture.h"
#include "base/utf8.h"
#include "dialogue/attachment.h"
#include "dialogue/message.h"
#include "dialogue/thread.h"
#include "text/warning.h"
#include "work/connect.h"

struct rules {
    struct channel channel;
    const struct connector *connector; /* NULL: this program does not speak it any more */
    struct connection connection;
    bool in_chat; /* a private talk beside the public ones: of words alone */
};

static int rules_of(struct op *op, const struct conversation *c, struct rules *ret)
{
    struct thread thread;
    int r = channel_get(op, c->channel_id, &ret->channel);

    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no channel");
    ret->connector = connector_by_network(ret->channel.network);
    ret->connection = (struct connection){ .channel_id = ret->channel.id };
    r = thread_get(op, c->thread_id, &thread);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no thread");
    ret->in_chat = ret->connector && connector_can(ret->connector, "chats") &&
                   str_is(thread.visibility, "private");
    return connect_settings(op, &ret->channel, &ret->connection.settings);
}

static bool carries(const struct rules *rules, const char *capability)
{
    if (rules->in_chat && strcmp(capability, "public") != 0)
        return strcmp(capability, "private") == 0;
    return !rules->connector || connector_can(rules->connector, capability);
}

static struct length_rule length_rule_of(const struct rules *rules, bool is_private)
{
    struct length_rule rule = { .unit = LENGTH_GRAPHEMES };

    if (rules->connector && rules->connector->length)
        rule = rules->connector->length(&rules->connection, is_private);
    if (!rule.most_bytes || rule.most_bytes > MESSAGE_MAX_BODY)
        rule.most_bytes = MESSAGE_MAX_BODY;
    return rule;
}

static void put_rule(struct json_writer *w, const struct rules *rules,
                     const char *visibility)
{
    struct length_rule rule;

    if (!carries(rules, visibility)) {
        json_put_null(w, visibility);
        return;
    }
    rule = length_rule_of(rules, strcmp(visibility, "private") == 0);
    json_begin_object(w, visibility);
    json_put_int(w, "most", rule.most);
    json_put_c(w, "unit", length_unit_name(rule.unit));
    json_put_int(w, "link", rule.link);
    json_put_int(w, "most_bytes", rule.most_bytes);
    json_end_object(w);
}

/* Why nothing leaves by this channel; empty when it does. */
static int closed_by(struct op *op, const struct channel *channel, const char **ret)
{
    struct str mode;
    int r = channel_effective_mode(op, channel, &mode);

    if (r < 0)
        return r;
    *ret = channel->retired_at ? "retired" : str_is(mode, "dialogue") ? "" : "listens";
    return 0;
}

static struct file_rule file_rule_of(const struct rules *rules)
{
    struct file_rule rule = { 0 };

    if (rules->connector)
        rule = rules->connector->files;
    if (!rule.most)
        rule.most = ATTACHMENT_MAX_PER_MESSAGE;
    if (!rule.most_bytes)
        rule.most_bytes = ATTACHMENT_MAX_BYTES;
    return rule;
}

static void put_file_rule(struct json_writer *w, const struct rules *rules)
{
    struct file_rule rule = file_rule_of(rules);

    json_begin_object(w, "file_rule");
    json_put_int(w, "most", (int64_t)rule.most);
    json_put_int(w, "most_bytes", (int64_t)rule.most_bytes);
    json_put_bool(w, "pictures", rule.pictures);
    json_put_bool(w, "descriptions",
                  rules->connector && connector_can(rules->connector, "descriptions"));
    json_end_object(w);
}

int rules_show(struct show *s, const struct conversation *c)
{
    const char *closed;
    struct rules rules;
    int r = rules_of(s->op, c, &rules);

    if (r >= 0)
        r = closed_by(s->op, &rules.channel, &closed);
    if (r < 0)
        return r;
    json_begin_object(s->w, "reply_rules");
    json_put_c(s->w, "closed", closed);
    json_put_bool(s->w, "files", carries(&rules, "files"));
    put_file_rule(s->w, &rules);
    json_put_bool(s->w, "warning", carries(&rules, "warnings"));
    put_rule(s->w, &rules, "public");
    put_rule(s->w, &rules, "private");
    json_end_object(s->w);
    return 0;
}

static int check_length(struct op *op, const struct rules *rules, bool is_private,
                        struct str body)
{
    struct length_rule rule = length_rule_of(rules, is_private);

    if (rule.most && length_of(&rule, body) > rule.most)
        return op_too_long(op, "body", rule.most, length_unit_name(rule.unit));
    if (body.n > (size_t)rule.most_bytes)
        return op_too_long(op, "body", rule.most_bytes, "bytes");
    return 0;
}

static int check_file(struct op *op, const struct file_rule *rule, int64_t id)
{
    struct attachment file;
    int r = attachment_get(op, id, &file);

    if (r)
        return r < 0 ? r : 0; /* the desk says so */
    if (rule->pictures && !picture_is_mime(file.mime))
        return op_fail_field_as(op, "attachment_ids", "no_picture",
                                "has a file that is no picture: the network takes JPEG, "
                                "PNG, WebP and GIF");
    if ((size_t)file.size <= rule->most_bytes)
        return 0;
    return op_fail_field_as(op, "attachment_ids", "too_large",
                            "has a file of more than %zu bytes, the most that the "
                            "network takes",
                            rule->most_bytes);
}

static int check_files(struct op *op, const struct rules *rules, const int64_t *ids,
                       size_t count)
{
    struct file_rule rule = file_rule_of(rules);
    int r = 0;

    if (count && !carries(rules, "files"))
        return op_fail_field_as(op, "attachment_ids", "not_carried",
                                "must be empty: the network carries no files");
    if (count > rule.most)
        return op_too_many(op, "attachment_ids", (int64_t)rule.most);
    for (size_t i = 0; r == 0 && i < count; i++)
        r = check_file(op, &rule, ids[i]);
    return r;
}

/* Empty when what is answered has none, or is not there any more. */
static int warning_answered(struct op *op, const struct conversation *c,
                            const struct desk_reply *reply, struct str *ret)
{
    struct message parent;
    struct str body, rest;
    int r = desk_answered(op, reply, c, &parent);

    if (r < 0 || !parent.id)
        return r;
    r = message_body(op, parent.id, parent.version, &body);
    if (r == 0)
        *ret = utf8_cut(warning_cut(body, &rest), WARNING_MAX);
    return r;
}

int rules_warn(struct op *op, const struct conversation *c, const struct str *typed,
               struct desk_reply *reply)
{
    struct str warning = typed ? str_trim(*typed) : STR("");
    struct rules rules;
    int r = rules_of(op, c, &rules);
    bool can = r == 0 && rules.connector && connector_can(rules.connector, "warnings");

    if (can && !typed)
        r = warning_answered(op, c, reply, &warning);
    if (r < 0 || !warning.n)
        return r;
    if (!can)
        return op_fail_field_as(op, "warning", "not_carried",
                                "must be empty: the network has no warnings");
    if (str_find(warning, STR("\n")) >= 0 || str_find(warning, STR("\r")) >= 0)
        return op_fail_field_as(op, "warning", "several_lines", "must be one line");
    reply->body = warning_put(op->arena, warning, reply->body);
    return 0;
}

int rules_check(struct op *op, const struct conversation *c,
                const struct desk_reply *reply)
{
    bool is_private = str_is(reply->visibility, "private");
    struct rules rules;
    int r = rules_of(op, c, &rules);

    if (r >= 0)
        r = check_files(op, &rules, reply->attachment_ids, reply->attachment_count);
    if (r < 0)
        return r;
    if (is_private && !carries(&rules, "private"))
        return op_fail_field_as(op, "visibility", "not_carried",
                                "cannot be private: the network has no private messages");
    return check_length(op, &rules, is_private, reply->body);
}
