# make run    set up, write synthetic extracts where there are none, take in what is new, publish
# make test   set up, check the style, run the tests; `make test-fast` the unit tests alone
# make images take the pictures of the README anew (Chromium, and a published demonstration)
# make ui     the Dagster UI on http://127.0.0.1:3000
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready

.PHONY: run test test-fast ui setup lint lint-python lint-sql checked bench bench-lakes bench-national fuzz lake lake-kills lock images clean superset-venv superset-check superset-lock

run: $(READY)
	$(BIN)/scorecards demo --if-empty
	$(BIN)/scorecards run

# Style, types, and the unit tests of the models keep a core each busy: all three at a time, so that two cores have work to the end. Tests wait for disks,
# browsers and processes that they kill: one process more than two cores keeps both busy.
test: $(INSTALLED)
	$(MAKE) --no-print-directory --jobs 3 --output-sync=target checked
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# An answer while one works: style of Python, and the unit tests.
test-fast: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest tests/unit -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

checked: lint-sql $(READY) lint-python

lint: lint-python lint-sql

lint-python: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-sql: $(INSTALLED)
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests --quiet

ui: $(READY)
	$(BIN)/scorecards ui

images: $(READY)
	$(BIN)/python -m tests.images

bench: $(READY)
	$(BIN)/python -m tests.benchmarks.run

# What a lake costs beside a build file, three forces at once, readers (docs/lake.md); needs `make lake` and PostgreSQL.
bench-lakes: $(READY)
	$(BIN)/python -m tests.benchmarks.lakes

# A year of 43 forces, two of them by themselves and all as one build: half an hour (docs/benchmarks.md).
bench-national: $(READY)
	$(BIN)/python -m tests.benchmarks.national

fuzz: $(READY)
	$(BIN)/python -m tests.fuzz.run

# Workers of three forces on lakes, killed at random moments (docs/lake.md); needs `make lake` and PostgreSQL.
KILLS ?= 60
lake-kills: $(READY)
	$(BIN)/python -m tests.faults.kill_lake_nights --kills $(KILLS)

setup: $(READY)

# What a lake needs besides (docs/lake.md); `make setup` takes it away again when the lock file has changed.
lake: $(INSTALLED)
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --no-deps --python $(BIN)/python -r requirements-lake.lock

# Everything comes from the lock files, by hash; uv is only the installer.
$(INSTALLED): requirements.lock requirements-uv.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

$(READY): $(INSTALLED)
	$(BIN)/scorecards prepare
	@touch $@

lock:
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra dev --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet -o requirements.lock
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['lake'], sep='\n')" | \
		$(BIN)/uv pip compile - --constraint requirements.lock --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet -o requirements-lake.lock

# Superset has a virtual environment of its own: it needs SQLAlchemy 1.4 (docs/decisions/0018).
SUPERSET := .venv-superset

superset-venv: $(SUPERSET)/.ready

$(SUPERSET)/.ready: tests/superset/requirements.lock | $(READY)
	$(PYTHON) -m venv $(SUPERSET)
	$(BIN)/uv pip sync --quiet --require-hashes --python $(SUPERSET)/bin/python tests/superset/requirements.lock
	@touch $@

superset-check: $(READY) $(SUPERSET)/.ready
	$(BIN)/python -m tests.superset.check --superset $(SUPERSET)

superset-lock: $(READY)
	$(BIN)/uv pip compile tests/superset/requirements.in --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate --custom-compile-command "make superset-lock" --quiet -o tests/superset/requirements.lock

clean:
	rm -rf data/warehouse data/published data/dagster
