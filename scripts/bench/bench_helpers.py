"""The tests' helpers, for benchmarks that start the same servers."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def helper(name: str) -> Any:
    """A module of `tests/support`."""
    if "tests" not in sys.modules:
        tests = types.ModuleType("tests")
        tests.__path__ = [str(ROOT / "tests")]
        sys.modules["tests"] = tests
    return importlib.import_module(f"tests.support.{name}")
