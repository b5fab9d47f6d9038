/* custom.h - the two halves of the custom network. */
#ifndef CHANNEL_CUSTOM_H
#define CHANNEL_CUSTOM_H

#include "channel/connector.h"

extern const struct connector connector_custom;

/* Signed by Standard Webhooks with one of the connection's secrets? */
int custom_check(struct op *op, const struct connection *connection,
                 const struct http_fields *headers, struct str body, struct receipt *ret);

/* custom_item.c: the inbound shape of docs/api.md. */
int custom_split(struct op *op, struct str body, struct str **ret, size_t *ret_count);
int custom_parse(struct op *op, struct str bytes, struct item *ret);

#endif
