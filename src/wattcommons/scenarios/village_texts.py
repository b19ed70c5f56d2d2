"""Texts behind 32 bytes on the chain: what a village's partner offers for points, and what consents are for."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final


@dataclass(frozen=True)
class Text:
    """What people read where the chain holds 32 bytes only: a title and a sentence."""

    title: str
    text: str

    @property
    def code(self) -> bytes:
        """SHA-256 of both, as it stands on the chain."""
        return sha256(f"{self.title}\n{self.text}".encode()).digest()


@dataclass(frozen=True)
class OfferPlan:
    """An offer to be published. `price_mpt`: thousandths of a point."""

    text: Text
    price_mpt: int
    stock: int


SPA_ENTRY: Final = Text("An entry to the spa", "One entry to the warm pools, any day but Sunday.")
"""What the demo's first winner spends points on."""
OFFERS: Final = (
    OfferPlan(Text("Bread for a week", "Seven loaves at the village bakery."), 4_000, 40),
    OfferPlan(Text("A massage at the spa", "Half an hour, by appointment, on weekdays."), 25_000, 10),
    OfferPlan(Text("Bicycle check-up", "Brakes, gears and tyres, at the workshop by the bridge."), 15_000, 12),
)
ADVICE: Final = Text("Energy advice", "Finding out what a home uses at night, and telling its member how to use less.")
STUDY: Final = Text("Insulation study", "Daily use before and after works, to show what they saved.")
HOME_USE: Final = Text("Own supply", "Showing that this electricity came from the village's own plants.")
TEXTS: Final = {
    "offer": (SPA_ENTRY, *(offer.text for offer in OFFERS)),
    "consent": (ADVICE, STUDY),
    "statement": (HOME_USE,),
}
"""Everything the acts refer to by its code, by what it is for."""
