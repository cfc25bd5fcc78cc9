# Every target does its own set-up; `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: run test check bench lock translations help

# The first interpreter that starts and is new enough; PYTHON=/path/to/python3 decides otherwise.
FIND_PYTHON := for p in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python3.15; do \
	  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; p=; done; \
	if [ -z "$$p" ]; then \
	  echo "Python 3.11 or newer is needed: install it (Debian 12, Ubuntu 24.04: sudo apt-get install python3 python3-venv) or set PYTHON=/path/to/python3" >&2; exit 1; fi;

SETUP = @$(FIND_PYTHON) exec "$$p" tools/bootstrap.py
VENV_PYTHON = .venv/bin/python

run: ## Start the platform with its demo world on http://127.0.0.1:8000 (PORT=, DATABASE_URL=)
	$(SETUP)
	@exec $(VENV_PYTHON) -m tools.run

test: ## Run every test on SQLite and on PostgreSQL, browser journeys included (ARGS="-k name", FULL=1)
	$(SETUP) --dev
	@exec $(VENV_PYTHON) -m tools.test $(ARGS)

check: ## Lint, types, import rules, templates, translations, migrations drift, lock files
	$(SETUP) --dev
	@exec $(VENV_PYTHON) -m tools.check

bench: ## Measure the most used pages, and the allocation beside other libraries (ONLY=pages or allocation, ARGS=, SCALE=)
	$(SETUP) --dev
ifneq ($(ONLY),allocation)
	@$(VENV_PYTHON) -m tools.postgres -- $(VENV_PYTHON) -m benchmarks $(ARGS)
endif
ifneq ($(ONLY),pages)
	@$(VENV_PYTHON) -m benchmarks.allocation $(ARGS)
endif

lock: ## Resolve the dependencies of pyproject.toml anew into requirements*.txt (UPGRADE=1 takes newer ones)
	$(SETUP)
	@exec $(VENV_PYTHON) -m tools.lock

translations: ## Bring the message catalogues up to date with the code and templates
	$(SETUP) --dev
	@exec $(VENV_PYTHON) -m tools.translations update

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
