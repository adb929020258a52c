# make demo, make test: both set up everything they need in .venv. PYTHON=... chooses the interpreter.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench bench-audit bench-rank calibration docs clean

PHOTOS ?=
PYTEST_ARGS ?=
READY := .venv/ready
RUN := .venv/bin/python

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: $(READY) ## a headshot from the portrait inside matplotlib, or PHOTOS=folder
	@photos="$(PHOTOS)"; \
	[ -n "$$photos" ] || photos=$$($(RUN) -c 'import matplotlib; print(matplotlib.get_data_path() + "/sample_data/grace_hopper.jpg")'); \
	case "$$photos" in "~"*) photos="$$HOME$${photos#\~}";; esac; \
	.venv/bin/likeness make "$$photos" --for linkedin --out demo --library demo/library

test: $(READY) ## every test; those on photos that are not here are skipped with the reason
	$(RUN) -m pytest -n 2 -rs --hypothesis-profile=ci $(PYTEST_ARGS)

lint: $(READY) ## ruff and mypy
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

bench: $(READY) ## speed and memory: one table
	$(RUN) -m benchmarks speed

bench-audit: $(READY) ## how well the audit tells edits from handling
	$(RUN) -m benchmarks audit
	$(RUN) -m benchmarks full_size

bench-rank: $(READY) ## how well the ranking orders photos
	$(RUN) -m benchmarks ranking

calibration: $(READY) ## calibration.json anew, from PHOTOS=folder or ../shared/photos
	$(RUN) -m calibration "$(or $(PHOTOS),../shared/photos)"

docs: $(READY) ## the reference pages, from the declarations
	$(RUN) -m likeness.reference docs/reference

clean: ## forget .venv, demo output and caches
	rm -rf .venv demo out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): constraints.txt pyproject.toml tools/setup
	@bash tools/setup
