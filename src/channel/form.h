/* form.h - what people write on our own public pages: contact form, comments, status. */
#ifndef CHANNEL_FORM_H
#define CHANNEL_FORM_H

#include "channel/connector.h"

/* The network of contact forms. Its parse() also reads what is written on the page of
 * a thread or a case of any other network: raw items of the source "form". */
extern const struct connector connector_form;

#endif
