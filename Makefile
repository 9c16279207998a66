# Two commands matter: `make run` and `make test`. Both set everything up by themselves.
# PORT= and DATA= choose where `make run` serves and keeps its data.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(name))))
WORKERS ?= 2
BENCHES := $(subst _,-,$(patsubst tests/bench/bench_%.py,%,$(wildcard tests/bench/bench_*.py)))
PACKAGES := network_app urgent_appeals members bots
FONT := /usr/share/fonts/truetype/noto/NotoSansBengali-Regular.ttf

BIN := .venv/bin
UV := .venv-uv/bin/uv
INSTALL := $(UV) pip install --python $(BIN)/python
COMPILE := $(UV) pip compile --python $(BIN)/python --python-version 3.11 --universal --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --quiet

SENTENCES := network_app/translations/messages.pot
COLLECT := $(BIN)/pybabel -q extract -F pyproject.toml --no-default-keywords -k _ -k gettext -k lazy -k ngettext:1,2 \
	--add-location=file --sort-output --omit-header --no-wrap -o $(SENTENCES) .
UPDATE := $(BIN)/pybabel -q update -i $(SENTENCES) --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap

# No tool chain is fetched behind anybody's back.
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without compiled files each of our processes would compile all of its program again: five seconds instead of two.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run play install test test-fast check check-format check-lint check-types check-imports check-templates \
	check-house soak bench lang lang-new requirements format browser

help:
	@echo "make run        the whole network with its demo on this machine (PORT=, DATA=)"
	@echo "make play       one real case from filing to remedy, checked from outside, on a throw-away network"
	@echo "make install    what a real network needs, without the demo (docs/how-to/install.md)"
	@echo "make test       the whole test suite, with real servers"
	@echo "make test-fast  the tests that start no server"
	@echo "make check      format, lint, types, import contracts, budgets, migrations, translations, templates"
	@echo "make soak       the long fault runs"
	@echo "make lang       bring the translation catalogues up to date; a new language: make lang-new km"
	@echo "make bench      all benchmarks; one alone: $(addprefix make bench-,$(BENCHES))"

# ---------------------------------------------------------------- what people start

# `exec`, so that signals reach the program and not a shell around it.
run: .venv/.stamp-demo
	@exec $(BIN)/network-app demo run

# What a real network needs: no homeserver, no test tools.
install: .venv/.stamp-runtime

play: .venv/.stamp-demo
	@exec $(BIN)/network-app demo play

# ---------------------------------------------------------------- tests and checks

test: .venv/.stamp-dev browser
	@exec $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 25

test-fast: .venv/.stamp-dev
	@exec $(BIN)/pytest -n $(WORKERS) -m "not servers and not soak"

soak: .venv/.stamp-dev browser
	@exec $(BIN)/pytest -m soak --timeout 0

check: check-format check-lint check-types check-imports check-templates check-house
	@echo "make check: all well"

check-format: .venv/.stamp-dev
	$(BIN)/ruff format --check --quiet .

check-lint: .venv/.stamp-dev
	$(BIN)/ruff check --quiet .

check-types: .venv/.stamp-dev
	$(BIN)/mypy

check-imports: .venv/.stamp-dev
	$(BIN)/lint-imports --no-cache

check-templates: .venv/.stamp-dev
	$(BIN)/djlint templates --lint --quiet

# Size budget, the seven committing places, forbidden words, migration drift, translations.
check-house: .venv/.stamp-dev
	$(BIN)/pytest -q tests/architecture

format: .venv/.stamp-dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

# Bring the catalogues up to date with the sentences in the program; what is translated stays.
lang: .venv/.stamp-demo
	@$(COLLECT)
	@for catalogue in network_app/translations/*/LC_MESSAGES/messages.po; do \
		code=$$(basename $$(dirname $$(dirname $$catalogue))); \
		$(UPDATE) -l $$code -o $$catalogue || exit 1; \
	done; rm -f $(SENTENCES)

# `make lang-new km` starts a catalogue for Khmer.
lang-new: .venv/.stamp-demo
	@test -n "$(NEW)" || { echo "say which: make lang-new km"; exit 1; }
	@$(COLLECT)
	@$(BIN)/pybabel -q init -l $(NEW) -i $(SENTENCES) -d network_app/translations --no-wrap
	@$(UPDATE) -l $(NEW) -o network_app/translations/$(NEW)/LC_MESSAGES/messages.po; rm -f $(SENTENCES)
	@echo "Translate network_app/translations/$(NEW)/LC_MESSAGES/messages.po and add the language in network_app/core/i18n.py"

ifeq ($(firstword $(MAKECMDGOALS)),lang-new)
NEW := $(word 2,$(MAKECMDGOALS))
.PHONY: $(NEW)
$(NEW): lang-new ; @:
endif

bench: $(addprefix bench-,$(BENCHES))

bench-%: .venv/.stamp-dev
	@$(BIN)/python -m tests.bench.bench_$(subst -,_,$*)

# Chromium and fonts come from Debian; tests that need them say so when they are missing.
browser:
	@if [ -x /usr/bin/chromium ] && [ -e $(FONT) ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium and fonts-noto-core"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq -y --no-install-recommends chromium fonts-noto-core >/dev/null; } \
			|| echo "COULD NOT INSTALL chromium and fonts-noto-core: browser tests will be skipped"; \
	else \
		echo "CHROMIUM OR FONTS ARE MISSING: install chromium and fonts-noto-core, or browser tests will be skipped"; \
	fi

# ---------------------------------------------------------------- set-up, done once

$(UV): requirements/uv.txt
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3)"; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=/path/to/python3"; exit 1; }
	@echo "setting up (once)"
	@rm -rf .venv-uv
	@# Debian's python3 may have pip without ensurepip, or ensurepip without pip: either will do.
	@if $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m venv --without-pip .venv-uv \
			&& $(PYTHON) -m pip --python .venv-uv/bin/python install --quiet --require-hashes -r requirements/uv.txt; \
	else \
		$(PYTHON) -m venv .venv-uv && .venv-uv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt; \
	fi || { echo "Set-up needs pip or venv: on Debian, apt install python3-venv"; rm -rf .venv-uv; exit 1; }
	@touch $(UV)

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv

.venv/.stamp-runtime: requirements/runtime.txt pyproject.toml | $(UV) $(BIN)/python
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.stamp-demo: requirements/demo.txt .venv/.stamp-runtime
	@$(INSTALL) --require-hashes -r requirements/demo.txt
	@touch $@

.venv/.stamp-dev: requirements/dev.txt .venv/.stamp-demo
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# After a change in requirements/*.in. Versions stay as they are unless a line asks otherwise.
requirements: .venv/.stamp-demo
	$(COMPILE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) requirements/runtime.in -o requirements/runtime.txt
	$(COMPILE) requirements/demo.in -o requirements/demo.txt
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
