# Everything below runs from a bare clone: Python 3.11 or 3.12 with venv, and make.
PYTHON ?= $(shell command -v python3.12 >/dev/null 2>&1 && python3.12 -c 'import venv' 2>/dev/null && echo python3.12 || (command -v python3.11 >/dev/null 2>&1 && python3.11 -c 'import venv' 2>/dev/null && echo python3.11) || echo python3)
VENV := .venv
RUN := $(VENV)/bin/python
PORT ?= 8000
.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format clean

help:
	@echo "make demo    loads, assembles, sends and serves the demonstration"
	@echo "make test    runs the whole suite"
	@echo "make bench   runs the benchmarks (BENCH=full, BENCH=NAME)"
	@echo "make lint    format check, lint, types, migrations check, check --deploy"

# Each stamp is an installed set of locked requirements.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' || \
	  { echo "Python 3.11, 3.12 ou 3.13 est nécessaire (PYTHON=… pour le choisir)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/base.stamp: requirements/base.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/test.stamp: requirements/test.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/lint.stamp: requirements/lint.txt $(VENV)/test.stamp
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lint.txt
	@touch $@

demo: $(VENV)/base.stamp
	SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)} $(RUN) manage.py demo --port $(PORT) $(if $(DEMO_EXIT),--exit,)

test: $(VENV)/test.stamp
	$(RUN) -m pytest $(PYTEST)

bench: $(VENV)/test.stamp
	$(RUN) -m bench $(BENCH)

lint: $(VENV)/lint.stamp
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/djhtml --check --tabwidth 2 templates
	$(VENV)/bin/mypy
	$(RUN) manage.py makemigrations --check --dry-run
	env DJANGO_SETTINGS_MODULE=config.settings.production DATABASE_URL=sqlite://:memory: \
	  REDIS_URL=redis://127.0.0.1:6379/0 SMTP_URL=smtp://127.0.0.1:25 SITE_URL=https://lettre.example.org \
	  ALLOWED_HOSTS=lettre.example.org SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  $(RUN) manage.py check --deploy --fail-level WARNING

format: $(VENV)/lint.stamp
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/djhtml --tabwidth 2 templates

clean:
	rm -rf $(VENV) var staticfiles
