# Module Registry. `make help` lists the targets; CI and people call the same ones.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PORT ?= 8000
WORLD ?=
PYTEST_ARGS ?= -n logical

PY := .venv/bin/python
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# The stamp names what was installed and where: another lock, or a folder that was moved, sets up again.
STAMP := .venv/stamp-$(shell cat requirements-dev.lock pyproject.toml <(echo "$(CURDIR)") | sha256sum | cut -c1-16)
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml

.PHONY: help setup demo test lint fix bench faults journey polite exactly-once day lock system-packages clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

setup: $(STAMP)  ## the virtual environment .venv with everything, from the lock file
	@:

$(STAMP):
	@[ -n "$(PYTHON)" ] || { echo "make setup: no Python 3.11 or newer found; install one, or name it: make setup PYTHON=/path/to/python3" >&2; exit 1; }
	@[ -x $(PY) ] && $(PY) -m pip --version >/dev/null 2>&1 && head -1 .venv/bin/pip | grep -qF "$(CURDIR)/.venv/" \
	  || $(PYTHON) -m venv --clear .venv \
	  || { echo "make setup: $(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PY) -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.lock
	@$(PY) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --no-index --editable .
	@rm -f .venv/stamp-*; touch $@

demo: setup  ## the sample world harvested and served on http://127.0.0.1:8000 (PORT=, WORLD=endpoints.json or live)
	@PORT="$(PORT)" WORLD="$(WORLD)" exec $(PY) -m tests.standin.demo

test: setup  ## every test
	$(PY) -m pytest $(PYTEST_ARGS)

lint: setup  ## style, types, import rules, sizes; only looks
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m pytest -q -p no:randomly tests/house/test_sizes.py

fix: setup  ## what ruff can mend by itself, and the generated parts of the documentation
	.venv/bin/ruff check --fix .
	$(PY) -m cogapp -r *.md docs/*.md

bench: setup  ## how long the main ways take on the sample world
	$(PY) -m tests.bench

faults: setup  ## every fault of the replayed world x every address x first and later harvest, as a table
	$(PY) -m pytest -q -p no:randomly tests/conformance/test_every_fault.py

journey: setup  ## the real world harvested month by month, each change explained
	$(PY) -m pytest -q -p no:randomly tests/conformance/test_journey.py

polite: setup  ## what the servers saw of two harvests: requests, refusals, time beside the least (ENDPOINTS=file)
	$(PY) benchmarks/politeness.py $(ENDPOINTS)

exactly-once: setup  ## four workers, twenty sources, a thousand due times: each run once
	$(PY) benchmarks/exactly_once.py

day: setup  ## a day of operation in minutes: schedules, changes, limits, failures, notifications
	$(PY) benchmarks/day.py

lock: setup  ## both lock files again, after a change of pyproject.toml (UPGRADE=1: newest versions)
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev --output-file requirements-dev.lock
	$(COMPILE) --constraints requirements-dev.lock --output-file requirements.lock

system-packages:  ## what the tests need from the system: Chromium (as root: installs it)
	@tests/support/install.sh

clean:  ## removes what make and the tests made; the registry's own data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
