/* api_original.c - a message as it looked to whom it was sent.
 *
 * Made anew from the bytes that were kept each time it is asked for, so that a better
 * cleaning (text/safe.h) counts for old letters, too. Interfaces show it in a sandbox.
 */
#include "api/api_show.h"

#include "channel/connector.h"
#include "dialogue/intake.h"

static int not_there(struct op *op)
{
    return op_fail(op, ERR_NOT_FOUND, "there is no original of this message");
}

static int find(struct op *op, int64_t message_id, struct raw_item *ret_raw,
                const struct connector **ret)
{
    struct message msg;
    struct channel channel;
    int64_t raw_id;
    int r = message_get(op, message_id, &msg);

    if (r == 0)
        r = intake_original(op, msg.id, &raw_id);
    if (r == 0)
        r = intake_raw_get(op, raw_id, ret_raw);
    if (r == 0)
        r = channel_get(op, msg.channel_id, &channel);
    if (r)
        return r < 0 ? r : not_there(op);
    *ret = connector_by_network(channel.network);
    return *ret && (*ret)->show ? 0 : not_there(op);
}

static int original_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    const struct connector *connector;
    struct safe_html shown;
    struct raw_item raw;
    int r = find(op, call->id, &raw, &connector);

    if (r == 0)
        r = connector->show(op, raw.bytes, &shown);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "html", shown.html);
    json_put_int(&w, "left_out", (int64_t)shown.left_out);
    json_put_bool(&w, "cut", shown.cut);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

const struct api_route api_original_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/messages/{id}/original",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show a letter as it was sent: its HTML, made harmless.",
        .handle = original_show,
    },
    { NULL },
};
