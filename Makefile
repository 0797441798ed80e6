# Nearside: the fixed names. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/stamps
REPORTS := tests/output
# A release rests a week before a lock takes it: a hijacked upload is usually noticed by then.
COOLDOWN ?= P7D
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NPM_CONFIG_AUDIT := false
export NPM_CONFIG_FUND := false
export NPM_CONFIG_UPDATE_NOTIFIER := false
# Some machines forbid Python to keep what it compiled: then each stage of the tests compiles
# them all anew, which took twelve seconds of each.
export PYTHONDONTWRITEBYTECODE :=

PRECOMPRESSED := -name '*.gz' -o -name '*.br'
STATIC := $(shell find static -type f ! -path 'static/vendor/*' ! \( $(PRECOMPRESSED) \) 2>/dev/null)
CATALOGUES := $(wildcard app/translations/*/LC_MESSAGES/*.po)
PIP := $(BIN)/python -m pip --quiet --quiet --no-input
NPM_CI := npm ci --ignore-scripts --silent

# Two at a time, each file's tests together: they share its server. tests/conftest.py says in which
# order; by their number alone, the longest files came last.
PAIR := -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.PHONY: help ready install run test bench bench-clinical bench-media bench-audit bench-sign-in asvs lint format docs catalogue lock clean test-tools

help: ## List these names
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ready ## Create .venv and the browser assets, nothing else
	@echo "Ready: make run starts the demo clinic."

run: ready ## Start the demo clinic on this machine; Ctrl-C stops it
	@NEARSIDE_ENVIRONMENT=demo exec $(BIN)/flask --app wsgi demo

test: ready $(STAMP)/dev node_modules/.checks test-tools ## Run every test, and close with one line of counts
	@rm -rf $(REPORTS)/counts && mkdir -p $(REPORTS)/counts
	@git diff --quiet HEAD 2>/dev/null && git rev-parse HEAD > $(REPORTS)/counts/commit || true
	@status=0; \
	$(BIN)/pytest -q $(PAIR) -m "not browser" --junit-xml=$(REPORTS)/counts/pages.xml || status=$$?; \
	$(BIN)/pytest -q $(PAIR) -m "browser and not alone" --junit-xml=$(REPORTS)/counts/browser.xml || status=$$?; \
	$(BIN)/pytest -q -m alone --junit-xml=$(REPORTS)/counts/alone.xml || status=$$?; \
	$(BIN)/python -m tests.support.counts $(REPORTS)/counts/{pages,browser,alone}.xml || status=$$?; \
	exit $$status

bench: ready $(STAMP)/dev test-tools ## Measure against bare Flask and a bare call, side by side
	@$(BIN)/python -m benchmarks

bench-clinical: $(STAMP)/dev ## Measure the medicine against bare rivals, side by side
	@$(BIN)/python -m benchmarks.clinical

bench-media: ready $(STAMP)/dev test-tools ## Measure the media node against Janus and bare calls (root, 2 cores)
	@$(BIN)/python -m benchmarks.media

bench-audit: ready $(STAMP)/dev test-tools ## Measure the record of access: what it costs writers, how fast it is verified
	@$(BIN)/python -m benchmarks.audit

asvs: ready $(STAMP)/dev test-tools ## Say which requirements of ASVS 5.0 are shown, chapter by chapter
	@$(BIN)/python -m tests.asvs.report

bench-sign-in: ready $(STAMP)/dev test-tools ## Measure signing in while strangers hold sockets, and what it tells of who exists
	@$(BIN)/python -m benchmarks.signing_in

lint: ready $(STAMP)/dev node_modules/.checks ## Check style, types, import contracts, templates and scripts
	@status=0; \
	$(BIN)/ruff check --quiet . || status=1; \
	$(BIN)/ruff format --quiet --check . || { echo "make format lays these files out."; status=1; }; \
	$(BIN)/mypy --no-error-summary || status=1; \
	contracts=$$($(BIN)/lint-imports --no-logo) || { echo "$$contracts"; status=1; }; \
	$(BIN)/djlint --quiet --lint templates || status=1; \
	npm run --silent lint || status=1; \
	exit $$status

format: $(STAMP)/dev ## Lay out the Python files
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

docs: $(STAMP)/base ## Write docs/medicine.md from the library's own tables
	@$(BIN)/python -m app.clinical.catalogue > docs/medicine.md

CATALOGUE ?= app/translations/messages.pot
catalogue: $(STAMP)/base ## Gather every sentence for translators
	@mkdir -p $(dir $(CATALOGUE))
	@PYTHONPATH=. $(BIN)/pybabel --quiet extract --mapping pyproject.toml -k _ -k _l -k N_ \
	  --project Nearside --add-location file --sort-by-file --output-file $(CATALOGUE) .

lock: $(STAMP)/dev ## Choose new versions and write the locks
	@for part in requirements requirements-dev requirements-node; do \
	  CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras \
	    --allow-unsafe --annotation-style line --no-header --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --no-emit-options --uploaded-prior-to $(COOLDOWN) -o $$part.txt $$part.in; \
	done
	@npm install --package-lock-only --ignore-scripts --silent --omit-lockfile-registry-resolved

clean: ## Remove what install and test made; the data stays
	@rm -rf $(VENV) node_modules static/vendor $(REPORTS) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find static \( $(PRECOMPRESSED) \) -delete
	@find app tests migrations -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------------ what the names are made of

ready: $(STAMP)/base $(STAMP)/assets $(STAMP)/translations $(STAMP)/static

define PYTHON_SEARCH
for python in python3.11 python3 ""; do \
  if [ -z "$$python" ]; then \
    echo "Nearside needs Python 3.11 or newer. On Debian: apt-get install python3 python3-venv" >&2; exit 1; \
  fi; \
  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
done
endef

# Debian ships venv apart from Python.
define VENV_PART
if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
  if [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
  else \
    echo "Python's venv part is missing. On Debian: apt-get install python3-venv" >&2; exit 1; \
  fi; \
fi
endef

$(STAMP)/venv:
	@$(PYTHON_SEARCH); $(VENV_PART); echo "Creating $(VENV)"; $$python -m venv $(VENV)
	@mkdir -p $(STAMP) && touch $@

$(STAMP)/base: requirements.txt | $(STAMP)/venv
	@echo "Installing the Python packages"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(STAMP)/dev: requirements-dev.txt $(STAMP)/base
	@echo "Installing the checking tools"
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

# The machine's own Node.js where it is new enough, else one inside .venv.
$(STAMP)/node: requirements-node.txt | $(STAMP)/venv
	@if ! { command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; } >/dev/null 2>&1; then \
	  echo "Installing Node.js inside $(VENV)"; \
	  $(PIP) install --require-hashes -r requirements-node.txt; \
	fi
	@touch $@

# npm empties node_modules first, and these two marks with it.
node_modules/.shipped: package-lock.json | $(STAMP)/node
	@echo "Installing the browser packages"
	@$(NPM_CI) --omit=dev
	@touch $@

node_modules/.checks: node_modules/.shipped
	@echo "Installing the front-end checks"
	@$(NPM_CI)
	@touch node_modules/.shipped $@

$(STAMP)/assets: node_modules/.shipped static/build.mjs
	@npm run --silent assets >/dev/null
	@touch $@

$(STAMP)/translations: $(CATALOGUES) $(STAMP)/base
	@if [ -n "$(CATALOGUES)" ]; then $(BIN)/pybabel --quiet compile --directory app/translations; fi
	@touch $@

# Old copies go first: one left behind would be served in place of a changed file.
$(STAMP)/static: $(STATIC) $(STAMP)/assets $(STAMP)/base
	@find static \( $(PRECOMPRESSED) \) -delete
	@$(BIN)/python -m whitenoise.compress --quiet static
	@touch $@

test-tools: $(STAMP)/dev
	@$(BIN)/python -m tests.support.packages
