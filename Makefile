# make demo   set up, then one whole verification     make run    the desktop
# make test   set up, then the tests                  make bench  the measurements
# make lint   ruff, mypy, import contracts            make lock   resolve the locks anew
# make docs   what is generated in docs and NOTICE    make texts  compile the catalogues
# make sbom   the bill of materials (CycloneDX), build/sbom.cdx.json
.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint bench lock texts docs sbom clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

help:
	@sed -n 's/^# //p' Makefile

setup: $(STAMP)

$(STAMP): requirements-dev.lock requirements-demo.lock .ci/setup
	@PYTHON="$(PYTHON)" .ci/setup "$(VENV)"
	@touch "$(STAMP)"

demo: setup
	@$(BIN)/python -m workstation.ctl demo --scenario approve
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(BIN)/python -m ui.app --demo --play; fi

run: setup
	@$(BIN)/python -m ui.app --demo

test: setup
	@.ci/test "$(BIN)"

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup
	@.ci/bench "$(BIN)"

lock:
	@.ci/lock

texts: setup
	@$(BIN)/python .ci/texts

docs: setup
	@"$(BIN)/python" .ci/docs

sbom: setup
	@"$(BIN)/python" .ci/sbom

clean:
	rm -rf build test-output .mypy_cache .ruff_cache .hypothesis .coverage*
