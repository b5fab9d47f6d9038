/* fuzz_request.c - a request reads the same however it is cut into pieces, and what is
 * accepted keeps the promises of net/http.h. */
#include "fuzz.h"

#include "net/parse.h"

/* What came out, as text: two runs are alike when this is. */
struct outcome {
    struct strbuf text;
    bool over;
};

static void note_request(struct outcome *out, const struct parser *parser)
{
    const struct http_request *rq = &parser->rq;

    PROMISE(rq->method.n > 0 && rq->minor >= 0 && rq->minor <= 1);
    PROMISE(str_is(rq->path, "*") || str_starts(rq->path, STR("/")));
    PROMISE(rq->minor == 0 || rq->host.n > 0);
    PROMISE(rq->headers.count <= SERVER_MAX_FIELDS);
    PROMISE(rq->body.n <= parser->max_body);
    PROMISE(rq->target.n <= SERVER_MAX_LINE);
    strbuf_fmt(&out->text, "%d " STR_FMT " " STR_FMT " ", parser->keep_alive,
               STR_ARG(rq->method), STR_ARG(rq->target));
    for (size_t i = 0; i < rq->headers.count; i++) {
        const struct http_field *field = &rq->headers.items[i];

        PROMISE(field->name.n > 0);
        for (size_t at = 0; at < field->value.n; at++)
            PROMISE(!memchr("\r\n\0", field->value.p[at], 3));
        strbuf_add(&out->text, field->name);
        strbuf_add(&out->text, field->value);
    }
    strbuf_add(&out->text, rq->body);
}

static void step(struct outcome *out, struct parser *parser, struct str *input)
{
    switch (parser_feed(parser, input)) {
    case PARSE_MORE:
        PROMISE(input->n == 0);
        break;
    case PARSE_HEAD:
        parser->max_body = 4096;
        step(out, parser, input);
        break;
    case PARSE_DONE:
        note_request(out, parser);
        out->over = !parser->keep_alive;
        parser_begin(parser, parser->arena);
        break;
    case PARSE_REFUSED:
        PROMISE(parser->status >= 400 && parser->status < 600 && parser->reason);
        strbuf_fmt(&out->text, "!%d", parser->status);
        out->over = true;
        break;
    }
}

static struct str run(struct arena *arena, struct str input, size_t piece_n)
{
    struct outcome out = { .text = STRBUF(arena) };
    struct parser parser;
    struct str piece;

    parser_begin(&parser, arena);
    while (input.n > 0 && !out.over) {
        piece = str_sub(input, 0, piece_n);
        input = str_sub(input, piece.n, input.n);
        while (piece.n > 0 && !out.over)
            step(&out, &parser, &piece);
    }
    parser_release(&parser);
    return strbuf_str(&out.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct str whole = run(&arena, INPUT, size + 1);

    PROMISE(str_eq(whole, run(&arena, INPUT, 1)));
    PROMISE(str_eq(whole, run(&arena, INPUT, 2 + size / 3)));
    return 0;
}
