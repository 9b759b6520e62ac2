# What people and continuous integration type. Each target does its own set-up.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export PATH := $(CURDIR)/.tools/bin:$(PATH):/usr/sbin:/sbin
# Tests talk to this machine only, whatever the caller has set up for the real AWS.
unexport AWS_CA_BUNDLE AWS_PROFILE AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY \
	AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION

step := scripts/step
python := .venv/bin/python
target := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),$(CURDIR)/target)
# One static program that runs on any distribution. Without relocations the constant schemas of the
# APIs are shared by all of its processes instead of being 2 MB of each.
release := cargo rustc --locked --quiet --release --package longshore --bin longshore -- \
	-C target-feature=+crt-static -C relocation-model=static
# All targets together, on however many cores there are.
FUZZ_BRIEFLY_SECONDS := 100
FUZZ_SOAK_SECONDS := 3600
# Tests that need root stand in modules named `root`.
needs_root := test(/(^|::)root::/)

.PHONY: help setup build package check test kills soak demo bench lint unit-tests deny fuzz conformance end-to-end

help: ## Show this text
	@echo "Longshore. make TARGET, where TARGET is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "YES=1 installs missing system packages without asking."

setup: ## Install what the tests and the demo need (asks first)
	@scripts/setup test demo

build: ## Build the longshore program, for use (target/release/longshore)
	@scripts/setup build
	@$(step) "Building longshore" $(release)

package: ## Build the Debian package and the container image (target/package)
	@scripts/setup package
	@$(step) "Building longshore" $(release)
	@$(step) "Packaging" scripts/package $(target)/release/longshore $(target)/package

check: ## Format, lints and the tests that need no root
	@scripts/setup check
	@$(MAKE) lint
	@$(step) "Tests that need no root" \
		cargo nextest run --locked --workspace --no-fail-fast -E 'not $(needs_root)'

test: ## Every check and every test; needs root
	@[ "$$(id -u)" -eq 0 ] || { echo "make test runs containers and needs root; 'make check' does not" >&2; exit 1; }
	@scripts/setup test
	@$(MAKE) lint
	@$(MAKE) deny
	@$(MAKE) unit-tests
	@$(MAKE) fuzz
	@$(MAKE) conformance
	@$(MAKE) end-to-end
	@$(MAKE) kills KILLS=$(or $(KILLS),25)

soak: ## What takes hours: kills, fuzzing, a virtual machine; results of the last run in bench/SOAK.md
	@[ "$$(id -u)" -eq 0 ] || { echo "make soak runs containers and needs root" >&2; exit 1; }
	@scripts/setup test soak
	@$(MAKE) kills KILLS=$(or $(KILLS),300)
	@$(step) "Fuzzing" scripts/fuzz $(FUZZ_SOAK_SECONDS)
	@scripts/vm-node-suite
	@$(MAKE) package
	@$(step) "A task in the container image" scripts/image-run $(target)/package/longshore-image-*.tar
	@scripts/vm-reboot $(target)/package/longshore_*.deb

kills:
	@$(step) "Building longshore" cargo build --locked --quiet --package longshore
	@LONGSHORE=$(target)/debug/longshore KILLS=$(KILLS) SEED=$(SEED) \
		$(step) "Everything killed $(KILLS) times" $(python) -m pytest -q tests/soak

demo: ## From a task definition to a page from its container; KEEP=1 leaves it running
	@scripts/setup demo
	@$(step) "Building longshore" cargo build --locked --quiet --package longshore
	@LONGSHORE=$(target)/debug/longshore scripts/demo

bench: ## Measure, and write bench/RESULTS.md; needs root and an otherwise idle machine
	@[ "$$(id -u)" -eq 0 ] || { echo "make bench runs containers and needs root" >&2; exit 1; }
	@scripts/setup bench
	@$(step) "Building for release" $(release)
	@$(step) "Building the simulator for release" cargo build --locked --quiet --release --package sim
	@LONGSHORE=$(target)/release/longshore SIM=$(target)/release/sim \
		$(step) "Benchmarks" $(python) bench/run.py

lint:
	@$(step) "Format" cargo fmt --all --check
	@$(step) "Format of the fuzz targets" cargo fmt --manifest-path fuzz/Cargo.toml --check
	@$(step) "Lints" cargo clippy --locked --quiet --workspace --all-targets -- -D warnings
	@$(step) "Generated code is fresh" cargo xtask codegen --check
	@$(step) "House rules" cargo xtask tidy

deny:
	@$(step) "Dependencies: licences, sources, bans" cargo deny --locked check bans licenses sources
	@$(step) "Dependencies of the fuzz targets" cargo deny --locked --manifest-path fuzz/Cargo.toml \
		--config deny.toml check bans licenses sources

unit-tests:
	@$(step) "All tests in Rust" cargo nextest run --locked --workspace --no-fail-fast

fuzz:
	@$(step) "Building the fuzz targets" scripts/fuzz 0
	@$(step) "Fuzzing, briefly" scripts/fuzz $(FUZZ_BRIEFLY_SECONDS)

conformance:
	@$(step) "Building the conformance servers" cargo build --locked --quiet --package testkit --bins
	@LONGSHORE_ECHO=$(target)/debug/echo LONGSHORE_VERIFY=$(target)/debug/verify \
		$(step) "Conformance with botocore" $(python) -m pytest -q tests/conformance

end-to-end:
	@$(step) "Building longshore" cargo build --locked --quiet --package longshore
	@$(step) "Building what tries to get out" \
		cargo build --locked --quiet --package runtime --bin longshore-isolation-probe
	@LONGSHORE=$(target)/debug/longshore \
		$(step) "End to end" $(python) -m pytest -q tests/e2e
