# Countinghouse. `make run` does the main job on the built-in demo; `make test` runs all tests.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export PYTHONPATH := $(CURDIR)
export LAKE_ROOT ?= $(CURDIR)/.lake
export DAGSTER_HOME ?= $(LAKE_ROOT)/.dagster
# Bytecode is kept, whatever the machine says: without it every start compiles half a million lines.
unexport PYTHONDONTWRITEBYTECODE
# No library phones home.
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export FEAST_USAGE := False
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := $(shell command -v uv || echo .uv/bin/uv)
UV_VERSION := 0.13.9
BIN := .venv/bin
DEMO ?= .demo
CUSTOMERS ?= 2000
DAYS ?= 180
SEED ?= 7
PORT ?= 3000
APP_PORT ?= 2718

.PHONY: help setup lock run demo test check fmt crash fuzz ui app bench docs clean

help: ## What can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: .venv/.ready ## Create .venv with everything the lock names

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv==$(UV_VERSION)

.venv/.ready: requirements.lock pyproject.toml | $(filter .uv/bin/uv,$(UV))
	test -x $(BIN)/python || $(UV) venv --quiet --python "$(PYTHON)" .venv
	VIRTUAL_ENV=$(CURDIR)/.venv $(UV) pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	VIRTUAL_ENV=$(CURDIR)/.venv $(UV) pip install --quiet --no-deps -e .
	$(BIN)/python -m compileall -q features models pipelines quality
	@touch $@

lock: | $(filter .uv/bin/uv,$(UV)) ## Resolve the lock anew (versions and hashes, no addresses)
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	    --group dev --group bench pyproject.toml -o requirements.lock

$(DEMO)/.complete: | setup
	$(BIN)/countinghouse demo --out $(DEMO) --customers $(CUSTOMERS) --days $(DAYS) --seed $(SEED)
	@touch $@

demo: $(DEMO)/.complete ## Write the demo institution's landing files

run: $(DEMO)/.complete ## Land, check, reconcile, build, forecast: the main job on the demo
	$(BIN)/countinghouse run --landing $(DEMO)/landing --truth $(DEMO)/truth

check: setup ## Lint, types and walls
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/deptry .
	$(BIN)/deptry tests benchmarks --exclude dbt_project --ignore DEP002,DEP004
	$(BIN)/hadolint Dockerfile
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests

fmt: setup ## Format Python
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup ## All tests; the branches that the unit tests take are counted
	$(BIN)/pytest tests/unit --cov --cov-report=
	$(BIN)/pytest tests --ignore tests/unit

crash: setup ## Kill a run at fifty random moments and compare the tables with an undisturbed run
	KILLS=50 $(BIN)/pytest -m crash tests/story

fuzz: setup ## A hundred thousand mutated files through every reader; every property on 500 examples
	$(BIN)/python -m benchmarks.fuzz.readers
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest tests/unit tests/integration/dbt/test_document_versions.py

ui: setup ## Dagster's graph of all this, on loopback
	mkdir -p $(DAGSTER_HOME)
	$(BIN)/countinghouse ui --port $(PORT)

app: setup ## The pages, on loopback
	$(BIN)/countinghouse app --port $(APP_PORT)

bench: setup ## Every benchmark, as ratios within one run
	$(BIN)/python -m benchmarks

docs: setup ## The data dictionary, from the contracts
	$(BIN)/countinghouse contracts > docs/contracts.md

clean: ## Remove everything that can be made again
	rm -rf .lake .demo .scratch .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis dbt_project/target dbt_project/logs
