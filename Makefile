.PHONY: setup demo test lint bench artifacts

setup:
	@scripts/setup.sh

demo: setup
	@.venv/bin/watt demo $(ARGS)

test: setup
	@scripts/test.sh $(ARGS)

lint: setup
	@scripts/lint.sh

bench: setup
	@.venv/bin/python scripts/bench/gas.py $(ARGS)

artifacts: setup
	@.venv/bin/python scripts/export_artifacts.py $(ARGS)
