"""QR codes (ISO/IEC 18004) on a terminal of 80 columns.

Two modules stand above one another in each sign, so that a module is about as wide as it is high. Where the screen
has colours, they are drawn in black on white whatever the terminal's own colours are: most readers take dark on light
alone. Without colours (a file, a pipe, NO_COLOR) they are drawn as ink on paper.
"""

from __future__ import annotations

from typing import Final

from rich.text import Text

from wattcommons.cli.console import WIDTH, Screen
from wattcommons.errors import RuleError

QUIET: Final = 4
"""Modules of white on every side, as the standard demands."""
# By their numbers in the cube of 256 colours, which no terminal's theme changes, unlike the first 16.
STYLE: Final = "color(16) on color(231)"
"""Black on white, for rich."""

_SIGNS: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
"""Dark above, dark below -> the sign whose ink is dark."""


def qr_lines(text: str) -> list[str]:
    """The code of a text, its white border included, line by line, all of one width; at most 80 columns.

    Dark is ink: print it with `STYLE`, or as `show_qr` does. Raises RuleError for a text too long for 80 columns.
    """
    if len(text.encode()) > _MOST_OCTETS:
        raise _too_long()
    import segno  # here, as a daemon that shares its commands' file never draws one

    # A screen has no scratches: the lowest correction makes the smallest code, and boosting it costs no room.
    code = segno.make_qr(text, error="l", boost_error=True)
    rows = [tuple(row) for row in code.matrix_iter(border=QUIET)]
    if len(rows) > WIDTH:
        raise _too_long()
    if len(rows) % 2:
        rows.append((0,) * len(rows))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_SIGNS[one, two] for one, two in zip(above, below, strict=True)) for above, below in pairs]


def show_qr(screen: Screen, text: str) -> None:
    """Draw the code, or say how wide the window has to be."""
    lines = qr_lines(text)
    width = len(lines[0])
    if screen.out.width < width:
        screen.line(f"The QR code needs a window of {width} columns; this one has {screen.out.width}.")
        return
    for line in lines:
        screen.out.print(Text(line, style=STYLE), soft_wrap=True)


_MOST_OCTETS: Final = 512
"""More than any code of 80 columns holds."""


def _too_long() -> RuleError:
    return RuleError(f"the text is too long for a QR code of {WIDTH} columns", "copy the text itself")
