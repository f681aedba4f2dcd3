.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

.PHONY: help setup run test bench power-loss lint format screenshots clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## install what a bare machine lacks; quick when repeated
	@sh packaging/setup/setup.sh

run: setup ## hub, window, camera, charge, receipt; with no display it drives the window and writes build/run/
	@$(PYTHON) packaging/run/run.py

test: setup ## every check and every test
	@$(PYTHON) -m tests.checks

bench: setup ## figures as ratios, written to build/bench.json
	@$(PYTHON) -m tests.benchmarks

power-loss: setup ## the power goes after "approved", in user-mode-linux: no charge may be lost (installs what it needs)
	@sh packaging/power_loss/install.sh
	@$(PYTHON) packaging/power_loss/power_loss.py

lint: setup ## ruff, formatting, mypy, import contracts
	@$(PYTHON) -m tests.checks --lint

format: setup ## put the code into the one format
	@$(PYTHON) -m ruff check --fix --quiet .
	@$(PYTHON) -m ruff format .

screenshots: setup ## pictures of every screen, in both languages
	@$(PYTHON) packaging/run/screenshots.py

clean: ## remove what was built; the environment stays
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
