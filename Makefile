# Two commands, each of which works on an empty clone with Python 3.11+, make and a package index.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test clean

demo: .venv/ready  ## train a network on handwritten digits, look at it, save it
	$(BIN)/hornbeam demo

test: .venv/ready  ## lint, types, import rules, tests
	$(BIN)/nox

.venv/ready: requirements/dev.txt $(wildcard packages/*/pyproject.toml)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(foreach p,core cpu cuda layers optimizers models datasets apps,-e packages/$(p))
	touch $@

clean:
	rm -rf .venv .nox demo-output
