# make demo       reads Graphs/rare-earth-magnets, prints its risks and draws it into out/rare-earth-magnets
# make test       everything that must hold
# make fuzz       mutated expressions of the rule language, for FUZZ_SECONDS
# make benchmark  our graph algorithms beside other tools on networks of a million sites (Tests/Benchmarks)
# They install what is missing first (Debian packages, with sudo unless root) and need a Swift 6.3 toolchain.

PACKAGES := pkg-config libgraphviz-dev fonts-liberation2
TEST_PACKAGES := scram
SWIFT ?= swift
BUILD_FLAGS := --explicit-target-dependency-import-check error
NETWORK := rare-earth-magnets
OUT := out/$(NETWORK)
PREFIX ?= $(HOME)/.local
BENCHMARK := .build-benchmarks

.PHONY: demo test fuzz lint build setup install benchmark clean

demo: build
	@mkdir -p $(OUT)
	@tool="$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/chokepoint" && \
	"$$tool" analyze Graphs/$(NETWORK) && \
	for kind in svg png pdf dot; do \
	  "$$tool" draw Graphs/$(NETWORK) -o $(OUT)/network.$$kind && \
	  "$$tool" draw Graphs/$(NETWORK) --ban worst -o $(OUT)/worst-ban.$$kind || exit $$?; \
	done && \
	"$$tool" analyze Graphs/$(NETWORK) --format json > $(OUT)/analysis.json
	@echo
	@echo "Written to $(CURDIR)/$(OUT):"
	@ls $(OUT)

test: PACKAGES += $(TEST_PACKAGES)
test: setup
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	$(SWIFT) test $(BUILD_FLAGS) --skip-build

# Mutates expressions for FUZZ_SECONDS in each of eight seeds.
FUZZ_SECONDS ?= 300

fuzz: setup
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(SWIFT) test $(BUILD_FLAGS) --skip-build --filter CELTests.FuzzTests

lint:
	$(SWIFT) format lint --strict -r -p Package.swift Sources Tests

build: setup
	$(SWIFT) build $(BUILD_FLAGS) --product chokepoint

install: setup
	$(SWIFT) build $(BUILD_FLAGS) -c release --product chokepoint
	install -D "$$($(SWIFT) build -c release --show-bin-path)/chokepoint" "$(PREFIX)/bin/chokepoint"

# BENCHMARK_OPTIONS goes to the script, such as --network FOLDER for networks of one's own.
benchmark: PACKAGES += python3-graph-tool python3-venv
benchmark: setup
	@[ -x $(BENCHMARK)/venv/bin/python ] || /usr/bin/python3 -m venv $(BENCHMARK)/venv
	$(BENCHMARK)/venv/bin/pip install -q scipy pandas igraph ortools
	$(SWIFT) build -c release --package-path Tests/Benchmarks/Graphs --scratch-path $(BENCHMARK)/graphs
	$(BENCHMARK)/venv/bin/python Tests/Benchmarks/Graphs/benchmark.py --ours $(BENCHMARK)/graphs/release/GraphBenchmarks $(BENCHMARK_OPTIONS)

# Asks the package manager only for what is not there, so that a second run needs no network and no rights.
setup:
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 or newer is needed: see swift.org/install" >&2; exit 1; }
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  echo "installing$$missing"; \
	  $$as_root apt-get update -q && \
	  $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	fi

clean:
	rm -rf .build $(BENCHMARK) out
