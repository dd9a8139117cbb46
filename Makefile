# Every target makes .venv if it is missing and installs the locked versions. Python 3.11 to 3.13.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
UV := $(BIN)/uv
INSTALLED := .venv/installed
QUICK := not (gpu or slow or exhaustive or checkers)

# What pytest makes of the tests' files is kept: half the time in which it collects them.
unexport PYTHONDONTWRITEBYTECODE
# No look on the network for newer versions of the tools.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export NO_MKDOCS_2_WARNING := 1

.PHONY: run test test-random test-slow test-exhaustive test-older mutants pins fuzz lint tables validation closed-forms axe readers docs wheel bench lock clean
.DELETE_ON_ERROR:

run: $(INSTALLED)
	$(BIN)/entrap run examples/clean-set.toml --out results/clean-set --force

test: $(INSTALLED)
	$(BIN)/pytest -n $(JOBS) --dist loadfile -m "$(QUICK)"

# New examples, and many: what it finds is mended and pinned by an `@example`.
test-random: $(INSTALLED)
	HYPOTHESIS_PROFILE=random $(BIN)/pytest -n $(JOBS) --dist loadfile -m "$(QUICK)"

# Types of arrays were checked by the quick tests already, in a sixth of their time.
test-slow: $(INSTALLED)
	UNCHECKED=1 $(BIN)/pytest -n $(JOBS) --dist loadfile -m "slow and not exhaustive"

# Every combination, and what takes minutes alone: an hour or so, not in CI.
test-exhaustive: $(INSTALLED)
	$(BIN)/pytest -n $(JOBS) --dist loadfile -m exhaustive

# As a processor without AVX2 rounds, which NumPy, OpenBLAS and XLA imitate on one of Intel or AMD.
test-older: export NPY_DISABLE_CPU_FEATURES := X86_V3
test-older: export OPENBLAS_CORETYPE := Prescott
test-older: export XLA_FLAGS := --xla_cpu_max_isa=AVX
test-older: test test-slow

# Plants faults one at a time and tells which the tests notice: two hours or so, not in CI.
COUNT ?= 60
SEED ?= 0
mutants: $(INSTALLED)
	$(BIN)/python tests/mutation/plant.py --count $(COUNT) --seed $(SEED) --jobs $(JOBS)

# Writes anew what users are given, word for word: read the difference before it is committed.
pins: $(INSTALLED)
	PIN=1 $(BIN)/pytest --quiet -m "not (gpu or checkers)" -k pinned tests

# Gives broken inputs to all that reads one: some ten minutes, not in CI.
INPUTS ?= 12000
FIRST ?= 0
fuzz: $(INSTALLED)
	$(BIN)/python -m tests.fuzz.fuzz --count $(INPUTS) --seed $(SEED) --first $(FIRST) $(KINDS)

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest --quiet -m checkers tests/contracts/test_checkers.py

# Writes the tables of keys and results in docs/, and the list of results that shells complete.
tables: $(INSTALLED)
	$(BIN)/python docs/tables.py

# Writes the tables of docs/films-validation.md: a minute or two. PEERS="superscreen tdgl" compares
# with these where they are installed, and "tdgl steady" with the steady state of pyTDGL.
PEERS ?=
validation: $(INSTALLED)
	$(BIN)/python benchmarks/validate_film.py --write $(PEERS)

# Writes the closed forms by which the explorer draws its first picture, of the model's functions.
closed-forms: $(INSTALLED)
	$(BIN)/python -m entrap.studies.explore.made

# By which the explorer's page is tested for accessibility; without npm that test says so.
AXE := axe-core@4.14.1
axe: $(INSTALLED)
	npm install --silent --no-save --no-package-lock --prefix .venv/axe $(AXE)

# Judges the explorer's page as Lighthouse does, in a minute; not in CI, as its speed is part of it.
LIGHTHOUSE := lighthouse@12.8.2
lighthouse: $(INSTALLED)
	npm install --silent --no-save --no-package-lock --prefix .venv/lighthouse $(LIGHTHOUSE)
	$(BIN)/pytest -m exhaustive tests/studies/explore/test_lighthouse.py

# By which a film's files are opened as others open them; without them that test says so. They are
# 1 GB, and so not among what all tests need.
READERS := pyvista==0.49.1 xugrid==0.15.3 netcdf4==1.7.5.1.post1
readers: $(INSTALLED)
	$(UV) venv --quiet --allow-existing --python $(BIN)/python .venv/readers
	$(UV) pip install --quiet --python .venv/readers/bin/python $(READERS)
	$(BIN)/pytest -m "slow or not slow" tests/studies/film/test_readers.py

docs: $(INSTALLED)
	$(BIN)/mkdocs build --strict

# Builds the wheel and runs an example with it alone.
wheel: $(INSTALLED)
	.ci/wheel

bench: $(INSTALLED)
	$(UV) pip install --quiet --python $(BIN)/python --group bench --constraints requirements.lock
	@for script in benchmarks/bench_*.py; do \
		[ ! -e "$$script" ] || { echo "== $$script" && $(BIN)/python "$$script"; } || exit 1; \
	done

# Keeps the pins that still fit; `make lock UPGRADE=--upgrade` takes the newest.
lock: $(UV)
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile pyproject.toml --group dev --group docs \
		--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
		--quiet $(UPGRADE) --output-file requirements.lock

clean:
	rm -rf .venv results site dist .hypothesis .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv is installed by pip, at the version and hashes of the lock; all the rest by uv.
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else \
		"entrap needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	awk '/^[^ ]/ { ours = /^uv==/ } ours' requirements.lock > .venv/uv.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock

# Compiled at install: where PYTHONDONTWRITEBYTECODE is set, imports would cost seconds every time.
$(INSTALLED): requirements.lock pyproject.toml | $(UV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --compile-bytecode -e .
	$(BIN)/python -m compileall -q src
	touch $@
