.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --retries 10

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Install it with: sudo apt-get install python3-venv"; exit 1; }

# By the locks every file is compared with its hash; LOCKED=no installs by requirements.txt alone
LOCKED ?= no
HASHED := --no-deps --require-hashes
# TORCH=cpu for a machine without a GPU: torch without CUDA, and no triton, for which openai-whisper asks. Everything
# else that is needed is pinned in requirements.txt, so nothing has to be looked for.
TORCH ?= any
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

$(VENV)/run: requirements.txt requirements.lock requirements-cpu.lock requirements-cuda.lock | $(BIN)/pip
	@echo "Installing what Konspekt needs; the first time this takes some minutes."
ifeq ($(LOCKED),yes)
	@$(PIP) $(HASHED) -r requirements.lock
	@$(PIP) $(HASHED) -r requirements-cpu.lock || $(PIP) $(HASHED) -r requirements-cuda.lock
else ifeq ($(TORCH),cpu)
	@$(PIP) --no-deps $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) $(shell sed -n 's/^\(torch==.*\)/\1+cpu/p' requirements.txt)
	@$(PIP) --no-deps -r requirements.txt
else
	@$(PIP) -r requirements.txt
endif
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	@$(PIP) -r requirements-dev.txt
	@touch $@

run: $(VENV)/run  ## install what is needed and start the program
	@$(BIN)/python run.py

worker: $(VENV)/run  ## work on the jobs of KONSPEKT_QUEUE_URL, beside others; QUEUES=gpu for the stages of KONSPEKT_GPU_STAGES
	@$(BIN)/celery -A app.worker worker $(if $(QUEUES),-Q $(QUEUES))

test: $(VENV)/dev  ## run all tests
	sh tests/system-packages.sh
	$(BIN)/python -m pytest -n 3 --dist loadfile

LONGER := tests/trials tests/browser/test_killed_server.py tests/hostile tests/e2e/test_hostile_uploads.py tests/jobs/test_running.py \
	tests/audio/test_media_matrix.py tests/documents/test_docx.py tests/summarization/test_extraction.py

trials: $(VENV)/dev  ## try to break the program, for longer than the tests do
	KONSPEKT_TRIALS=1 $(BIN)/python -m pytest $(LONGER) --timeout 1800 -s

fuzz: $(VENV)/dev  ## throw any text, number and order at every document, page and answer, 20,000 times each
	KONSPEKT_FUZZ=$(or $(CASES),20000) $(BIN)/python -m pytest -n 3 --timeout 14400 \
		tests/documents/test_well_formed.py tests/documents/test_any_document.py tests/web/test_any_recording.py

scale-test: $(VENV)/dev  ## a cluster of real servers on this machine, killed at random
	sh tests/system-packages.sh
	KONSPEKT_TRIALS=1 $(BIN)/python -m pytest tests/scale --timeout 1800 -s

format: $(VENV)/dev  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/dev  ## check format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## everything that CI runs

lock: $(VENV)/run  ## write the locks after a pin in requirements.txt has changed
	$(BIN)/python docs/lock.py

$(VENV)/tools: | $(BIN)/pip
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 pip-audit==2.10.1

sbom: | $(VENV)/tools  ## write sbom.json, the bill of materials in CycloneDX's form
	cat requirements.lock requirements-cuda.lock | $(VENV)/tools/bin/cyclonedx-py requirements --pyproject pyproject.toml --of JSON -o sbom.json -
	$(BIN)/python docs/sbom.py sbom.json

# strict: what the database does not know makes it fail; else an audit of nothing would say that all is well
AUDIT := $(VENV)/tools/bin/pip-audit --strict --disable-pip --require-hashes

audit: | $(VENV)/tools  ## look for known holes in what the locks list; asks PyPI's database
	$(AUDIT) -r requirements.lock
	$(AUDIT) -r requirements-cuda.lock

image-check: $(VENV)/dev  ## build the container image without a registry, and run it; as root
	sh tests/image/build.sh localhost/konspekt:check
	KONSPEKT_IMAGE=localhost/konspekt:check $(BIN)/python -m pytest tests/image --timeout 600 -s

messages: $(VENV)/dev  ## bring new messages into the catalogues, to be translated there
	$(BIN)/python -m tests.web.catalogue

bench: $(VENV)/dev  ## measure, as ratios against the peers in the same run; BENCH="--long --json FILE --against FILE"
	$(BIN)/python -m benchmarks $(BENCH)

$(VENV)/lab: $(VENV)/run requirements-lab.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-lab.txt
	# its own requirements name a `typing` and a `webrtcvad` that do not build any more
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps resemblyzer==0.1.4 webrtcvad-wheels==2.0.14
	touch $@

data/raw/speech/manifest.jsonl: $(VENV)/lab
	$(BIN)/python -m app.training.corpus data/raw/speech

lab-report: data/raw/speech/manifest.jsonl  ## judge our own nets; PAIRS=folder adds recorded pairs
	$(BIN)/python -m app.training.evaluate_synthesis
	$(BIN)/python -m app.training.evaluate $(if $(PAIRS),--pairs $(PAIRS))

lab-sounds: data/raw/speech/manifest.jsonl  ## train voices on natural, damaged and repaired sound, and compare them
	for sound in natural damaged repaired; do \
	  $(BIN)/python -m app.training.train_multispeaker data/trained/sounds/$$sound --sound $$sound \
	    --voices en-rms ru-nsh --steps 250 --seed 3 || exit 1; \
	done
	$(BIN)/python -m app.training.evaluate_synthesis --sounds data/trained/sounds

.PHONY: fuzz image-check lock sbom audit messages help run test trials format lint check bench lab-report lab-sounds worker scale-test
