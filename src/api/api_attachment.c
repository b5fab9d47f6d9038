/* api_attachment.c - files: brought for a reply, and given out as downloads only.
 *
 * A file of a stranger is never shown by us: its type is always "some bytes", the
 * browser must not guess another, and must save it; should it open it all the same,
 * the sandbox gives it nothing.
 */
#include "api/api_show.h"

#include "base/bytes.h"
#include "base/picture.h"
#include "db/space.h"
#include "dialogue/attachment.h"
#include "page/files.h"

enum {
    MAX_BASE64 = (ATTACHMENT_MAX_BYTES + 2) / 3 * 4,
    MAX_UPLOAD = MAX_BASE64 + 16 * 1024, /* and the rest of the object */
};

/* Of a picture what it is, whatever it calls itself, and nothing that its camera wrote
 * beside it: where it was taken must not leave with it, by whatever way it leaves. */
static int clean(struct op *op, struct attachment *a, struct str *bytes)
{
    enum picture_kind kind = picture_look(*bytes).kind;

    if (kind != PICTURE_NONE)
        a->mime = str_of(picture_mime(kind));
    else if (picture_is_mime(a->mime))
        a->mime = STR("application/octet-stream");
    if (picture_bare(op->arena, *bytes, bytes) == PICTURE_DAMAGED)
        return op_fail_as(op, ERR_INVALID, "picture_damaged",
                          "this picture is damaged: what its camera wrote into it cannot "
                          "be taken out");
    return 0;
}

static int attachment_create(struct op *op, struct api_call *call,
                             struct http_answer *ret)
{
    struct attachment a = { .account_id = call->who.account_id,
                            .name = api_text(call, "name"),
                            .mime = api_text(call, "mime") };
    struct json_writer w = JSON_WRITER(op->arena);
    struct str bytes;
    int r = space_need(op, SPACE_LOW);

    if (r < 0)
        return r;
    if (!base64_decode(op->arena, api_text(call, "base64"), &bytes))
        return op_fail_field_as(op, "base64", "not_base64", "must be base64");
    r = clean(op, &a, &bytes);
    if (r >= 0)
        r = attachment_add(op, &a, bytes);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_id(&w, "id", a.id);
    json_put_text(&w, "name", a.name);
    json_put_text(&w, "mime", a.mime);
    json_put_int(&w, "size", a.size);
    json_put_text(&w, "description", a.description);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int attachment_change(struct op *op, struct api_call *call,
                             struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct attachment a;
    int r = attachment_describe(op, call->id, str_trim(api_text(call, "description")));

    if (r >= 0)
        r = attachment_get(op, call->id, &a);
    if (r)
        return r < 0 ? r : op_fail(op, ERR_NOT_FOUND, "there is no such file");
    json_begin_object(&w, NULL);
    json_put_id(&w, "id", a.id);
    json_put_text(&w, "description", a.description);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

int answer_file(struct op *op, const struct attachment *file, struct http_answer *ret)
{
    return files_answer(op, file, file->name, FILES_SAVED, ret);
}

static int attachment_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct attachment a;
    int r = attachment_get(op, call->id, &a);

    if (r < 0)
        return r;
    if (r == ATTACHMENT_NOT_FOUND ||
        (!a.message_id && a.account_id != call->who.account_id))
        return op_fail(op, ERR_NOT_FOUND, "there is no such file");
    return answer_file(op, &a, ret);
}

static const struct api_field create_fields[] = {
    { "name", API_TEXT, .required = true, .min = 1 },
    { "mime", API_TEXT, .required = true },
    { "base64", API_TEXT, .required = true, .max = MAX_BASE64,
      .help = "At most 8 MiB, decoded." },
    { NULL },
};

static const struct api_field change_fields[] = {
    { "description", API_TEXT, .required = true, .max = ATTACHMENT_MAX_DESCRIPTION,
      .help = "What it shows, for whoever does not see it." },
    { NULL },
};

const struct api_route api_attachment_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/attachments",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "draft",
        .max_body = MAX_UPLOAD,
        .creates = true,
        .summary = "Bring a file for a reply.",
        .fields = create_fields,
        .handle = attachment_create,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/attachments/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "draft",
        .summary = "Say what an own file shows, before it is sent.",
        .fields = change_fields,
        .handle = attachment_change,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/attachments/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .produces = "application/octet-stream",
        .summary = "Download a file.",
        .handle = attachment_show,
    },
    { NULL },
};
