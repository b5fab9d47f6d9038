/* fuzz_ticket.c - only what was signed here is a ticket, and for one form alone. Input:
 * what a browser sends in the hidden field; the same bytes as the parts of a ticket. */
#include "fuzz.h"

#include "admin/secret.h"
#include "page/ticket.h"

static void check_round(struct op *op, const struct ticket *ticket)
{
    struct ticket read = { 0 };
    struct str text, secret;
    int r;

    PROMISE(ticket_write(op, ticket, "contact", 5, &text) == 0);
    r = ticket_read(op, text, "contact", 5, &read);
    PROMISE(r == 0 || r == TICKET_STALE || r == TICKET_HASTY);
    PROMISE(read.made_at == ticket->made_at && read.asked == ticket->asked);
    PROMISE(memcmp(read.number, ticket->number, TICKET_NUMBER) == 0);
    PROMISE(ticket_read(op, text, "contact", 6, &read) == TICKET_FORGED);
    PROMISE(ticket_read(op, text, "comment", 5, &read) == TICKET_FORGED);
    PROMISE(ticket_name(op, ticket).n == 2 * TICKET_NUMBER);
    PROMISE(ticket_secret(op, ticket, 5, text, &secret) == 0 && secret.n == 43);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct secret_key key = { .bytes = "a key of the data folder" };
    const struct world world = { .key = &key };
    ARENA(arena);
    struct op op = {
        .arena = &arena, .world = &world, .workspace = 3, .now = INT64_C(1793606400000)
    };
    struct ticket ticket = { .asked = size % 2 };
    struct str text;
    int64_t ago = 0;
    int r = ticket_read(&op, INPUT, "contact", 5, &ticket);

    if (r != TICKET_FORGED) { /* it was written with this key */
        PROMISE(ticket_write(&op, &ticket, "contact", 5, &text) == 0);
        PROMISE(str_eq(text, INPUT));
    }
    memcpy(&ago, data ? data : (const uint8_t *)"", size < 5 ? size : 5);
    memcpy(ticket.number, data ? data : (const uint8_t *)"",
           size < TICKET_NUMBER ? size : TICKET_NUMBER);
    ticket.made_at = op.now - ago % HOURS(48);
    check_round(&op, &ticket);
    return 0;
}
