# Two commands do all the set-up on a machine with python3 and make: `make demo` and `make test`.
.PHONY: demo model test lint types layers tests format clean

UV := scripts/uv
# The systems that personabench compares with are large, and needed only where they are measured.
EXTRAS := --all-extras --no-extra peers
RUN := $(UV) run --frozen $(EXTRAS)

demo: .venv  ## learn from the example sessions with the embedded model, and answer with what was learned
	@$(RUN) python examples/demo.py

model: .venv  ## bring the embedded model here, if it is not here yet (1.1 GB)
	@$(RUN) aipersona models pull

test: lint types layers tests  ## everything that must hold

lint: .venv
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: .venv
	$(RUN) basedpyright

layers: .venv
	$(RUN) lint-imports

tests: .venv
	$(RUN) pytest

format: .venv
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

.venv: pyproject.toml uv.lock
	@$(UV) sync --frozen $(EXTRAS) --quiet
	@touch .venv

clean:
	rm -rf .venv .uv .pytest_cache .ruff_cache .hypothesis .import_linter_cache
