"""The contracts' README names the invariants that the fuzzing checks, sentence by sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fuzz.invariants import INVARIANTS

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "contracts" / "README.md"


def test_invariants__numbers__run_from_one_without_gaps() -> None:
    assert list(INVARIANTS) == list(range(1, len(INVARIANTS) + 1))


def test_invariants__section_of_the_readme__has_exactly_these_sentences() -> None:
    section = README.read_text(encoding="utf-8").partition("\n## Invariants\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^- \*\*I(\d+)\*\* (.+(?:\n  .+)*)$", section, flags=re.MULTILINE)
    found = {int(number): " ".join(sentence.split()) for number, sentence in listed}
    assert found == {number: " ".join(sentence.split()) for number, sentence in INVARIANTS.items()}


def test_invariants__checked_in_the_fuzzing__are_the_listed_ones() -> None:
    named: set[int] = set()
    for path in Path(__file__).parent.glob("*.py"):
        if path.name != "invariants.py":
            named |= {int(number) for number in re.findall(r"\bI(\d+)\b", path.read_text(encoding="utf-8"))}
    assert named == set(INVARIANTS)
