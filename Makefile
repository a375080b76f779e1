# Every target sets up what it needs from nothing; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo example check test screenshots image audit chaos bench docs lock
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
EXAMPLE := examples/cdnow

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: .venv/.runtime ## a company to look at: simulated platforms, a year of its past, the real daemon
	@$(BIN)/heatsync demo

example: .venv/.runtime ## score 23,570 real customers from a public purchase log
	@$(BIN)/python $(EXAMPLE)/fetch.py
	@HEATSYNC_MAPPINGS=$(EXAMPLE)/mappings HEATSYNC_DATABASE_URL=sqlite:///$(EXAMPLE)/heatsync.db \
		$(BIN)/heatsync sync --at 1997-09-30T23:59:59Z

check: .venv/.dev ## format, lint, types, imports, generated pages, unit tests: two minutes
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python docs/generate.py --check
	@$(PYTEST) -q tests/unit tests/architecture

# A worker more than there are cores: who tries several processes mostly waits for them. Each of a
# hundred processes would compile all modules again where Python is told to keep none compiled.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/.dev ## every test but the long runs: a quarter of an hour on two cores
	@.ci/browser
	@$(PYTEST) -q -n 3 --dist loadgroup -m "not chaos and not image"

screenshots: .venv/.dev ## pictures of each page over the demo, those of the docs too
	@.ci/browser
	@$(BIN)/python -m tests.browser.screenshots .cache/screenshots --docs
	@echo "Pictures are in .cache/screenshots, those of the documentation in docs/images"

image: .venv/.dev ## run the steps of the Dockerfile without Docker, and then what they make
	@$(PYTEST) -q -n 0 -m image --timeout 600 tests/deployment

audit: .venv/.dev ## ask for known holes in what the locks pin
	@$(BIN)/python .ci/audit.py

chaos: .venv/.dev ## the long runs of crashes and faults: half an hour; SEED=7 begins as that one did
	@export CHAOS_SEED=$(or $(SEED),$$(date +%s)) CHAOS_FIGURES=$(CURDIR)/.cache/chaos.jsonl; \
		mkdir -p .cache && rm -f "$$CHAOS_FIGURES" && echo "SEED=$$CHAOS_SEED"; \
		$(PYTEST) -q -n 2 --dist loadgroup -m chaos --timeout 3600; status=$$?; \
		$(BIN)/python -m tests.system.chaos.figures; exit $$status

bench: .venv/.dev ## measure, and print JSON
	@$(BIN)/python -m benchmarks

docs: .venv/.dev ## build the documentation into site/
	@$(BIN)/python docs/generate.py --check
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict >.cache/docs.log 2>&1 || \
		{ cat .cache/docs.log; exit 1; } # --quiet would hide warnings from --strict
	@echo "Built site/index.html"

# Pins and hashes are to be those of the public index, whatever this machine's pip is set to;
# nothing in the files says where they came from. `make lock UPGRADE=1` takes newer versions.
COMPILE = PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
	env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL \
	$(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	--build-deps-for editable $(if $(UPGRADE),--upgrade)

lock: .venv/.dev ## pin every dependency again after a change of pyproject.toml
	@$(COMPILE) --extra postgres -o requirements.lock pyproject.toml
	@$(COMPILE) --all-extras -c requirements.lock -o requirements-dev.lock pyproject.toml

.venv/.runtime: requirements.lock pyproject.toml
	@.ci/setup runtime

.venv/.dev: requirements-dev.lock pyproject.toml
	@.ci/setup dev
