# `make run` and `make test` need only make and Python 3.11 or newer; the first call sets up .venv.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
# Processes that run the whole suite; a part of it is quicker in one: make test ARGS=tests/store
WORKERS ?= $(if $(ARGS),0,3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check bench engines proto clean setup

run: $(READY)  ## open the app
	@$(BIN)/trailer

test: $(READY)  ## run the whole test suite
	@mkdir -p build
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadgroup $(ARGS)

check: $(READY)  ## lint, types, boundaries
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## print speed as ratios to baselines of the same run
	$(BIN)/python -m benchmarks $(ARGS)

engines: $(READY)  ## check the engine layer on every engine and write docs/engines.md
	@mkdir -p build
	TRAILER_REQUIRE_ENGINE=1 $(BIN)/python -m pytest tests/engine/contract --update-engine-table $(ARGS)

PROTO := trailer_tui/engine/buildkit/buildkit.proto

proto: $(READY)  ## make the modules of BuildKit's messages from their .proto
	$(BIN)/python -m grpc_tools.protoc --proto_path=. --python_out=. --pyi_out=. $(PROTO)

clean:  ## remove everything that can be made again
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: $(READY)

# A checkout that was moved, whose Python went away or whose setup was interrupted starts over.
.PHONY: anew
$(READY): pyproject.toml constraints.txt $(shell test -x $(BIN)/python && pwd -P | grep -qxsF -f - $(READY) || echo anew)
	@"$(PYTHON)" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Trailer needs Python 3.11 or newer with venv (on Debian: apt-get install python3 python3-venv)"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON); the first time this takes a minute."
	@"$(PYTHON)" -m venv $(if $(filter anew,$^),--clear) $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]' || { \
		echo "The packages could not be installed; the setup needs pip's package index. Try again when it is reachable."; exit 1; }
	@$(BIN)/python -m compileall -q trailer_tui $(VENV)/lib || true
	@pwd -P >$(READY)
