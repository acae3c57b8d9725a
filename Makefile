# Trouvaille: `make demo` to see it work, `make check` to test it.
#
# BUILD holds everything generated, BIN the two programs; the sanitizer and
# fuzzing builds are this same Makefile with other values of the two.
BUILD   ?= build
BIN     ?= .
CFLAGS  ?= -O2 -g
FUZZ_SECONDS ?= 60
SANITIZE =

# Where `make install` puts things, below DESTDIR. The program is built to look for its settings in sysconfdir.
prefix        ?= /usr/local
bindir        ?= $(prefix)/bin
cgibindir     ?= $(prefix)/lib/cgi-bin
sysconfdir    ?= /etc
localstatedir ?= /var
mandir        ?= $(prefix)/share/man
docdir        ?= $(prefix)/share/doc/trouvaille
unitdir       ?= $(prefix)/lib/systemd/system
sysusersdir   ?= $(prefix)/lib/sysusers.d
bashcompdir   ?= $(prefix)/share/bash-completion/completions
zshcompdir    ?= $(prefix)/share/zsh/site-functions
fishcompdir   ?= $(prefix)/share/fish/vendor_completions.d

BUILD_PACKAGES = gcc g++ make pkg-config libxapian-dev libcmark-dev \
	libutf8proc-dev libyaml-dev libjansson-dev libfcgi-dev libseccomp-dev libdeflate-dev
TEST_PACKAGES  = libcmocka-dev lighttpd apache2-bin nginx-light fcgiwrap spawn-fcgi w3m lynx curl procps valgrind clang libclang-rt-14-dev \
	mkdocs hugo chromium chromium-driver python3 xapian-tools iproute2 mandoc man-db zsh fish $(if $(shell command -v npm),,npm) \
	$(if $(shell command -v soffice),,libreoffice-writer-nogui)
DEB_PACKAGES   = build-essential dpkg-dev debhelper dh-apache2 lintian libcmocka-dev
BENCH_PACKAGES = xapian-omega sqlite3 recollcmd lighttpd linux-perf python3

# Recursive (=), so that pkg-config first runs in a recipe, after `deps`.
# All but Xapian are linked statically: to load them costs a process 0.4 ms of its two or three. LINKING=-Bdynamic links all.
LINKING  ?= -Bstatic
LIBRARIES = libcmark libutf8proc yaml-0.1 jansson fcgi libseccomp libdeflate
PC_CFLAGS = $(shell pkg-config --cflags $(LIBRARIES) xapian-core)
PC_LIBS   = -Wl,$(LINKING) $(shell pkg-config --libs $(LIBRARIES)) -Wl,-Bdynamic $(shell pkg-config --libs xapian-core)

