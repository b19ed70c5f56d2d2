"""Two pictures, before and after one act, and where the Wh of one are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.fuzz.months_picture import Picture, Produced
from tests.fuzz.world import World

NOT_ISSUED, TRANSFERABLE, CANCEL_ONLY, EXPIRED = range(4)
"""States of a certificate as the contract numbers them."""


@dataclass(frozen=True)
class Look:
    """Before and after one act. `losers`: whose Wh it may take; `group`: the one that it may touch, 0 for none;
    `refused`: the chain said no.
    """

    world: World
    produced: Produced
    before: Picture
    after: Picture
    losers: frozenset[str]
    group: int
    refused: bool


def in_hands(picture: Picture, by: Picture) -> tuple[Counter[int], Counter[int]]:
    """Wh of each device in wallets, claims and groups that are not exported: living and expired, as of the moment of
    `by`.
    """
    living: Counter[int] = Counter()
    expired: Counter[int] = Counter()
    held = [(one, wh) for (one, _), wh in picture.held.items()]
    held += [(one, wh) for one, (wh, _) in picture.claims.items()]
    for one, wh in [*held, *picture.groups.unexported.items()]:
        (expired if by.states[one] == EXPIRED else living)[one >> 32] += wh
    return living, expired
