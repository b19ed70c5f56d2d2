"""QR codes on a terminal: every module where it belongs, black on white on any screen, in 80 columns."""

from __future__ import annotations

import io
import re

import pytest
import segno
from rich.console import Console

from wattcommons.cli.console import WIDTH, Screen
from wattcommons.cli.qr import QUIET, qr_lines, show_qr
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
LONGEST_CODE = (
    f"watt-enrol:1?chain={10**19 - 1}&registry={ADDRESS}&gateway={ADDRESS}&participant={2**32 - 1}&proof=0x{'ab' * 64}"
)
UPPER_AND_LOWER = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"


def modules(lines: list[str]) -> list[list[int]]:
    """The drawing's modules, row by row: 1 is ink."""
    return [[UPPER_AND_LOWER[sign][half] for sign in line] for line in lines for half in (0, 1)]


def drawn(*, colours: bool, width: int = WIDTH) -> str:
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=colours, color_system="256" if colours else None, highlight=False
    )
    show_qr(Screen(out=console, err=console), LONGEST_CODE)
    return output.getvalue()


@pytest.mark.parametrize("length", [426, 5_000])
def test_qr_lines__too_long_for_80_columns__refused(length: int) -> None:
    with pytest.raises(RuleError, match="too long for a QR code"):
        qr_lines("x" * length)


def test_show_qr__narrow_window__says_how_wide_it_has_to_be() -> None:
    shown = drawn(colours=True, width=60)
    assert "needs a window of 69 columns; this one has 60" in " ".join(shown.split())
    assert "█" not in shown


@pytest.mark.parametrize("text", ["a", LONGEST_CODE, "x" * 425])
def test_qr_lines__text__the_modules_of_segno_with_a_white_border(text: str) -> None:
    found = modules(qr_lines(text))
    expected = [list(row) for row in segno.make_qr(text, error="l").matrix]
    size = len(expected)
    assert [row[QUIET:-QUIET] for row in found[QUIET : QUIET + size]] == expected
    border = [*found[:QUIET], *found[QUIET + size :], *(row[:QUIET] + row[-QUIET:] for row in found)]
    assert not any(map(any, border))
    assert len(found) >= size + 2 * QUIET


def test_qr_lines__longest_code__in_80_columns_all_alike() -> None:
    assert {len(line) for line in qr_lines(LONGEST_CODE)} == {69}


def test_show_qr__colours__black_on_white_from_edge_to_edge() -> None:
    lines = drawn(colours=True).splitlines()
    inked = [re.fullmatch(rf"{re.escape(BLACK_ON_WHITE)}([ ▀▄█]+)\x1b\[0m", line) for line in lines]
    assert [one[1] for one in inked if one is not None] == qr_lines(LONGEST_CODE)
    assert all(inked)


def test_show_qr__no_colours__ink_on_paper() -> None:
    assert drawn(colours=False).splitlines() == qr_lines(LONGEST_CODE)
