"""What `watt export` asks before it sends, in both languages, and what it takes for a yes."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from wattcommons.cli.console import Screen
from wattcommons.cli.export_view import ExportView
from wattcommons.domain.export_groups import Part, PlannedGroup
from wattcommons.domain.formatting import Language
from wattcommons.domain.guarantees import CertificateId
from wattcommons.domain.intervals import IntervalLength

pytestmark = pytest.mark.unit

GROUP = PlannedGroup(None, 0, (Part(CertificateId(1 << 32 | 981_800), 1_000_000),))


def _view(language: Language) -> tuple[ExportView, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    screen = Screen(out=Console(file=out, width=80), err=Console(file=err, width=80, markup=False))
    return ExportView(screen, language, IntervalLength.HALF_HOUR), out, err


@pytest.mark.parametrize(
    ("language", "typed", "agreed"),
    [
        (Language.ENGLISH, "y\n", True),
        (Language.ENGLISH, "YES\n", True),
        (Language.ENGLISH, "\n", False),
        (Language.ENGLISH, "", False),
        (Language.ENGLISH, "o\n", False),
        (Language.FRENCH, "o\n", True),
        (Language.FRENCH, "Oui\n", True),
        (Language.FRENCH, "n\n", False),
    ],
)
def test_asked__what_is_typed__yes_only_when_it_says_so(
    monkeypatch: pytest.MonkeyPatch, language: Language, typed: str, agreed: bool
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    view, out, err = _view(language)
    assert view.asked([view.filling(3, GROUP)]) is agreed
    told = " ".join(out.getvalue().split())
    assert "1,000\xa0kWh" in told or "1\u202f000\xa0kWh" in told or "1,000 kWh" in told or "1 000 kWh" in told
    assert ("[y/N]" if language is Language.ENGLISH else "[o/N]") in err.getvalue()
    assert (view.text.nothing_sent in told) is not agreed
