# Every command of a developer. Newcomers begin with `./habits`, which needs no make.
VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/habit-tracker
OURS := chassis rhythm services edge scheduler local tests bench
CODE = $(wildcard $(OURS))
CHECKS := check-format check-lint check-types check-rooms check-web check-house
.DEFAULT_GOAL := help
.PHONY: help setup contracts check $(CHECKS) fix refusals settings test journeys bench up down lock logs \
  clean

help: ## Show this list.
	@sed -n 's/^\([a-z%-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## Build .venv with the tools for development.
	./habits setup

contracts: ## Generate contracts/ from protos/.
	rm -rf contracts
	PATH="$(abspath $(BIN)):$$PATH" buf generate
	touch contracts/py.typed

check: ## Everything a commit must pass: format, lint, types, rooms, contracts, house rules.
	@$(MAKE) --no-print-directory --jobs=4 --output-sync=target $(CHECKS)
	@echo "check: clean"

check-format:
	@$(BIN)/ruff format --quiet --check $(CODE) || { echo "formatting: run make fix"; exit 1; }

check-lint:
	@$(BIN)/ruff check --quiet $(CODE)

check-types:
	@$(BIN)/mypy --no-error-summary $(CODE)

check-rooms:
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }

check-web:
	@said=$$(web/check.sh 2>&1) || { echo "$$said"; exit 1; }; case "$$said" in *"not checked"*) echo "$$said";; esac

check-house:
	@$(BIN)/python -m pytest --quiet --no-header tests/house

fix: ## Format the code, and apply the linter's fixes.
	$(BIN)/ruff check --quiet --fix-only $(CODE)
	$(BIN)/ruff format --quiet $(CODE)
	$(BIN)/buf format --write
	web/check.sh fix

refusals: ## Write docs/refusals.md from the code.
	$(BIN)/python -m tests.house.refusals

settings: ## Write docs/settings.md from the code.
	$(BIN)/python -m tests.house.settings

test: ## Run every test on real servers.
	./habits test

journeys: ## Run the end-to-end tests, which use the whole mesh.
	./habits test tests/journeys

bench: ## Run the main benchmarks: check-ins (with pgbench and monoliths), the whole mesh, latency, reads, reminders.
	$(BIN)/python -m bench check-ins
	$(BIN)/python -m bench mesh
	$(BIN)/python -m bench latency
	$(BIN)/python -m bench reads
	$(BIN)/python -m bench reminders

up: ## Start the mesh on this machine.
	./habits up

down: ## Stop it.
	./habits down

serve-%: ## Run one service alone, e.g. make serve-habits; the environment says where its servers are.
	$(BIN)/python -m services.$* serve

migrate-%: ## Bring one service's schema up to date, e.g. make migrate-habits.
	$(BIN)/python -m services.$* migrate

lock: ## Compile the lists in requirements/ from pyproject.toml.
	requirements/compile.sh

logs: ## Follow the logs of every process.
	tail -n 20 -F $(DATA)/logs/*.log

clean: ## Remove generated files; data and .venv stay.
	rm -rf .mypy_cache .ruff_cache .hypothesis .import_linter_cache build htmlcov .coverage
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
