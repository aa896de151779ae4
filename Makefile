# Two commands: `make run` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8501

.PHONY: run test audit torture bench lint clean

run: $(VENV)/.ready
	@$(PY) -m data_pipeline build --if-missing
	@echo "→ http://localhost:$(PORT)"
	@$(PY) -m streamlit run app.py --server.port $(PORT)

test: $(VENV)/.ready-dev
	@$(PY) -m tests.browser.chromium
	@$(VENV)/bin/ruff check .
	@$(PY) -m pytest -n 3 --dist loadfile

# Faults, fuzz, injection, access, restore, load: hours. Less: make torture TORTURE="--only fuzz --share 0.1"
torture: $(VENV)/.ready-dev
	@$(PY) -m tests.browser.chromium
	@$(PY) -m tests.torture $(TORTURE)

# Times beside peers, in one run. Less: make bench BENCH="--only pages --times 3"; does it run: BENCH=--quick
bench: $(VENV)/.ready-dev
	@$(PY) -m tests.browser.chromium
	@$(PY) -m tests.bench $(BENCH)

# Known faults of the pinned packages; asks the package index, so not part of the tests.
audit: $(VENV)/.ready-dev
	@$(PY) -m pip_audit -r requirements.txt --progress-spinner off

lint: $(VENV)/.ready-dev
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .

$(VENV)/.ready: requirements.txt
	@test -x $(PY) && $(PY) -m pip --version >/dev/null 2>&1 || sh .ci/venv.sh $(PYTHON) $(VENV)
	@echo "安裝套件 installing packages …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) duckdb/store
