"""The sentences of a language."""

from __future__ import annotations

from wattcommons.cli.texts.demo_en import ENGLISH
from wattcommons.cli.texts.demo_fr import FRENCH
from wattcommons.cli.texts.demo_text import DemoText
from wattcommons.domain.formatting import Language


def demo_text(language: Language) -> DemoText:
    """What `watt demo` says."""
    return FRENCH if language is Language.FRENCH else ENGLISH
