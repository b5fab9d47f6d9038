/* mailbox.c - which channel of the workspace can write mail. */
#include "work/mailbox.h"

static int can_write(struct op *op, enum mailbox_use use, const struct channel *channel,
                     bool *ret)
{
    const struct connector *connector = connector_by_network(channel->network);
    struct str mode;
    int r;

    *ret = false;
    if (channel->retired_at || !connector || !connector_can(connector, "mail") ||
        !(use == MAILBOX_ANSWERS ? !!connector->send : !!connector->tell))
        return 0;
    if (use == MAILBOX_ANSWERS) {
        r = channel_effective_mode(op, channel, &mode);
        if (r < 0 || !str_is(mode, "dialogue"))
            return r;
    }
    return connect_has_credential(op, channel, ret);
}

/* Is `a` to be taken before `b`? */
static bool is_better(const struct channel *a, const struct channel *b,
                      int64_t department_id)
{
    bool a_own = department_id && a->department_id == department_id;
    bool b_own = department_id && b->department_id == department_id;

    return a_own != b_own ? a_own : a->id < b->id;
}

int mailbox_find(struct op *op, enum mailbox_use use, int64_t department_id,
                 int64_t *ret_channel)
{
    const struct channel *found = NULL;
    struct channel *list;
    size_t count;
    int r = channel_list(op, &list, &count);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        bool can = false;

        if (found && !is_better(&list[i], found, department_id))
            continue;
        r = can_write(op, use, &list[i], &can);
        if (can)
            found = &list[i];
    }
    if (r < 0)
        return r;
    if (!found)
        return MAILBOX_NONE;
    *ret_channel = found->id;
    return 0;
}
