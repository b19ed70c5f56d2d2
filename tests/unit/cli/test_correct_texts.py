"""Both languages of `watt correct` say everything, with the same values."""

from __future__ import annotations

from dataclasses import fields
from string import Formatter

import pytest

from wattcommons.chain.correction_plan import Verdict
from wattcommons.cli.texts.correct_text import ENGLISH, FRENCH, CorrectText
from wattcommons.domain.readings import Quality

pytestmark = pytest.mark.unit

NAMES = [field.name for field in fields(CorrectText) if field.name not in ("qualities", "verdicts", "advice")]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", NAMES)
def test_correct_texts__one_sentence__same_values_in_both(name: str) -> None:
    french, english = getattr(FRENCH, name), getattr(ENGLISH, name)
    assert placeholders(french) == placeholders(english)
    assert french.strip()
    assert english.strip()


@pytest.mark.parametrize("text", [ENGLISH, FRENCH])
def test_correct_texts__lists__every_verdict_advice_and_quality(text: CorrectText) -> None:
    assert set(text.verdicts) == set(Verdict)
    assert set(text.advice) == {verdict for verdict in Verdict if verdict.stands_in_the_way}
    assert set(text.qualities) == set(Quality)
    for verdict, sentence in text.verdicts.items():
        assert placeholders(sentence) == placeholders(ENGLISH.verdicts[verdict])
