# Two commands: `make run` answers calls, `make test` proves it. Both do all their set-up.
PY := .venv/bin/python
.PHONY: run test trained read-over test-long setup check lint train publish bench words lock sbom
.DEFAULT_GOAL := run

setup:
	@deploy/setup.sh run

run: setup
	@$(PY) -m bot run

test:
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory -j2 trained read-over
	@STRICT=$(STRICT) tests/run.sh $(PYTEST)

trained:
	@$(PY) -m bot train

read-over:
	@$(PY) -m bot check
	@$(MAKE) --no-print-directory lint

test-long:
	@deploy/setup.sh test
	@$(PY) -m bot train
	@STRICT=$(STRICT) $(PY) -m pytest -m long $(PYTEST)

check: setup
	@$(PY) -m bot check

lint:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

train: setup
	@$(PY) -m bot train

# Changed nlu/ or stories/: checked, trained, tried, then taken over by the running service. `publish --back` undoes it.
publish: setup
	@$(PY) -m bot publish

# New words in nlu/, content/ or voices/: the recogniser's vocabulary and language model, without training.
words: setup
	@$(PY) -m speech graph

bench: setup
	@$(PY) -m bot train
	@$(PY) -m tests.bench

# What all of it is made of, with hashes and licences: var/sbom.cdx.json.
sbom: setup
	@$(PY) -m bot sbom var/sbom.cdx.json

# After changing deploy/locks/*.in: exact versions with hashes.
lock: LOCK := ../../.setup/uv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11
lock: setup
	cd deploy/locks && $(LOCK) uv.in -o uv.txt
	cd deploy/locks && $(LOCK) bot.in -o bot.txt
	cd deploy/locks && $(LOCK) unseen-voice.in -o unseen-voice.txt
	cd deploy/locks && $(LOCK) --no-deps --no-annotate --override rasa.in rasa.in -o rasa.txt
