"""What became of a proof: one line for each thing it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Standing(StrEnum):
    """Whether a line holds. OPEN: nothing contradicts it, and nothing that was given proves it."""

    PROVED = "proved"
    BROKEN = "broken"
    OPEN = "not proved"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the file says: what about, what it says, and for a line that is not proved the reason."""

    about: str
    standing: Standing
    text: str
    reason: str = ""


BEYOND: Final = (
    "that the meter itself was honest: a signature proves which box spoke",
    "that the local price is the right one of all bids: the contract checks that, `watt audit book` recomputes it",
    "what happened after the block named above",
)
"""What no proof file shows."""


@dataclass(frozen=True, slots=True)
class Report:
    """The lines of a checked file and, where they could be derived, the facts for a program."""

    certificate: int
    lines: tuple[Line, ...]
    facts: dict[str, Any]

    @property
    def broken(self) -> bool:
        """Some line does not hold: the file proves nothing."""
        return any(line.standing is Standing.BROKEN for line in self.lines)

    @property
    def proved(self) -> bool:
        """Every line is proved."""
        return all(line.standing is Standing.PROVED for line in self.lines)

    def as_dict(self) -> dict[str, Any]:
        """For JSON. The certificate's number is text: not every reader keeps 64 bits."""
        return {
            "certificate": str(self.certificate),
            "standing": str(self._standing()),
            "lines": [
                {"about": one.about, "standing": str(one.standing), "text": one.text, "reason": one.reason}
                for one in self.lines
            ],
            "facts": self.facts if not self.broken else {},
            "beyond": list(BEYOND),
        }

    def _standing(self) -> Standing:
        if self.broken:
            return Standing.BROKEN
        return Standing.PROVED if self.proved else Standing.OPEN
