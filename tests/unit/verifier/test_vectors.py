"""The shared proof files: this verifier says of each what the one in the pages says (frontend/tests/proof.test.ts)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import proof_vectors
from wattcommons.errors import InputError
from wattcommons.verifier import canonical, layout

pytestmark = pytest.mark.unit

VECTORS: dict[str, Any] = json.loads(proof_vectors.PATH.read_text("utf-8"))
PAGE_LAYOUT = Path(__file__).parents[3] / "frontend" / "src" / "generated" / "proofLayout.ts"


@pytest.mark.parametrize("text", ['{"a":"\\ud800"}', '{"\\ud800":1}'])
def test_load__half_of_a_pair_of_code_units__refused(text: str) -> None:
    with pytest.raises(InputError, match="is no JSON of this form"):
        canonical.load(f"{text}\n".encode(), "the file")


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_case__checked__says_what_is_written(case: dict[str, Any]) -> None:
    data = proof_vectors.changed(VECTORS["files"][case["file"]], case["change"])
    told = proof_vectors.told(data, proof_vectors.anchor_of(case["trusts"], VECTORS["checkpoints"]))
    assert json.loads(json.dumps(told)) == {name: case[name] for name in told}
    assert told.keys() == case.keys() & {"report", "broken", "refused"}


def test_cases__of_every_outcome__are_there() -> None:
    standings = {case["report"]["standing"] for case in VECTORS["cases"] if "report" in case}
    assert standings == {"proved", "not proved"}
    broken = {line["about"] for case in VECTORS["cases"] for line in case.get("broken", ())}
    assert broken >= {"block", "contracts", "reading", "signature", "device", "market", "issue", "holding", "history"}


def test_element__beyond_the_last_slot__wraps_as_the_machine_does() -> None:
    assert 0 <= layout.element(1, 2**256 - 1) < 2**256


def test_layout__of_the_pages__is_this_one() -> None:
    text = PAGE_LAYOUT.read_text("utf-8")
    page = json.loads(text[text.index("{") : text.rindex("}") + 1])
    assert page.pop("identity") == layout.current().identity
    assert page == json.loads((Path(layout.__file__).with_name("layout.json")).read_text("utf-8"))
