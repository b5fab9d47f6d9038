/* assets.c - which form of a built-in file to send, and whether to. */
#include "net/assets.h"

const struct asset *asset_find(const struct asset *assets, struct str path)
{
    for (; assets->path; assets++) {
        if (str_is(path, assets->path))
            return assets;
    }
    return NULL;
}

/* "0", "0.", "0.000" refuse; anything else, also nonsense, does not. */
static bool is_zero(struct str weight)
{
    if (weight.n == 0 || weight.p[0] != '0')
        return false;
    for (size_t i = 1; i < weight.n; i++) {
        if (weight.p[i] != (i == 1 ? '.' : '0'))
            return false;
    }
    return true;
}

static bool refuses(struct str parameters)
{
    struct str rest = parameters, one, weight;

    while (rest.n > 0) {
        one = str_trim(str_cut(rest, ';', &rest));
        if (str_eq_ignore_case(str_trim(str_cut(one, '=', &weight)), STR("q")))
            return is_zero(str_trim(weight));
    }
    return false;
}

/* Does Accept-Encoding want `coding`? Named beats "*"; not named is no. */
static bool accepts(struct str accept, const char *coding)
{
    struct str rest = accept, item, parameters;
    bool any = false;

    while (rest.n > 0) {
        item = str_cut(rest, ',', &rest);
        item = str_trim(str_cut(item, ';', &parameters));
        if (str_eq_ignore_case(item, str_of(coding)))
            return !refuses(parameters);
        if (str_is(item, "*"))
            any = !refuses(parameters);
    }
    return any;
}

static bool matches(struct str if_none_match, const char *etag)
{
    struct str rest = if_none_match, one;

    while (rest.n > 0) {
        one = str_trim(str_cut(rest, ',', &rest));
        if (str_starts(one, STR("W/")))
            one = str_sub(one, 2, one.n);
        if (str_is(one, "*") || str_is(one, etag))
            return true;
    }
    return false;
}

/* A compressed form has other bytes, so its tag is a weak one (RFC 9110 8.8.3). */
static void choose(struct arena *arena, const struct http_request *rq,
                   const struct asset *asset, struct http_answer *ret)
{
    struct str accept = http_header(rq, "accept-encoding");
    const char *coding = NULL;

    ret->body = asset->body;
    if (asset->gzip.n && asset->gzip.n < ret->body.n && accepts(accept, "gzip")) {
        ret->body = asset->gzip;
        coding = "gzip";
    }
    if (asset->brotli.n && asset->brotli.n < ret->body.n && accepts(accept, "br")) {
        ret->body = asset->brotli;
        coding = "br";
    }
    if (coding)
        http_add(arena, &ret->headers, STR("Content-Encoding"), str_of(coding));
    http_add(arena, &ret->headers, STR("ETag"),
             arena_fmt(arena, "%s%s", coding ? "W/" : "", asset->etag));
}

void asset_answer(struct arena *arena, const struct http_request *rq,
                  const struct asset *asset, struct http_answer *ret)
{
    bool get = str_is(rq->method, "GET") || str_is(rq->method, "HEAD");

    if (!get) {
        http_problem(arena, 405, STR("this address can only be read"), ret);
        http_add(arena, &ret->headers, STR("Allow"), STR("GET, HEAD"));
        return;
    }
    *ret = (struct http_answer){ .status = 200, .content_type = asset->mime };
    http_add(arena, &ret->headers, STR("Cache-Control"),
             asset->immutable ? STR("public, max-age=31536000, immutable")
                              : STR("no-cache"));
    if (asset->gzip.n || asset->brotli.n)
        http_add(arena, &ret->headers, STR("Vary"), STR("Accept-Encoding"));
    if (matches(http_header(rq, "if-none-match"), asset->etag)) {
        ret->status = 304;
        ret->content_type = NULL;
        http_add(arena, &ret->headers, STR("ETag"), str_of(asset->etag));
        return;
    }
    choose(arena, rq, asset, ret);
}
