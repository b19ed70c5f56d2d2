"""A French reader is told every refusal of the server in French: the pages have words for each code.

What programs of other registries are told is not for these pages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.artifacts import ROOT
from wattcommons.services.api.intents.refusals import ERRORS, order_refusal

pytestmark = pytest.mark.unit
API = ROOT / "src" / "wattcommons" / "services" / "api"
FRENCH = ROOT / "frontend" / "src" / "texts" / "problems.fr.ts"
RAISED = re.compile(r'ApiProblem\(\s*[a-z0-9_.]+,\s*"([a-z_]+)"')
NAMED = re.compile(r'invalid\([^)]*code="([a-z_]+)"')


def known() -> set[str]:
    return set(re.findall(r"^  ([a-z_]+): \[", FRENCH.read_text("utf-8"), re.MULTILINE))


def codes_of(path: Path) -> set[str]:
    text = path.read_text("utf-8")
    return set(RAISED.findall(text)) | set(NAMED.findall(text))


def test_codes__raised_by_the_routes__have_french_words() -> None:
    pages = [path for path in API.rglob("*.py") if "registry" not in path.relative_to(API).as_posix()]
    found = {code for path in pages for code in codes_of(path)}
    assert len(found) > 25, "the search has lost them"
    assert found - known() == set()


def test_codes__of_what_the_contracts_refuse__have_french_words() -> None:
    orders = {order_refusal(reason).code for reason in range(9)}
    assert ({code for code, _, _ in ERRORS.values()} | orders) - known() == set()
