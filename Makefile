# Draht. Thin over Meson: `make help` lists what there is.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all help setup serve check check-full deb bench bench-text bench-ui model format clean web engine

BUILD := build
LISTEN ?= 127.0.0.1:8080
DATA ?= ./draht-data
DEMO ?= yes

# Everything the user interface is made of, so that npm only runs when it changed.
WEB_FILES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

# The user interface and all the C that does not contain it are built side by side.
ENGINE := $(patsubst src/%/meson.build,libdraht-%.a,$(wildcard src/*/meson.build))
ENGINE := $(filter-out libdraht-web.a libdraht-simulate.a,$(ENGINE)) # the latter is in test builds alone

all: $(BUILD)/build.ninja ## build the release program, build/draht
	@$(MAKE) --jobs=2 --no-print-directory web engine
	@ninja -C $(BUILD) --quiet draht

engine: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet $(ENGINE)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install what building and testing need (Debian packages; root or sudo)
	@tools/setup build web test

serve: ## install what is missing, build, and serve on 127.0.0.1:8080 with demo data (DEMO=no: empty)
	@tools/setup build web
	@$(MAKE) --no-print-directory all
	@exec tools/serve $(BUILD)/draht $(LISTEN) $(DATA) $(DEMO)

PEERS = tools/setup peers || echo "setup: the tests that need one of these servers are skipped, and say so" >&2

check: ## install what is missing, then run every test of the quick lane
	@tools/setup build web package test
	@$(PEERS)
	@tools/check

check-full: ## make check, and the same tests under the thread sanitizer and valgrind
	@tools/setup build web package test full
	@$(PEERS)
	@tools/check --full

deb: ## build a Debian package, build/draht_VERSION_ARCH.deb
	@tools/setup build web package
	@$(MAKE) --no-print-directory all
	@tools/make-deb $(BUILD)/draht $(BUILD)

bench: all ## measure the server beside its peers, an hour at most (BENCH=--small: only try)
	@ninja -C $(BUILD) --quiet bench/bare
	@bench/run.py $(BENCH)

bench-text: all ## measure the reading of texts, its speed, bursts and names (DRAHT_DATA: folder of the labelled sets)
	@tools/setup bench-text
	@bench/run.py texts findings bursts likeness

model: $(BUILD)/build.ninja ## learn the model anew from corpus/ and sentences (DRAHT_DATA: their folder), some seconds
	@ninja -C $(BUILD) --quiet draht
	@tools/make-model $(BUILD)/draht src/text/model.bin

bench-ui: all ## measure the interface in Chromium; writes bench/results
	@tools/with-node node tests/browser/run.mjs --install
	@DRAHT_BIN=$(CURDIR)/$(BUILD)/draht tools/with-node node bench/ui.mjs

format: ## let clang-format have its way
	@git ls-files '*.[ch]' | xargs clang-format-14 -i

clean: ## remove what was built (not draht-data)
	rm -rf $(BUILD) build-* web/dist .cache

$(BUILD)/build.ninja:
	@tools/setup --check build web
	@meson setup $(BUILD) --buildtype=debugoptimized >/dev/null

web: $(if $(WEB_FILES),.cache/web-built)

.cache/web-built: $(WEB_FILES)
	@tools/build-web
	@touch $@
