/* test_clock.h - POST /test/v1/clock: moving a virtual clock. Only with --clock. */
#ifndef CMD_TEST_CLOCK_H
#define CMD_TEST_CLOCK_H

#include "api/api.h"

/* The ctx of the server (api_server_ctx()) is the struct process. */
extern const struct api_route test_clock_routes[];

#endif
