# What a person does with millrace; `make help` lists it.

PYTHON ?= python3
BIN := .venv/bin
# The home of `make run` and `make ui`; benchmarks and tests use temporary ones.
export MILLRACE_HOME ?= .millrace

.DEFAULT_GOAL := help
.PHONY: help setup run ui test test-slow test-fast lint format bench clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.installed ## Set everything up, run the main job on real input, print what came out
	@$(BIN)/millrace run

ui: .venv/.installed ## Open the Dagster UI on http://127.0.0.1:3000, on the same state
	@$(BIN)/millrace ui

test: .venv/.developed ## Run the test suite, but what takes long
	$(BIN)/python -m pytest -m "not slow and not alone" --numprocesses 2 --dist loadfile
	$(BIN)/python -m pytest -m "not slow and alone"

test-slow: .venv/.developed ## Run what takes long: whole jobs, the browser, Slurm, further cases
	$(BIN)/python -m pytest -m slow

test-fast: .venv/.developed ## Run the first half of it: what only computes, two tests at a time
	$(BIN)/python -m pytest -m "not slow and not alone" --numprocesses 2 --dist loadfile

lint: .venv/.developed ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.developed ## Format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/.developed ## Measure every claim of benchmarks/
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

setup: .venv/.developed ## Install what running and developing need

clean: ## Remove the environment, caches and the default home .millrace
	rm -rf .venv .millrace .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "millrace needs Python 3.11 or newer; '$(PYTHON)' is older. Use: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/.developed: .venv/.installed
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
