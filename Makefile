# Yishi: one Makefile for everything; `make help` lists what it can do.
.DEFAULT_GOAL := all
SHELL := /bin/bash

VERSION    := 0.5.0
PREFIX     ?= /usr/local
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
DESTDIR    ?=
CC         := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
CLANG      ?= clang
SAN        ?= 0
# A build with sanitizers, or of another compiler, lives beside the plain one.
BUILD      ?= build$(if $(filter 1,$(SAN)),/san)$(if $(filter 1,$(COV)),/cov)

PKGS := libuv sqlite3 libpcre2-8 icu-i18n icu-uc libical inih jansson libedit libudev libmicrohttpd libmodbus
# Only the rules that compile need the libraries; `make deps` must run without them.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)) -lncursesw -ltinfo -lcsv -lm)$(PKG_LIBS)

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
        -Wundef -Wpointer-arith -Wcast-align -Wwrite-strings -Wold-style-definition
ifeq ($(SAN),1)
OPT  := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LOPT := -fsanitize=address,undefined
else ifeq ($(COV),1)
OPT  := -O0 --coverage
LOPT := --coverage
else
OPT  := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LOPT := -pie -Wl,-z,relro,-z,now
endif
CFLAGS   ?= -g
override CFLAGS += -std=gnu17 $(OPT) $(WARN) $(if $(filter 1,$(WERROR)),-Werror)
override CPPFLAGS += -D_GNU_SOURCE -DYISHI_VERSION='"$(VERSION)"' -I. -Isrc

# Layers, lowest first. Each is a static library; what a layer may include is scripts/check-layers' table.
dir_base  := src/base
dir_at    := at_commands
dir_sms   := src/sms
dir_rules := rules
dir_hw    := hw
dir_civic := src/civic
dir_page  := src/page
dir_store := src/store
LAYERS    := store page civic hw rules sms at base
dir_daemon   := src/daemon
dir_cli      := src/cli
dir_simmodem := src/simmodem
dir_manual   := src/manual
dir_root     := src/root

objs = $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out %/main.c,$(wildcard $(1)/*.c)))
lib  = $(BUILD)/lib/lib$(1).a
LIBS := $(foreach l,$(LAYERS),$(call lib,$(l)))
# A program is its main.c and a library of the rest, so that tests can reach everything but main().
PARTS := manual daemon cli simmodem root
TEST_LIBS := $(foreach l,$(PARTS),$(call lib,$(l))) $(LIBS)
PROGRAMS := $(addprefix $(BUILD)/bin/,yishid yishi yishi-simmodem)
ROOT_HELPER := $(BUILD)/bin/yishi-root
MO := $(patsubst src/po/%.po,$(BUILD)/share/locale/%/LC_MESSAGES/yishi.mo,$(wildcard src/po/*.po))

UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*/test_*.c))
FUZZERS    := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

V ?= 0
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' $(1) $(2))

all: $(PROGRAMS) $(ROOT_HELPER) $(MO) $(BUILD)/man/made $(BUILD)/90-yishi.rules ## build the programs into build/bin

define layer_rule
$(call lib,$(1)): $(call objs,$(dir_$(1))) $(if $(filter store,$(1)),$(BUILD)/obj/gen/schema.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS) $(PARTS),$(eval $(call layer_rule,$(l))))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Only paths.c knows where things are installed; it is built anew when PREFIX or SYSCONFDIR change.
PLACES := -DYISHI_PREFIX='"$(PREFIX)"' -DYISHI_SYSCONFDIR='"$(SYSCONFDIR)"'
$(BUILD)/obj/src/base/paths.o: CPPFLAGS += $(PLACES)
$(BUILD)/obj/src/base/paths.o: $(BUILD)/places
$(BUILD)/places: FORCE
	@mkdir -p $(@D)
	@echo "$(PLACES)" | cmp -s - $@ || echo "$(PLACES)" > $@

