/* fixture_place.h - where a test's store lives, for fixture.c. */
#ifndef TESTS_FIXTURE_PLACE_H
#define TESTS_FIXTURE_PLACE_H

#include "fixture.h"

void fixture_remove_place(struct fixture *f);

#endif
