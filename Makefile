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

.PHONY: run test test-browser check fix docs lock

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
