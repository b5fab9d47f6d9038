/* mock.h - the networks of test builds, one for each class of delivery. */
#ifndef CHANNEL_MOCK_H
#define CHANNEL_MOCK_H

#include "channel/connector.h"

#ifdef DRAHT_TEST_HOOKS

extern const struct connector connector_mock_a, connector_mock_b, connector_mock_c,
    connector_mock_d, connector_mock_e;

#endif
#endif
