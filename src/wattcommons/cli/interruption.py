"""What Ctrl-C comes to, wherever it finds the program."""

from __future__ import annotations

from typing import Final

INTERRUPTED: Final = 130
INTERRUPTED_TEXT: Final = "interrupted: what was done is whole, what was under way is left out"
