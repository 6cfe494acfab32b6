# One command for each thing that is done here; `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
SYSTEM_PACKAGES := PYTHON=$(PYTHON) server/deploy/system-packages
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help run test check lint guards soak fuzz pictures bench road lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/.ready ## play a field day before your eyes; the server stays up
	@$(SYSTEM_PACKAGES) run
	@$(BIN)/python -m daiban_server.demo

test: lint ## check everything and run every test
	@$(SYSTEM_PACKAGES) test
	@echo "• running every test, on every core"
	@$(BIN)/pytest -n auto --dist worksteal

check: lint ## check everything, run the tests of the pure rules only
	@echo "• running the tests of the pure rules"
	@$(BIN)/pytest -n auto tests/schemas tests/sync tests/vectors

lint: .venv/.ready
	@echo "• checking format, style, types and who imports whom"
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

guards: .venv/.ready ## take each guard out in turn and see its test turn red
	@$(SYSTEM_PACKAGES) test
	@$(BIN)/python -m tests.guards

soak: .venv/.ready ## kill processes at random and look for losses; SECONDS=n for how long
	@$(SYSTEM_PACKAGES) test
	@$(BIN)/python -m tests.soak $(if $(SECONDS),--seconds $(SECONDS))

fuzz: .venv/.ready ## send 100,000 bad messages and pictures, and ask the API everything; INPUTS=n, EXAMPLES=n for how much
	@$(BIN)/python -m tests.fuzz $(if $(INPUTS),--inputs $(INPUTS))
	@$(BIN)/python -m tests.attack $(if $(EXAMPLES),--examples $(EXAMPLES))

pictures: .venv/.ready ## picture every page at both sizes and in both languages, onto sheets in run/sheets; ONLY=name
	@$(SYSTEM_PACKAGES) pictures
	@$(BIN)/python -m tests.pictures $(if $(ONLY),--only $(ONLY))

bench: .venv/.ready ## measure what a record costs, beside its peers; BENCH=part, BENCH_JSON=file, BENCH_PROFILE=push
	@$(SYSTEM_PACKAGES) test
	@$(BIN)/python -m tests.bench

road: .venv/.ready ## measure the plans of home visits beside other solvers; ROAD="exact township" for some parts
	@$(SYSTEM_PACKAGES) test
	@$(BIN)/python -m tests.bench.plan $(ROAD)

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --extra server --group dev --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml -o requirements.lock

clean: ## remove everything that was made here: environment, caches, the demo's data
	rm -rf .venv .tools run .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamp is newer than what it was made from, or the environment is brought up to date.
.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Daiban needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@$(SYSTEM_PACKAGES) venv
	@echo "• making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@echo "• installing exactly what requirements.lock says: a minute, the first time"
	@$(BIN)/pip install -qq --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --no-deps --no-build-isolation -e .
	@touch $@
