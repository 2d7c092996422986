# Needs python3 (3.11 or later) and make, nothing else: the first target builds the environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What `make soak` draws from: a later run draws something else.
SEED ?= $(shell date +%s)
# A soak begins no test after so many minutes; with none it runs to its end.
MINUTES ?=
# Gets a line of JSON for each test of a soak.
FIGURES ?= soak-$(SEED).ndjson
# Gets a line of JSON for each mutant.
MUTANTS ?= mutants.ndjson
# Processes that share the tests; the random ones bring processes of their own.
WORKERS ?= 2

# The modules with random or sized tests: the others need not be read to leave their tests out.
RANDOM = $(shell grep -rlE 'stochastic|tests\.tiers' tests --include='test_*.py')

# The tests that run every branch of the domain, traced; the others need no tracer, under which each
# takes four times as long. Where a new branch is missed, its test belongs into tests/domain.
TRACED := tests/domain tests/naive tests/bundle/test_proofs.py tests/claims/test_code_pages.py \
	$(patsubst %,tests/adapters/test_%.py,assigning continuing corrections deciding hard_messages \
	ledger merging price_files_of_any_shape prices_command) \
	$(patsubst %,tests/projections/%,closer gates/test_planned_visits.py support test_audit.py \
	test_schedule.py)
ORDINARY := not stochastic and not sized

# The tests start hundreds of processes: each module is compiled once for all of them.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help demo test check coverage ordinary covered random soak mutants bench lint types mypy pyright docs golden oracles clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   build the environment and run the worked examples end to end"
	@echo "make test   build the environment and run the tests"
	@echo "make check  lint, types, every test that is not random, and what they cover of domain/"
	@echo "make covered what the tests cover of the whole house, for a quarter of an hour"
	@echo "make random the random tests alone; VEINLEDGER_TIER=1 makes them as large as CI runs them"
	@echo "make soak   the long form of the random tests, for hours; MINUTES=n ends it, SEED=n repeats one"
	@echo "make mutants plant small faults in domain/, for an hour or two, and write which of them the tests notice"
	@echo "make bench  measure how fast it is, and write docs/performance.md"
	@echo "make golden write the golden claims again; read what it changed before committing it"
	@echo "make docs   write the generated parts of docs/ and README.md again"

$(VENV)/built: pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
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

types: mypy pyright

mypy: $(VENV)/built
	$(BIN)/mypy

pyright: $(VENV)/built
	$(BIN)/pyright --pythonpath $(BIN)/python

check: lint types coverage ordinary

coverage: $(VENV)/built
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m '$(ORDINARY)' --cov=domain --cov-report= $(TRACED)
	$(BIN)/python -m coverage report --include='domain/*' --fail-under=100 --skip-covered

ordinary: $(VENV)/built
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m '$(ORDINARY)' $(TRACED:%=--ignore=%)

# The whole house, for a quarter of an hour.
covered: $(VENV)/built
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m '$(ORDINARY) and not untraced' --cov --cov-report=term:skip-covered

random: $(VENV)/built
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m 'stochastic or sized' $(RANDOM)

soak: SEED := $(SEED)
soak: $(VENV)/built
	VEINLEDGER_TIER=2 VEINLEDGER_SEED=$(SEED) VEINLEDGER_MINUTES=$(MINUTES) \
	VEINLEDGER_FIGURES=$(FIGURES) $(BIN)/python -m pytest -q -s -p tests.soaking -o faulthandler_timeout=0 -m 'stochastic or sized' $(RANDOM)

mutants: $(VENV)/built
	$(BIN)/python -m tests.mutants $(MUTANTS) --workers $(WORKERS)

bench: $(VENV)/built
	$(BIN)/python -m tests.bench

docs: $(VENV)/built
	$(BIN)/python -m veinledger.adapters.cli.generated
	$(BIN)/python -m tests.law.table

golden: $(VENV)/built
	$(BIN)/python -m tests.claims.golden

# An independent grouper and claim editor; the tests that ask it are skipped where it is not there.
oracles: $(VENV)/built
	$(BIN)/pip install --quiet --constraint constraints.txt --group oracles

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .coverage