SAN     = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wno-overlength-strings
INCLUDE = -I. -Isrc -Ishim -I$(BUILD)
COMMON  = $(WARN) $(INCLUDE) -D_GNU_SOURCE -pthread -MMD -MP $(PC_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(SAN)
COMPILE_C   = $(CC) -std=c17 -Wmissing-prototypes $(COMMON)
COMPILE_CXX = $(CXX) -std=c++17 $(COMMON)
LINK        = $(CXX) -pthread $(CFLAGS) $(SAN) $(LDFLAGS)

# What is built from what.
MAIN_SRC = src/main.c $(wildcard src/cmd_*.c)
LIB_SRC  = $(filter-out $(MAIN_SRC) src/cgi.c,$(wildcard src/*.c))
LIB      = $(BUILD)/libtrouvaille.a
SHIM_OBJ = $(patsubst %.c,$(BUILD)/%.o,$(wildcard shim/*.c)) $(BUILD)/shim/xap.o
LIB_OBJ  = $(LIB_SRC:%.c=$(BUILD)/%.o) $(SHIM_OBJ)
PATHS_USERS = settings cmd_embed cmd_index language
PROGRAMS = $(BIN)/trouvaille $(BIN)/trouvaille.cgi
TESTS    = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/test_*.c))
FUZZERS  = $(patsubst tests/fuzz_%.c,%,$(wildcard tests/fuzz_*.c))
SHORT    = analyse anchor front golden highlight layout lexique markup passage query record render request settings text
REPLAYS  = $(FUZZERS:%=$(BUILD)/tests/replay_%)

ASAN = BUILD=build/asan BIN=build/asan SANITIZE=address,undefined CFLAGS='-O1 -g -Werror'
# What either compiler warns of is a fault.
CLANG = BUILD=build/clang BIN=build/clang CC=clang CXX=clang++ CFLAGS='-O0 -Werror'
COVERAGE = BUILD=build/coverage CC=clang CXX=clang++ CFLAGS='-O0 -g -fprofile-instr-generate -fcoverage-mapping'
FUZZ = BUILD=build/fuzz CC=clang CXX=clang++ SANITIZE=fuzzer-no-link,address,undefined CFLAGS='-O1 -g'
SUBMAKE = $(MAKE) --no-print-directory

# The recipes mean ./index, whatever the caller uses.
unexport TROUVAILLE_INDEX

.DELETE_ON_ERROR:
.SECONDARY:
SITES    = ../shared/corpora
MEASURES = fold pair rank
BENCH    = generate bench_run bench_load bench_limits bench_bare bench_hello measure_growth

.PHONY: all measure measure-shards measures bench bench-programs growth profile tests replays fuzzers demo check check-short check-deb check-asan \
	check-valgrind crash fuzz fuzz-merge coverage soak pictures readme layers format serve install uninstall deb clean deps \
	test-deps bench-deps

all: $(PROGRAMS)
tests: $(TESTS) $(REPLAYS)
replays: $(REPLAYS)
bench-programs: $(BENCH:%=$(BUILD)/tests/%)
measures: $(MEASURES:%=$(BUILD)/tests/measure_%)
fuzzers: $(FUZZERS:%=$(BUILD)/tests/fuzz_%)

# --- building ---------------------------------------------------------------

$(BIN)/trouvaille: $(MAIN_SRC:%.c=$(BUILD)/%.o) $(LIB)
	$(LINK) -o $@ $^ $(PC_LIBS)

$(BIN)/trouvaille.cgi: $(BUILD)/src/cgi.o $(LIB)
	$(LINK) -o $@ $^ $(PC_LIBS)

# Made afresh, so that the object of a deleted source does not linger.
$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE_C) -c -o $@ $<

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(COMPILE_CXX) -c -o $@ $<

# The stylesheet as a C string, and its hash for the content security policy.
$(BUILD)/style.h: src/style.css
	@mkdir -p $(@D)
	{ echo '/* Generated from $<. */'; \
	  printf '#define STYLE_HASH "sha256-%s"\n' "$$(sed '$$a\' $< | sha256sum | \
	      cut -c1-64 | tr a-f A-F | basenc --base16 -d | base64)"; \
	  echo '#define STYLE_CSS \'; \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/\t"&\\n" \\/' $< | sed '$$s/ \\$$//;$$a\'; \
	} > $@

$(BUILD)/src/frame.o: | $(BUILD)/style.h

# Where this build looks for what `make install` installs: written anew when that changes, and only then.
$(BUILD)/paths.h: FORCE
	@mkdir -p $(@D)
	@{ echo '/* Generated by the Makefile. */'; \
	   echo '#define PATH_SETTINGS "$(sysconfdir)/trouvaille.conf"'; \
	   echo '#define PATH_CGI "$(cgibindir)/trouvaille.cgi"'; \
	} >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(PATHS_USERS:%=$(BUILD)/src/%.o): | $(BUILD)/paths.h
FORCE:

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(LIB)
	$(LINK) -o $@ $^ -lcmocka $(PC_LIBS)

$(BUILD)/tests/replay_%: $(BUILD)/tests/fuzz_%.o $(BUILD)/tests/replay.o $(LIB)
	$(LINK) -o $@ $^ $(PC_LIBS)

$(BUILD)/tests/fuzz_%: $(BUILD)/tests/fuzz_%.o $(LIB)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(PC_LIBS)

-include $(wildcard $(BUILD)/*/*.d)

# --- showing ----------------------------------------------------------------

define show
@echo; echo "$$ ./trouvaille search "$(call quote,$1)
@./trouvaille search $1
endef
quote = '$(subst ','\'',$1)'

demo: deps
	$(SUBMAKE) all
	./trouvaille index corpus || [ $$? -eq 1 ]
	$(call show,--lang fr plainte)
	$(call show,--lang fr '"service a la clientele"')
	$(call show,--lang fr 'bibliothe*')
	$(call show,--lang en complaint)
	$(call show,--lang en '"good judgment"')
	$(call show,--lang en goodwill)
	@echo
	@echo 'To search in a browser, run: make serve'
	@echo 'It prints the address: http://127.0.0.1:PORT/cgi-bin/trouvaille.cgi'

serve: deps
	@tests/deps.sh lighttpd
	$(SUBMAKE) all
	[ -n "$$(ls index)" ] || ./trouvaille index corpus || [ $$? -eq 1 ]
	@tests/serve.sh ./trouvaille.cgi index

# The README's figures: folding accents before or after stemming, pairing of
# passages, ranking and answers across languages.
measure: deps
	$(SUBMAKE) measures
	$(BUILD)/tests/measure_fold $(SITES)/vue
	@echo
	$(BUILD)/tests/measure_pair $(SITES)/vue
	$(BUILD)/tests/measure_rank $(SITES)/vue $(SITES)/tldr

# What it costs to ask four shards, here or by the network, in place of one database.
measure-shards: test-deps
	$(SUBMAKE) all
	@TROUVAILLE=./trouvaille TROUVAILLE_CGI=./trouvaille.cgi tests/measure_shards.sh

$(BUILD)/tests/measure_%: $(BUILD)/tests/measure_%.o $(LIB)
	$(LINK) -o $@ $^ $(PC_LIBS)

# What the benchmark is made of: its trees, its limits, the bare peer, and what runs and asks.
$(BUILD)/tests/generate: $(BUILD)/tests/generate.o $(LIB)
	$(LINK) -o $@ $^ $(PC_LIBS) -lm

$(BUILD)/tests/bench_%: $(BUILD)/tests/bench_%.o
	$(LINK) -o $@ $^ $(BENCH_LIBS)

$(BUILD)/tests/bench_bare:   BENCH_LIBS = -lxapian
$(BUILD)/tests/bench_limits: BENCH_LIBS = -lcmark
$(BUILD)/tests/bench_load:   BENCH_LIBS = -pthread
$(BUILD)/tests/bench_hello:  BENCH_LIBS = -static

# Beside Omega, Recoll, SQLite and a bare Xapian program: BENCH_MB="real 19 500" for those trees (tests/bench.py).
bench: bench-deps
	$(SUBMAKE) all bench-programs
	@python3 tests/bench.py

# Queries inside the process as the index grows: GROWTH="10000 100000 1000000" passages; writes tests/growth.svg.
growth: bench-deps
	$(SUBMAKE) all bench-programs
	@python3 tests/growth.py

# Where the time of an index run and of a query goes.
profile: bench-deps
	$(SUBMAKE) all bench-programs
	@python3 tests/profile.py

# --- testing ----------------------------------------------------------------

check: test-deps
	$(SUBMAKE) all tests measures bench-programs
	$(SUBMAKE) $(CLANG) all tests bench-programs
	$(SUBMAKE) $(ASAN) all tests
	@tests/run.sh build . build/asan build/asan

# What a package build asks: unit tests that need neither a corpus from elsewhere nor much time.
check-short: $(SHORT:%=$(BUILD)/tests/test_%)
	@for t in $(SHORT); do $(BUILD)/tests/test_$$t >$(BUILD)/check-short.log 2>&1 || { cat $(BUILD)/check-short.log; exit 1; }; done

check-asan: test-deps
	$(SUBMAKE) $(ASAN) all tests
	@tests/run.sh build/asan build/asan

check-valgrind: test-deps
	$(SUBMAKE) tests
	@for t in $(TESTS); do \
		echo "valgrind $$t"; \
		valgrind -q --error-exitcode=9 --leak-check=full $$t || exit; \
	done

# Starts from a copy of the kept inputs: what is worth keeping is added by hand.
fuzz: test-deps
	$(SUBMAKE) $(FUZZ) fuzzers
	@for f in $(FUZZERS); do \
		rm -rf build/fuzz/corpus/$$f; mkdir -p build/fuzz/corpus/$$f; \
		cp -R tests/fuzz/$$f/. build/fuzz/corpus/$$f/ 2>/dev/null; \
		echo "fuzz $$f for $(FUZZ_SECONDS) s"; \
		build/fuzz/tests/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
			-verbosity=0 -print_final_stats=1 -artifact_prefix=build/fuzz/$$f- \
			build/fuzz/corpus/$$f || exit; \
	done

# What `make fuzz` grew, as a small set of inputs in tests/fuzz, for `make check` to run again. Look before you commit.
fuzz-merge: test-deps
	$(SUBMAKE) $(FUZZ) fuzzers
	@tests/merge.sh build/fuzz build/fuzz/corpus $(FUZZERS)

# Lines that the fuzz targets' inputs reach; COVERAGE_INPUTS=DIR adds DIR/c_TARGET to those that are kept.
coverage: test-deps
	@tests/deps.sh llvm-14
	$(SUBMAKE) $(COVERAGE) replays
	@tests/coverage.sh build/coverage $(FUZZERS)

# FastCGI under load while the index is rebuilt: 8 clients, 20,000 requests, 20 rebuilds.
soak: test-deps
	$(SUBMAKE) all
	TROUVAILLE=./trouvaille TROUVAILLE_CGI=./trouvaille.cgi tests/soak.sh

# The Debian package in a clean root: installed, used, behind apache2, upgraded, purged. Root, and Debian's packages.
check-deb: deb
	@tests/deps.sh debootstrap curl lighttpd
	DEB=full tests/e2e_deb.sh

# kill -9, failing calls and allocations, power cuts, and readers meanwhile: what `make check` does in short.
crash: test-deps
	$(SUBMAKE) all
	TROUVAILLE=./trouvaille CRASH=full tests/e2e_crash.sh

# The page as people see it, 320 and 1280 pixels wide, light and dark: build/pictures/*.png.
pictures: test-deps
	$(SUBMAKE) all
	@tests/pictures.sh build/pictures

# What README.md shows: the page in each language, in few colours, and a session at the command line.
readme: test-deps
	@tests/deps.sh pngquant
	$(SUBMAKE) all
	@tests/pictures.sh tests/pictures --readme
	@pngquant --force --ext .png --speed 1 --strip 16 tests/pictures/en.png tests/pictures/fr.png
	@tests/readme.sh

layers:
	@tests/layers.sh

format:
	@tests/deps.sh clang-format
	clang-format -i $(wildcard src/*.[ch] shim/*.[ch] shim/*.cc tests/*.[ch] tests/*.cc)

# --- the rest ---------------------------------------------------------------

deps:
	@tests/deps.sh $(BUILD_PACKAGES)

bench-deps: deps
	@tests/deps.sh $(BENCH_PACKAGES)

test-deps: deps
	@tests/deps.sh $(TEST_PACKAGES)

# --- installing -------------------------------------------------------------

# What is installed, and taken away by `uninstall`: words MODE:FROM:TO. The settings, which become the
# administrator's, stand apart.
put = $(foreach from,$(wildcard $2),$1:$(from):$3/$(notdir $(from)))
INSTALLED = \
	755:$(BIN)/trouvaille:$(bindir)/trouvaille \
	755:$(BIN)/trouvaille.cgi:$(cgibindir)/trouvaille.cgi \
	$(call put,644,README.md LICENSE,$(docdir)) \
	$(call put,644,src/trouvaille.conf,$(docdir)/examples) \
	$(foreach from,$(shell find corpus -name '*.md' -o -name '*.tsv'),644:$(from):$(docdir)/examples/$(from)) \
	$(foreach n,1 5 8,$(call put,644,src/man/en/*.$n,$(mandir)/man$n) $(call put,644,src/man/fr/*.$n,$(mandir)/fr/man$n)) \
	$(patsubst %.bash,%,$(call put,644,src/completions/*.bash,$(bashcompdir))) \
	$(foreach from,$(wildcard src/completions/*.zsh),644:$(from):$(zshcompdir)/_$(basename $(notdir $(from)))) \
	$(call put,644,src/completions/*.fish,$(fishcompdir)) \
	$(if $(unitdir),$(call put,644,src/systemd/*.service src/systemd/*.timer src/systemd/*.path,$(unitdir))) \
	$(if $(sysusersdir),$(call put,644,src/systemd/trouvaille.conf,$(sysusersdir)))
SETTINGS = $(sysconfdir)/trouvaille.conf

# The sources name the places of a plain `make install`.
RELOCATE = sed -e 's|/usr/local/bin/|$(bindir)/|g' -e 's|/usr/local/lib/cgi-bin/|$(cgibindir)/|g' \
	-e 's|/usr/local/share/doc/trouvaille|$(docdir)|g' -e 's|/etc/trouvaille\.conf|$(SETTINGS)|g' \
	-e 's|/var/lib/trouvaille|$(localstatedir)/lib/trouvaille|g' \
	$(if $(filter-out /var,$(localstatedir)),-e 's|^StateDirectory=|ReadWritePaths=$(localstatedir)/lib/|')

install: all
	@printf '%s\n' $(INSTALLED) | while IFS=: read -r mode from to; do \
		case $$from in \
		src/*) $(RELOCATE) $$from | install -D -m $$mode /dev/stdin "$(DESTDIR)$$to" ;; \
		*) install -D -m $$mode $$from "$(DESTDIR)$$to" ;; \
		esac || exit; \
	done
	@if [ -e "$(DESTDIR)$(SETTINGS)" ]; then \
		echo 'kept as they are: $(SETTINGS) (those of this version: $(docdir)/examples)'; \
	else \
		$(RELOCATE) src/trouvaille.conf | install -D -m 644 /dev/stdin "$(DESTDIR)$(SETTINGS)"; \
	fi

# The index, and settings that somebody changed, are not ours to take.
uninstall:
	@if $(RELOCATE) src/trouvaille.conf | cmp -s - "$(DESTDIR)$(SETTINGS)"; then \
		rm -f "$(DESTDIR)$(SETTINGS)"; \
	elif [ -e "$(DESTDIR)$(SETTINGS)" ]; then \
		echo 'left, since they were changed: $(SETTINGS)'; \
	fi
	@printf '%s\n' $(INSTALLED) | while IFS=: read -r mode from to; do rm -f "$(DESTDIR)$$to" || exit; done
	@[ ! -d "$(DESTDIR)$(docdir)" ] || find "$(DESTDIR)$(docdir)" -depth -type d -empty -delete

# --- packaging --------------------------------------------------------------

VERSION = $(shell sed -n 's/^.define TROUVAILLE_VERSION "\(.*\)"/\1/p' src/version.h)
DEB_TREE = build/deb/trouvaille-$(VERSION)

# build/deb/trouvaille_VERSION_ARCHITECTURE.deb. Of the caller's environment only what says how to compile is let in.
deb: deps
	@tests/deps.sh $(DEB_PACKAGES)
	rm -rf build/deb
	mkdir -p $(DEB_TREE)
	cp -R src shim corpus tests Makefile README.md LICENSE $(DEB_TREE)
	mv $(DEB_TREE)/src/debian $(DEB_TREE)/debian
	sed -i 's/@VERSION@/$(VERSION)/' $(DEB_TREE)/debian/changelog
	cd $(DEB_TREE) && env -i PATH="$$PATH" HOME="$$HOME" LC_ALL=C.UTF-8 CC="$(CC)" CXX="$(CXX)" \
		DEB_BUILD_OPTIONS="$(DEB_BUILD_OPTIONS)" dpkg-buildpackage -us -uc -b
	lintian --fail-on error build/deb/*.changes
	@ls build/deb/*.deb

clean:
	rm -rf build trouvaille trouvaille.cgi
