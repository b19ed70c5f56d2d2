"""Both languages say everything, with the same values, in the members' words."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from wattcommons.cli.texts.catalogue import demo_text
from wattcommons.domain.formatting import Language
from wattcommons.services.audit import checks
from wattcommons.services.audit.report import NOT_PROVED

pytestmark = pytest.mark.unit

FRENCH, ENGLISH = (demo_text(language).field_texts() for language in (Language.FRENCH, Language.ENGLISH))
NEVER = re.compile(r"\b(clearing|nonce|gas|eip|hash|hachage)\b", re.IGNORECASE)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_texts__french_and_english__same_sentences() -> None:
    assert FRENCH.keys() == ENGLISH.keys()


@pytest.mark.parametrize("name", sorted(ENGLISH))
def test_texts__one_sentence__same_values_in_both(name: str) -> None:
    assert FRENCH[name].strip()
    assert ENGLISH[name].strip()
    assert placeholders(FRENCH[name]) == placeholders(ENGLISH[name])


@pytest.mark.parametrize("texts", [FRENCH, ENGLISH])
def test_texts__every_sentence__no_word_that_members_never_meet(texts: dict[str, str]) -> None:
    assert not [text for text in texts.values() if NEVER.search(text)]


@pytest.mark.parametrize("language", Language)
def test_texts__audit__every_check_and_every_limit(language: Language) -> None:
    text = demo_text(language)
    assert set(text.checks) == set(checks.ALL)
    assert len(text.not_proved_items) == len(NOT_PROVED)
