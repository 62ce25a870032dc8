# make demo   set up, then one whole verification     make run    the desktop
# make test   set up, then the tests                  make bench  the measurements
# make lint   ruff, mypy, import contracts            make lock   resolve the locks anew
# make docs   what is generated in docs and NOTICE    make texts  compile the catalogues
# make screens        every page in every language, theme and size into test-output/screens
# make sbom   the bill of materials (CycloneDX), build/sbom.cdx.json
# make test-windows   the tests on a Windows Python under Wine
# make test-install   docs/install.md and the assistant, word by word, on networks of their own (root)
# make package        the programs as a folder for this system, build/package; FLAVOUR=demo plays the demo
# make package-windows  the same for Windows, under Wine, and its MSI
# make mutants        the changes to the most important files that no test notices
# make clean  delete what runs left behind            make distclean  the environment too
.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-install test-windows mutants lint bench screens lock texts docs sbom \
    package package-windows clean distclean
# Empty: the set-up looks for one that fits.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin

help:
	@sed -n 's/^# //p' Makefile

# Asked every time, answered in a moment when there is nothing to do.
setup:
	@PYTHON="$(PYTHON)" .ci/setup "$(VENV)"

demo: setup
	@"$(BIN)/python" -m workstation.ctl demo --scenario approve
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	    echo "demo: the same on the desktop; close its window to end"; \
	    "$(BIN)/python" -m ui.app --demo --play; \
	fi

run: setup
	@"$(BIN)/python" -m ui.app --demo

test: setup
	@.ci/test "$(BIN)"

test-install: setup
	@TEST_INSTALL=1 QT_QPA_PLATFORM=offscreen "$(BIN)/python" -m pytest -q tests/e2e/installation

test-windows: setup
	@.ci/test-windows "$(BIN)"

package: setup
	@.ci/package/build linux "$(BIN)"
	@.ci/package/try linux "$(BIN)"

package-windows: setup
	@.ci/package/build windows "$(BIN)"
	@.ci/package/try windows "$(BIN)"

mutants: setup
	@.ci/mutants "$(BIN)"

lint: setup
	@"$(BIN)/python" -m ruff check .
	@"$(BIN)/python" -m ruff format --check .
	@"$(BIN)/python" -m mypy
	@"$(BIN)/python" -c 'import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())'

bench: setup
	@.ci/bench "$(BIN)"

screens: setup
	@README="$(README)" .ci/screens "$(BIN)"

lock:
	@.ci/lock

texts: setup
	@"$(BIN)/python" .ci/texts

docs: setup
	@"$(BIN)/python" .ci/docs

sbom: setup
	@"$(BIN)/python" .ci/sbom

clean:
	rm -rf build mutants test-output .mypy_cache .ruff_cache .hypothesis .coverage*

distclean: clean
	rm -rf "$(VENV)" demo-data
