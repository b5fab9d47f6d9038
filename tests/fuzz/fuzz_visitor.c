/* fuzz_visitor.c - nobody is taken for the person that a page names but by the channel's
 * secret, and a page that may show the chat is one that the browser is told of. Input:
 * a key, a person, a signature and a page, one a line; then the list of pages. */
#include "fuzz.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "channel/webchat.h"
#include "net/signature.h"

static const struct str secrets[] = { STR("one secret"), STR("an older one") };

static struct str proof(struct op *op, size_t i, struct str user)
{
    return hex_encode(op->arena, hmac_sha256(op->arena, secrets[i], user));
}

static void check_who(struct op *op, const struct webchat_claim *claim)
{
    const struct connection connection = { .secrets = secrets,
                                           .secret_count = COUNT_OF(secrets) };
    struct webchat_visitor visitor;
    int r = webchat_identify(op, &connection, claim, &visitor);
    bool fits = str_eq(claim->signature, proof(op, 0, claim->user)) ||
                str_eq(claim->signature, proof(op, 1, claim->user));

    PROMISE(r == 0 || r == WEBCHAT_NOBODY);
    PROMISE((r == 0) == (visitor.id.n > 0));
    PROMISE(visitor.identity != WEBCHAT_SIGNED || fits);
    PROMISE((visitor.identity == WEBCHAT_SIGNED) == (visitor.user.n > 0));
    PROMISE((visitor.identity == WEBCHAT_SIGNED) == str_starts(visitor.id, STR("u:")));
    PROMISE(visitor.identity != WEBCHAT_UNSIGNED || !claim->user.n);
    PROMISE(visitor.id.n <= ITEM_MAX_ID);
}

static struct json *as_settings(struct op *op, struct str pages)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct json *settings = NULL;

    json_begin_object(&w, NULL);
    json_put_text(&w, "allowed_origins", pages);
    json_end_object(&w);
    PROMISE(json_parse(op, json_done(&w), &settings) == 0);
    return settings;
}

static bool is_empty(struct str pages)
{
    for (size_t i = 0; i < pages.n; i++)
        if (!memchr(" \t\r\n,", pages.p[i], 5))
            return false;
    return true;
}

static void check_pages(struct op *op, struct str page, struct str pages)
{
    struct json *settings = as_settings(op, pages);
    bool shows = webchat_may_show(op, settings, page);
    struct str policy = webchat_frame_ancestors(op, settings);
    int r = webchat_check_origins(op, "pages", pages);

    PROMISE(r == 0 || (r == ERR_INVALID && op->err.fields));
    op->err = (struct err){ 0 };
    /* A list that was taken says something, and no list says nothing. */
    PROMISE(r != 0 || (policy.n > 0) != is_empty(pages));
    PROMISE(policy.n > 0 || shows);
    if (policy.n > 0 && shows)
        PROMISE(str_starts(page, STR("http")) || str_starts(page, STR("HTTP")) ||
                str_eq_ignore_case(str_sub(page, 0, 4), STR("http")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str rest = INPUT, page;
    struct webchat_claim claim;

    claim.key = str_cut(rest, '\n', &rest);
    claim.user = str_cut(rest, '\n', &rest);
    claim.signature = str_cut(rest, '\n', &rest);
    page = str_cut(rest, '\n', &rest);
    check_who(&op, &claim);
    claim.signature = proof(&op, size % 2, claim.user);
    check_who(&op, &claim);
    if (utf8_is_valid(rest) && !memchr(rest.n ? rest.p : "", 0, rest.n))
        check_pages(&op, page, rest);
    return 0;
}
