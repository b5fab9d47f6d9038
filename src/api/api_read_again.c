/* api_read_again.c - how far a newer model is in reading what is here already. */
#include "api/api_show.h"

#include "dialogue/findings.h"
#include "work/work_read_again.h"

static const char *state_of(int r, const struct read_again *row)
{
    if (r == READ_AGAIN_NONE)
        return "none";
    if (!row->ended_at)
        return "running";
    return row->trouble.n ? "stopped" : "done";
}

static int answer_row(struct op *op, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct read_again row = { .total = 0 };
    int r = read_again_get(op, &row);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_c(&w, "state", state_of(r, &row));
    json_put_text(&w, "model", r == READ_AGAIN_NONE ? finding_model() : row.model);
    json_put_bool(&w, "everything", row.everything);
    r = show_account(&s, "by", row.account_id);
    json_put_time(&w, "begun_at", row.begun_at);
    if (row.total < 0)
        json_put_null(&w, "total");
    else
        json_put_int(&w, "total", row.total);
    json_put_int(&w, "looked", row.looked);
    json_put_int(&w, "changed", row.changed);
    json_put_time(&w, "done_at", reading_done_at(op, &row));
    json_put_time(&w, "ended_at", row.ended_at);
    json_put_text(&w, "trouble", row.trouble);
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static int reading_show(struct op *op, struct api_call *call UNUSED,
                        struct http_answer *ret)
{
    return answer_row(op, ret);
}

static int reading_start(struct op *op, struct api_call *call UNUSED,
                         struct http_answer *ret)
{
    int r = reading_begin(op);

    return r < 0 ? r : answer_row(op, ret);
}

static const struct api_field no_fields[] = { { NULL } };

const struct api_route api_read_again_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/findings/reading",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "How far a newer model is in reading what is here already.",
        .handle = reading_show,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/findings/reading",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "settings",
        .summary = "Read all messages again, in the background.",
        .fields = no_fields,
        .handle = reading_start,
    },
    { NULL },
};
