# Every target begins with `setup`, so a fresh clone needs only Python 3.11+, git and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo docs screenshots test bench bench-allocation bench-api bench-census bench-forecast bench-roster bench-uncertainty bench-wards bench-winters torture audit sbom clean

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	$(BIN)/python -m optimizer.roster.warming
	touch $@

# Exit 4 means "stopped by time with a checked plan": for the demo that is a plan all the same.
demo: setup
	$(BIN)/wardwright plan scenarios/hospital450.yaml -o plans/hospital450 --force || test $$? -eq 4

test: setup .venv/browser
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r api forecasting optimizer
	$(BIN)/pytest -n 2 --dist loadfile --durations 15

# Debian's Chromium where it can be had, else Playwright's own; without either the tests of the page in a browser are skipped.
.venv/browser: .venv/ready
	$(BIN)/python -m tests.browser.chromium
	touch $@

# Every view of the page in docs/pictures, from plans made on the spot: three minutes.
screenshots: setup .venv/browser
	$(BIN)/python -m tests.browser.screenshots docs/pictures

# The documentation as pages that open from the disk: build/site/index.html.
docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: setup
	$(BIN)/python -m tests.benchmarks

# The races at size against peers; --full adds the long ones (M, L and XL, half an hour).
bench-allocation: setup
	$(BIN)/python -m tests.benchmarks.allocation $(FLAGS)

# Our forecasts beside statsforecast, Prophet and LightGBM, which need an environment of their own; FLAGS=--light is quick.
bench-forecast: setup .venv-bench/ready
	$(BIN)/python -m tests.benchmarks.forecast_race .venv-bench/bin/python $(FLAGS)
	$(BIN)/python -m tests.benchmarks.forecast_cost fast 2

.venv-bench/ready: tests/benchmarks/forecast_constraints.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint $< statsforecast prophet mlforecast lightgbm holidays
	touch $@

# From arrivals to beds: the census of US states 14 days ahead, beside persistence and a damped trend.
bench-census: setup
	OURS=tests.benchmarks.census:ours OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.census

# Plans made from the past alone on three real winters of English trusts, beside what planners do today: an hour, and ten
# minutes with FLAGS='--every 8' (every eighth trust) or FLAGS='--decide formula' (no program); FLAGS=--help tells more.
bench-winters: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.winters $(FLAGS)

# Plans for many futures, one ward and ten: time, proven gap and memory; a quarter of an hour, FLAGS='--seconds 300' longer.
bench-uncertainty: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.uncertainty $(FLAGS)

# Rosters of public benchmarks beside the best known: a minute an instance; FLAGS='--instances 8 12 --seconds 600' chooses.
bench-roster: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.roster $(FLAGS)

# Rosters of people by name on four made-up wards: how soon one is there, how good it is in 20 s, how soon it is changed;
# two minutes, FLAGS='--long 600' compares with ten minutes' search.
bench-wards: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.wards $(FLAGS)

# How quickly the service takes work on and tells how it stands, beside the least that either could be.
bench-api: setup
	$(BIN)/python -m tests.benchmarks.api
	$(BIN)/python -m tests.torture.memory_blown_up

# What takes too long for every commit, about two hours: 1,300 random hospitals asked of every solver, 7,500 programs
# judged in exact arithmetic, callers and solvers killed 300 times, a hundred thousand series forecast from one table; and
# the service: its writer, processes and solvers killed 1,300 times, a full disk, 10,000 spoiled inputs, Schemathesis on
# the whole API, 200 clients on one plan, 2,000 plans by one worker. Each is a module that runs alone, too.
torture: setup
	$(BIN)/python -m tests.torture.agreement_at_length
	$(BIN)/python -m tests.torture.clashes_at_length
	$(BIN)/python -m tests.torture.figures_far_apart
	$(BIN)/python -m tests.torture.killing_at_random
	$(BIN)/python -m tests.torture.many_series
	$(BIN)/python -m tests.torture.writer_killed
	$(BIN)/python -m tests.torture.service_killed
	$(BIN)/python -m tests.torture.solvers_killed
	$(BIN)/python -m tests.torture.disk_full
	$(BIN)/python -m tests.torture.mutated_inputs
	$(BIN)/python -m tests.torture.whole_api
	$(BIN)/python -m tests.torture.publishing_at_once
	$(BIN)/python -m tests.torture.many_solves

# Known weaknesses of the packages we pin; it says so where the advisory service can't be reached.
audit: setup
	$(BIN)/python -m tests.advisories

# A software bill of materials of what is installed (CycloneDX).
sbom: setup
	mkdir -p build
	$(BIN)/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.cdx.json

clean:
	rm -rf .venv .venv-bench plans build
