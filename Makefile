# Every target prints the plain commands it runs: each of them can be typed by hand as well.
# `.venv` is built once; a stamp named after the requirements' checksum says what is inside it.

PYTHON ?= python3
PY := .venv/bin/python
RUNTIME := .venv/runtime-$(shell cat requirements.txt constraints.txt | cksum | cut -d ' ' -f 1)
TOOLS := .venv/tools-$(shell cat requirements.txt requirements-dev.txt constraints.txt | cksum | cut -d ' ' -f 1)

ifneq ($(shell command -v uv 2>/dev/null),)
VENV := uv venv --seed --quiet --python $(PYTHON)
INSTALL := uv pip install --quiet --python $(PY)
LOCK_INSTALL := uv pip install --quiet --python build/lock/bin/python
else
VENV := $(PYTHON) -m venv
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check
LOCK_INSTALL := build/lock/bin/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: run test test-browser check fix docs lock bench bench-quick

run: $(RUNTIME)
	$(PY) -m outreach demo

test: $(TOOLS)
	$(PY) -m pytest -m "not browser" -n 2 --dist loadfile

test-browser: $(TOOLS)
	$(PY) -m tools.browser_needs
	$(PY) -m pytest -m browser tests/browser -n 2 --dist loadfile

check: $(TOOLS)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m tools.catalogues --check
	$(PY) -m tools.reference --check
	$(PY) -m tools.pins

fix: $(TOOLS)
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	$(PY) -m tools.catalogues
	$(PY) -m tools.reference

docs: $(TOOLS)
	$(PY) -m tools.reference

lock:
	rm -rf build/lock
	$(VENV) build/lock
	$(LOCK_INSTALL) -r requirements-dev.txt
	$(PYTHON) -m tools.pins --lock build/lock/bin/python
	rm -rf build/lock

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Outreach needs Python 3.11 or newer, this is %d.%d. Try: make PYTHON=python3.11" % sys.version_info[:2])'
	$(VENV) .venv

$(RUNTIME): | .venv/bin/python
	$(INSTALL) -r requirements.txt -c constraints.txt
	touch $@

$(TOOLS): | .venv/bin/python
	$(INSTALL) -r requirements-dev.txt -c constraints.txt
	touch $@

BENCHED := .venv/bench-$(shell cat requirements.txt requirements-bench.txt constraints.txt | cksum | cut -d ' ' -f 1)
BENCH := $(PY) -m benchmarks
RESULTS := build/bench
DATA ?= ../shared/benchmarks

$(BENCHED): $(TOOLS)
	$(INSTALL) -r requirements-bench.txt
	touch $@

bench-quick: $(BENCHED)
	mkdir -p $(RESULTS)
	$(BENCH) uk --data $(DATA)/uk-timetables --largest 3 --seconds 10 --json $(RESULTS)/quick.jsonl
	$(BENCH) pvrp --data $(DATA)/pvrp --largest 3 --seconds 20 --json $(RESULTS)/quick.jsonl
	$(BENCH) windows --data $(DATA)/sdvrptw --largest 2 --solvers outreach,pyvrp --seconds 20 --json $(RESULTS)/quick.jsonl
	$(BENCH) growth --data $(DATA)/uk-timetables --only 300,1000,2000 --seconds 10 --json $(RESULTS)/quick.jsonl
	$(BENCH) day --only day-8-1,day-12-1,day-16-1,day-20-1,day-25-1 --seconds 3 --json $(RESULTS)/quick.jsonl

bench: $(BENCHED)
	mkdir -p $(RESULTS)
	$(BENCH) uk --data $(DATA)/uk-timetables --seconds 30 --solvers outreach,pyvrp,vroom,ortools --json $(RESULTS)/bench.jsonl
	$(BENCH) uk --data $(DATA)/uk-timetables --largest 5 --seed 2,3 --seconds 30 --json $(RESULTS)/bench.jsonl
	$(BENCH) uk --data $(DATA)/uk-timetables --variant open --seconds 30 --json $(RESULTS)/bench.jsonl
	$(BENCH) uk --data $(DATA)/uk-timetables --seconds 10 --json $(RESULTS)/bench.jsonl
	$(BENCH) rhythm --data $(DATA)/uk-timetables --seconds 30 --json $(RESULTS)/bench.jsonl
	$(BENCH) uk --data $(DATA)/uk-timetables --set-up 240 --solvers outreach --seconds 5 --json $(RESULTS)/bench.jsonl
	$(BENCH) pvrp --data $(DATA)/pvrp --seconds 60 --json $(RESULTS)/bench.jsonl
	$(BENCH) pvrp --data $(DATA)/pvrp --largest 3 --solvers two-phases --seconds 60 --json $(RESULTS)/bench.jsonl
	$(BENCH) windows --data $(DATA)/sdvrptw --seed 1,2 --seconds 60 --json $(RESULTS)/bench.jsonl
	$(BENCH) growth --data $(DATA)/uk-timetables --solvers outreach,rounds --seconds 60 --json $(RESULTS)/bench.jsonl
	$(BENCH) growth --data $(DATA)/uk-timetables --only 100,300,1000,2000 --solvers pyvrp --seconds 60 --json $(RESULTS)/bench.jsonl
	$(BENCH) convergence --data $(DATA)/uk-timetables --seconds 60 --json $(RESULTS)/bench.jsonl
	$(BENCH) day --json $(RESULTS)/bench.jsonl
	$(PY) -m benchmarks.plots $(RESULTS)/bench.jsonl