# The schema's SQL files become one C table, so that the programs carry their own migrations.
$(BUILD)/obj/gen/schema.o: $(wildcard src/store/schema/*.sql) scripts/embed-schema
	@mkdir -p $(@D)
	$(Q)scripts/embed-schema src/store/schema > $(BUILD)/obj/gen/schema.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $(BUILD)/obj/gen/schema.c

define program_rule
$(BUILD)/bin/$(1): $(BUILD)/obj/$(dir_$(2))/main.o $(call lib,$(2)) $(LIBS)
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$(Q)$(CC) $(CFLAGS) $(LOPT) $(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS)
endef
$(eval $(call program_rule,yishid,daemon))
$(eval $(call program_rule,yishi,cli))
$(eval $(call program_rule,yishi-simmodem,simmodem))

# What runs as root holds no library that it does not use.
$(ROOT_HELPER): $(BUILD)/obj/src/root/main.o $(call lib,root) $(foreach l,hw at base,$(call lib,$(l)))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LOPT) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(PKG_LIBS)

$(BUILD)/share/locale/%/LC_MESSAGES/yishi.mo: src/po/%.po
	@mkdir -p $(@D)
	$(Q)msgfmt --check-format -o $@ $<

# Manual pages and the completion of bash come out of the tables that the programs use; yishi-manual is not installed.
PAGES    := $(wildcard src/manual/pages/*)
RELEASED := $(if $(SOURCE_DATE_EPOCH),$(shell date -u -d @$(SOURCE_DATE_EPOCH) +%F),$(shell git log -1 --format=%cs 2>/dev/null || date +%F))
$(BUILD)/bin/yishi-manual: $(BUILD)/obj/src/manual/main.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LOPT) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(BUILD)/man/made: $(BUILD)/bin/yishi-manual $(MO) $(PAGES) $(wildcard rules/replies.*) at_commands/modems/generic.modem $(wildcard hw/cabinets/*.map)
	@rm -rf $(@D) && mkdir -p $(@D)/en $(@D)/zh $(BUILD)/share/bash-completion/completions
	$(call say,MAN,$(@D))
	$(Q)YISHI_DATA=$(CURDIR) $< man en src/manual/pages $(@D)/en $(RELEASED)
	$(Q)YISHI_DATA=$(CURDIR) $< man zh src/manual/pages $(@D)/zh $(RELEASED)
	$(Q)$< completion > $(BUILD)/share/bash-completion/completions/yishi
	@touch $@

# The rules of udev name the sticks that the rows name.
$(BUILD)/90-yishi.rules: hw/90-yishi.rules.in $(BUILD)/bin/yishi-manual $(wildcard at_commands/modems/*.modem)
	$(Q)$(BUILD)/bin/yishi-manual udev $< at_commands/modems > $@.new
	@mv $@.new $@

$(BUILD)/tests/%: tests/unit/%.c $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -Itests -MMD -MP -MF $@.d $(LOPT) $(LDFLAGS) -o $@ $< $(TEST_LIBS) $(PKG_LIBS) -lcmocka

unit-tests: $(UNIT_TESTS)

# Every fuzz target twice: with libFuzzer to search, and with a plain main to replay its corpus in `make check`.
$(BUILD)/fuzz/replay-%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(LOPT) $(LDFLAGS) -o $@ $< tests/fuzz/replay.c $(LIBS) $(PKG_LIBS)

replays: $(addprefix $(BUILD)/fuzz/replay-,$(FUZZERS))

FUZZ_SECONDS ?= 60
fuzz: ## search with libFuzzer, FUZZ_SECONDS (60) for each target
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory fuzz-run BUILD=build/fuzzing CC=$(CLANG) \
	   CFLAGS='-g -O1 -fsanitize=fuzzer-no-link,address,undefined' OPT= LOPT=-fsanitize=address,undefined
fuzz-run: $(LIBS)
	@set -e; mkdir -p $(BUILD)/fuzz; for f in $(FUZZERS); do \
	  $(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -fsanitize=fuzzer,address,undefined -o $(BUILD)/fuzz/$$f tests/fuzz/fuzz_$$f.c $(LIBS) $(PKG_LIBS); \
	  mkdir -p $(BUILD)/fuzz/corpus-$$f; echo "== $$f"; \
	  $(BUILD)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 $(BUILD)/fuzz/corpus-$$f tests/fuzz/corpus/$$f 2>&1 | tail -n 12; done

deps: ## install what the build and the tests need (Debian)
	@scripts/install-deps

check: ## install what is missing, build, run every test; SAN=1 adds the sanitizers
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j$$(nproc) all unit-tests replays SAN=$(SAN)
	@scripts/run-tests $(BUILD)

demo: ## a gateway on an emulated modem, with a button phone in this terminal
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@scripts/demo $(BUILD)

run: ## the gateway on a real modem: make run MODEM=/dev/ttyUSB2
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@scripts/run $(BUILD) "$(MODEM)"

bench: all ## speed and faults, side by side with peers from Debian; ONLY=word, QUICK=1
	@scripts/bench $(BUILD) $(if $(ONLY),--only $(ONLY)) $(if $(filter 1,$(QUICK)),--quick)

lint: ## layers, shell scripts, formatting, static analysis
	@scripts/lint

format: ## lay the C files out as .clang-format says
	@git ls-files -- '*.c' '*.h' | xargs clang-format -i

cover: ## line coverage of the unit and end-to-end tests
	@$(MAKE) --no-print-directory -j$$(nproc) all unit-tests replays COV=1
	@scripts/run-tests build/cov; scripts/cover build/cov

# Texts that name /usr/local name the place that was chosen.
PLACED = PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) scripts/install-text
install: all ## honours PREFIX, SYSCONFDIR and DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/yishi/{rules,at_commands/modems,hw/cabinets,pages} $(DESTDIR)$(SYSCONFDIR)/yishi
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -D -m 755 $(ROOT_HELPER) $(DESTDIR)$(PREFIX)/libexec/yishi/yishi-root
	install -m 644 $(filter-out %.c %.h,$(wildcard rules/*)) $(DESTDIR)$(PREFIX)/share/yishi/rules
	install -m 644 $(wildcard at_commands/modems/*.modem) $(DESTDIR)$(PREFIX)/share/yishi/at_commands/modems
	install -m 644 $(wildcard hw/cabinets/*.map) $(DESTDIR)$(PREFIX)/share/yishi/hw/cabinets
	install -m 644 $(wildcard src/page/templates/*) $(DESTDIR)$(PREFIX)/share/yishi/pages
	for m in $(notdir $(wildcard src/po/*.po)); do l=$${m%.po}; \
	  install -D -m 644 $(BUILD)/share/locale/$$l/LC_MESSAGES/yishi.mo $(DESTDIR)$(PREFIX)/share/locale/$$l/LC_MESSAGES/yishi.mo; done
	for p in $(BUILD)/man/en/*.[1-8]; do $(PLACED) $$p $(DESTDIR)$(PREFIX)/share/man/man$${p##*.}/$${p##*/} 644 || exit; done
	for p in $(BUILD)/man/zh/*.[1-8]; do $(PLACED) $$p $(DESTDIR)$(PREFIX)/share/man/zh_CN/man$${p##*.}/$${p##*/} 644 || exit; done
	for p in scripts/*.sh; do $(PLACED) $$p $(DESTDIR)$(PREFIX)/share/yishi/$$p 755 || exit; done
	for u in yishi.service yishi-root.socket yishi-root@.service; do \
	  $(PLACED) scripts/$$u $(DESTDIR)$(PREFIX)/lib/systemd/system/$$u 644 || exit; done
	install -D -m 644 scripts/yishi.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/yishi.conf
	$(PLACED) $(BUILD)/90-yishi.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/90-yishi.rules 644
	$(PLACED) scripts/yishi.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/yishi.conf 644
	install -D -m 644 $(BUILD)/share/bash-completion/completions/yishi $(DESTDIR)$(PREFIX)/share/bash-completion/completions/yishi
	test -e $(DESTDIR)$(SYSCONFDIR)/yishi/yishi.conf || install -m 640 scripts/yishi.conf.example $(DESTDIR)$(SYSCONFDIR)/yishi/yishi.conf
	install -m 644 scripts/yishi.conf.example $(DESTDIR)$(PREFIX)/share/yishi/yishi.conf.example

deb: ## the Debian package, in build; installs what building it needs
	@scripts/install-deps build deb
	@scripts/build-deb $(VERSION)
	@lintian --allow-root --fail-on error,warning build/yishi_*.deb

clean: ## remove what was built
	rm -rf build

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

FORCE:
.PHONY: FORCE all deps check demo run bench fuzz fuzz-run lint format cover install deb clean help unit-tests replays
.SECONDARY:
-include $(shell find $(BUILD) -path $(BUILD)/deb -prune -o -type f -name '*.d' -print 2>/dev/null)
