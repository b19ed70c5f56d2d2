"""Both languages of `watt export` say everything, with the same values, in the members' words."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from wattcommons.cli.texts.export_text import ENGLISH, FRENCH

pytestmark = pytest.mark.unit

NEVER = re.compile(r"\b(clearing|nonce|gas|eip|hash|hachage)\b", re.IGNORECASE)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_export_texts__french_and_english__same_sentences() -> None:
    assert FRENCH.field_texts().keys() == ENGLISH.field_texts().keys()


@pytest.mark.parametrize("name", sorted(ENGLISH.field_texts()))
def test_export_texts__one_sentence__same_values_and_no_word_members_never_meet(name: str) -> None:
    french, english = FRENCH.field_texts()[name], ENGLISH.field_texts()[name]
    assert placeholders(french) == placeholders(english)
    assert french.strip() and english.strip()
    assert not NEVER.search(french) and not NEVER.search(english)
