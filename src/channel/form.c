/* form.c - the network of our own public pages.
 *
 * Nothing is fetched and nothing leaves: a message comes from the contact form, and a
 * reply stands on the status page as soon as it is sent. So a reply is recorded only
 * ("nowhere"), and the raw items are JSON of ours: the shape of the custom network
 * with what only a page can say (struct item.page).
 */
#include "channel/form.h"

#include "base/ids.h"
#include "channel/custom.h"

static const char *const capabilities[] = { "private", "files", NULL };

static const struct setting settings[] = {
    { "intro", SETTING_TEXT, "Text above the form",
      "What people should know before they write; shown as it is." },
    { "fields", SETTING_TEXT, "Further fields",
      "Names of optional fields, a comma between: Order number, Place. At most 5." },
    { "no_email", SETTING_BOOL, "Do not ask for an e-mail address",
      "Answers stand on the status page in any case." },
    { "no_files", SETTING_BOOL, "Take no files", "Otherwise 3 of together 6 MiB." },
    { NULL },
};

static int form_verify(struct op *op, const struct connection *connection,
                       struct receipt *ret)
{
    (void)op;
    (void)connection;
    ret->reason = STR("the form is a page of this server");
    return 0;
}

/* Only a page of ours may bring such messages; a program uses the custom network. */
static int form_check(struct op *op, const struct connection *connection,
                      const struct http_fields *headers, struct str body,
                      struct receipt *ret)
{
    (void)op;
    (void)connection;
    (void)headers;
    (void)body;
    ret->reason = STR("messages of this channel come from its form alone");
    return CHECK_FORGED;
}

static int form_parse(struct op *op, struct str bytes, struct item *ret)
{
    struct json *json;
    struct item item;
    int r = custom_parse(op, bytes, &item);

    if (r < 0)
        return r;
    r = json_parse(op, bytes, &json);
    if (r < 0)
        return r;
    item.page.moderation = json_text(json, "moderation");
    item.page.status_hash = json_text(json, "status_hash");
    item.page.is_private = json_bool(json, "private");
    item.page.mail = json_text(json, "mail");
    item.page.mail_language = json_text(json, "mail_language");
    if (!id_parse(json_text(json, "parent_id"), &item.page.parent_id))
        item.page.parent_id = 0;
    *ret = item;
    return 0;
}

/* What was sent, for the record. */
static int form_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "idempotency_key", out->key);
    json_put_text(&w, "body", out->body);
    json_end_object(&w);
    *ret = json_done(&w);
    return 0;
}

static int form_send(struct op *op, const struct connection *connection,
                     const struct outbound *out, struct receipt *ret)
{
    (void)op;
    (void)connection;
    (void)out;
    ret->nowhere = true;
    return 0;
}

static int form_find(struct op *op, const struct connection *connection,
                     const struct outbound *out, struct receipt *ret)
{
    (void)op;
    (void)connection;
    (void)out;
    ret->reason = STR("nothing leaves this server");
    return FIND_ABSENT;
}

static int64_t form_quiet_ms(const struct connection *connection)
{
    (void)connection;
    return 0;
}

const struct connector connector_form = {
    .network = "form",
    .name = "Contact form",
    .capabilities = capabilities,
    .settings = settings,
    .delivery = DELIVERY_EXACT, /* nothing leaves, so nothing can be there twice */
    .verify = form_verify,
    .check = form_check,
    .split = custom_split,
    .parse = form_parse,
    .compose = form_compose,
    .send = form_send,
    .find = form_find,
    .quiet_ms = form_quiet_ms,
};
