"""Books for the tests of the auction: generated ones, and the definition of the clearing tried price by price."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from wattcommons.domain.auction import BookEntry, Side
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading
from wattcommons.domain.settlement import Seat
from wattcommons.domain.tariffs import Tariff

VECTORS = Path(__file__).parents[2] / "vectors"


def vectors(name: str) -> Any:
    """A shared file of hand-made cases."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Market:
    """A book with its band."""

    floor: int
    ceiling: int
    book: tuple[BookEntry, ...]


def wh_at(book: Sequence[BookEntry], side: Side, accepts: Any) -> int:
    """Wh of one side whose limit is accepted."""
    return sum(entry.wh for entry in book if entry.side is side and accepts(entry.limit))


def volume_at(book: Sequence[BookEntry], price: int) -> int:
    """Wh that neighbours can trade with each other at a uniform price."""
    return min(
        wh_at(book, Side.SELL, lambda limit: limit <= price), wh_at(book, Side.BUY, lambda limit: limit >= price)
    )


def is_equilibrium_by_definition(market: Market, price: int) -> bool:
    """The definition with its infinities, one price."""
    infinite = float("inf")
    sell_below = wh_at(market.book, Side.SELL, lambda limit: limit < price)
    sell_upto = infinite if price == market.ceiling else wh_at(market.book, Side.SELL, lambda limit: limit <= price)
    buy_above = wh_at(market.book, Side.BUY, lambda limit: limit > price)
    buy_from = infinite if price == market.floor else wh_at(market.book, Side.BUY, lambda limit: limit >= price)
    return sell_below <= buy_from and buy_above <= sell_upto


def equilibria_by_trying(market: Market) -> list[int]:
    """Every equilibrium of a book, by trying every integer of the band."""
    return [price for price in range(market.floor, market.ceiling + 1) if is_equilibrium_by_definition(market, price)]


def random_market(rng: random.Random) -> Market:
    """A small book full of ties, on a narrow band that may be empty, of one price, or below zero."""
    floor = rng.randint(-60, 40)
    ceiling = floor + rng.choice((-3, 0, 1, 2, 5, 12, 30))
    if ceiling < floor:
        pool = [floor]
    elif rng.random() < 0.1:
        pool = [rng.randint(floor, ceiling)]
    else:
        pool = [rng.randint(floor - 4, ceiling + 4) for _ in range(rng.randint(1, 5))] + [floor, ceiling]
    sizes = rng.choice(((0, 1, 2), (1, 7, 10), (3, 100, 5_000), (100,)))
    sides = rng.choice(((Side.BUY,), (Side.SELL,), (Side.BUY, Side.SELL), (Side.BUY, Side.SELL)))
    book = []
    for participant in rng.sample(range(1, 60), rng.randint(0, 9)):
        side, limit = rng.choice(sides), rng.choice(pool)
        limit = min(limit, ceiling) if side is Side.BUY else max(limit, floor)
        book.append(BookEntry(participant, side, rng.choice(sizes), limit))
    return Market(floor, ceiling, tuple(book))


@st.composite
def markets(draw: st.DrawFn, width: int = 30) -> Market:
    """Books that shrink to small ones."""
    floor = draw(st.integers(-100, 100))
    ceiling = floor + draw(st.integers(0, width))
    book = []
    for participant in range(1, 1 + draw(st.integers(0, 8))):
        side = draw(st.sampled_from(Side))
        limit = draw(st.integers(floor - 3, ceiling + 3))
        limit = min(limit, ceiling) if side is Side.BUY else max(limit, floor)
        book.append(BookEntry(participant, side, draw(st.integers(0, 40)), limit))
    return Market(floor, ceiling, tuple(book))


prices = st.integers(-300_000, 400_000)
tariffs = st.builds(
    lambda feed_in, spread, fee: Tariff(feed_in + spread + fee, feed_in, fee),
    st.integers(-150_000, 200_000),
    st.one_of(st.integers(0, 300_000), st.integers(-10, 10)),
    st.integers(-20_000, 80_000),
)
caps = st.one_of(st.just(16_777_215), st.integers(0, 3_000))
readings = st.one_of(
    st.just(ABSENT_READING),
    st.builds(
        Reading,
        production_wh=st.one_of(st.just(0), st.integers(0, 4_000)),
        consumption_wh=st.one_of(st.just(0), st.integers(0, 4_000)),
        quality=st.sampled_from((Quality.MEASURED, Quality.ESTIMATED, Quality.CORRECTED)),
    ),
)


@st.composite
def orders(draw: st.DrawFn, participant: int) -> Order:
    """Orders of both kinds, with and without caps."""
    shares = draw(st.booleans())
    limit = st.integers(0, 1_000_000) if shares else prices
    return Order(
        participant, LimitKind(int(shares)), False, draw(limit), draw(limit), draw(caps), draw(caps), 0, 9, 1, 0
    )


@st.composite
def seats(draw: st.DrawFn) -> list[Seat]:
    """A roster of up to eight, most of them trading."""
    return [
        Seat(
            participant,
            draw(readings),
            draw(st.one_of(st.none(), orders(participant), orders(participant), orders(participant))),
            suspended=draw(st.integers(0, 9)) == 0,
            eligible=draw(st.integers(0, 9)) != 0,
        )
        for participant in sorted(draw(st.sets(st.integers(1, 50), max_size=8)))
    ]
