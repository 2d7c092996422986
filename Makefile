# Needs python3 (3.11 or later) and make, nothing else: the first target builds the environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEED ?= 20260501
# Processes that share the tests; the random ones bring processes of their own.
WORKERS ?= 2

.PHONY: help demo test check coverage random soak bench lint types docs golden oracles clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   build the environment and run the worked examples end to end"
	@echo "make test   build the environment and run the tests"
	@echo "make check  lint, types, and what the tests cover"
	@echo "make random the random tests alone; VEINLEDGER_TIER=1 makes them as large as CI runs them"
	@echo "make soak   the long form of the random tests, for hours; SEED=n starts elsewhere"
	@echo "make bench  measure how fast it is, and write docs/performance.md"
	@echo "make golden write the golden claims again; read what it changed before committing it"
	@echo "make docs   write the generated parts of docs/ and README.md again"

$(VENV)/built: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --constraint constraints.txt --editable . --group dev
	@touch $@

demo: $(VENV)/built
	@$(BIN)/veinledger demo

test: $(VENV)/built
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

lint: $(VENV)/built
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/built
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

check: lint types coverage

coverage: $(VENV)/built
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m 'not stochastic' --cov --cov-report=term:skip-covered

random: $(VENV)/built
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m 'stochastic or sized'

soak: $(VENV)/built
	VEINLEDGER_TIER=2 VEINLEDGER_SEED=$(SEED) $(BIN)/python -m pytest -q -s -o faulthandler_timeout=0 -m 'stochastic or sized'

bench: $(VENV)/built
	$(BIN)/python -m tests.bench

docs: $(VENV)/built
	$(BIN)/python -m veinledger.adapters.cli.generated

golden: $(VENV)/built
	$(BIN)/python -m tests.claims.golden

# An independent grouper and claim editor; the tests that ask it are skipped where it is not there.
oracles: $(VENV)/built
	$(BIN)/pip install --quiet --constraint constraints.txt --group oracles

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .coverage
