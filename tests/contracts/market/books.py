"""Books on chain: readings, orders and tariffs of several intervals, and what became of them in any chunking."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from web3 import Web3

from tests.support.community import Community, proposal
from wattcommons.chain.sender import Sent
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.orders import NO_CAP, LimitKind, Order
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading
from wattcommons.domain.settlement import IntervalSettlement, certificate_split
from wattcommons.domain.tariffs import Tariff


@dataclass(frozen=True)
class Book:
    """One interval: tariff, and every participant's reading (absent ones too) and order."""

    interval: int
    tariff: Tariff
    readings: Mapping[int, Reading]
    orders: Mapping[int, Order]


@dataclass(frozen=True)
class Result:
    """All that clearing and settling an interval does, by the domain or on chain."""

    price: int | None
    low: int
    high: int
    matched_wh: int
    left_out: bool
    fills: bytes
    certificates: tuple[tuple[int, int, int, int], ...]
    """Participant, own use, sold and minted Wh."""


# ---------------------------------------------------------------------- making


def random_books(village: Community, rng: random.Random, count: int) -> list[Book]:
    """Books of consecutive intervals from the first open one: ties, empty sides, caps, odd tariffs, absences."""
    start = village.open()
    return [_random_book(village, rng, start + step, step + 1) for step in range(count)]


def _random_book(village: Community, rng: random.Random, interval: int, nonce: int) -> Book:
    tariff = _random_tariff(rng)
    low, high = min(tariff.floor, tariff.ceiling), max(tariff.floor, tariff.ceiling)
    pool = [low, high, low - 3, high + 3, *(rng.randint(low, high) for _ in range(rng.randint(1, 4)))]
    if rng.random() < 0.15:
        pool = [rng.choice(pool)]
    sizes = rng.choice(((0, 1, 2), (1, 7, 10), (0, 3, 100, 5_000), (100,)))
    sides = rng.choice(((0,), (1,), (0, 1), (0, 1), (0, 1), (0, 1, 2)))
    trading = rng.choice((1, 3, 6, 12, 12, 12))
    readings: dict[int, Reading] = {}
    orders: dict[int, Order] = {}
    for participant in village.participants:
        readings[participant] = _random_reading(rng, sizes, sides, trades=participant <= trading)
        if rng.random() < 0.9:
            orders[participant] = _random_order(village, rng, participant, interval, nonce, pool, tariff)
    return Book(interval, tariff, readings, orders)


def _random_tariff(rng: random.Random) -> Tariff:
    feed_in = rng.choice((40_000, 100_000, 0, -50_000, -90_000, rng.randint(-100, 100)))
    spread = rng.choice((0, 1, 2, 7, 30, 150_000, 161_600, 300_000, -1, -5_000))
    fee = rng.choice((0, 0, 60_000, -2_000, 1))
    return Tariff(feed_in + spread + fee, feed_in, fee)  # type: ignore[arg-type]


def _random_reading(rng: random.Random, sizes: Sequence[int], sides: Sequence[int], trades: bool) -> Reading:
    if rng.random() < 0.04:
        return ABSENT_READING
    wh = rng.choice(sizes) if trades else 0
    both = rng.choice((0, 0, 5, 400))
    side = rng.choice(sides)
    quality = Quality.ESTIMATED if rng.random() < 0.1 else Quality.MEASURED
    production, consumption = ((both, both + wh), (both + wh, both), (both, both))[side]
    return Reading(production, consumption, quality)  # type: ignore[arg-type]


def _random_order(
    village: Community,
    rng: random.Random,
    participant: int,
    interval: int,
    nonce: int,
    pool: Sequence[int],
    tariff: Tariff,
) -> Order:
    caps = [NO_CAP if rng.random() < 0.8 else rng.choice((0, 1, 50, 3_000)) for _ in range(2)]
    shares = rng.random() < 0.3
    if shares:
        limits = [rng.choice((0, 250_000, 500_000, 750_000, 1_000_000)) for _ in range(2)]
    else:
        limits = [rng.choice(pool) + tariff.network_fee, rng.choice(pool)]
    return village.order(
        participant,
        interval,
        nonce=nonce,
        kind=LimitKind.SHARE if shares else LimitKind.FIXED,
        buy_limit=limits[0],
        sell_limit=limits[1],
        buy_cap_wh=caps[0],
        sell_cap_wh=caps[1],
    )


# ---------------------------------------------------------------------- bringing about


def bring_about(village: Community, books: Sequence[Book]) -> None:
    """Schedule tariffs, place orders, let the intervals pass and record the readings; not cleared yet."""
    schedule(village, [book.tariff for book in books], books[0].interval)
    orders = [order for book in books for order in book.orders.values()]
    for start in range(0, len(orders), 150):
        placed = village.events(village.place(*orders[start : start + 150]), "OrderBook.OrderPlaced")
        assert len(placed) == len(orders[start : start + 150])
    village.after(books[-1].interval)
    for participant in village.participants:
        runs = list(_runs(village, participant, books))
        if runs:
            village.record(*runs)
    if any(not reading.is_present for book in books for reading in book.readings.values()):
        village.past_deadline(books[-1].interval)


def schedule(village: Community, tariffs: Sequence[Tariff], first: int) -> None:
    """A tariff an interval, from an open one on."""
    bands = int(village.see("TariffSchedule.bandCount"))
    adding = [village.call("TariffSchedule.addBand", one.retail, one.feed_in, one.network_fee) for one in tariffs]
    codes = list(range(bands + 1, bands + 1 + len(tariffs)))
    village.all_done([*adding, village.call("TariffSchedule.schedule", first, codes)], village.operator)


def _runs(village: Community, participant: int, books: Sequence[Book]) -> Iterator[SignedRun]:
    """A participant's readings in as few signed runs as its gaps allow."""
    group: list[Reading] = []
    for book in books:
        reading = book.readings[participant]
        if reading.is_present:
            group.append(reading)
        elif group:
            yield village.run(participant, book.interval - len(group), *group)
            group = []
    if group:
        yield village.run(participant, books[-1].interval + 1 - len(group), *group)


def settlement_of(village: Community, book: Book, **changes: object) -> IntervalSettlement:
    """What the domain makes of a book."""
    return village.settlement(book.interval, book.readings, book.orders, tariff=book.tariff, **changes)


# ---------------------------------------------------------------------- clearing


def advance_all(village: Community, settled: Iterable[IntervalSettlement], counts: Sequence[int]) -> list[Sent]:
    """Clear and settle intervals, participants by `counts` (the last one repeated), some calls to a transaction."""
    calls = [
        village.call("EnergyMarket.advance", *proposal(one), count).data
        for one in settled
        for count in needed(village.size, counts)
    ]
    return [village.do("EnergyMarket.multicall", calls[at : at + 200]) for at in range(0, len(calls), 200)]


def needed(size: int, counts: Sequence[int]) -> list[int]:
    """The counts of the calls that take `size` participants to the end: one pass, or verifying and then settling."""
    supply = iter(counts)
    last = 1

    def one_pass(done: int = 0) -> list[int]:
        nonlocal last
        taken = []
        while done < size:
            last = next(supply, last)
            taken.append(last)
            done += last
        return taken

    verifying = one_pass()
    return verifying if len(verifying) == 1 else verifying + one_pass()


def expected(village: Community, book: Book, settled: IntervalSettlement) -> Result:
    """What the domain says should happen."""
    clearing = settled.clearing
    sold = {fill.participant: fill.wh for fill in clearing.fills if fill.wh > 0}
    splits = {
        participant: certificate_split(book.readings[participant], sold.get(participant, 0))
        for participant in village.producers
    }
    certificates = tuple(
        (participant, int(split.own_use_wh), int(split.sold_wh), int(split.minted_wh))
        for participant, split in sorted(splits.items())
        if split.issued_wh
    )
    _, low, high = proposal(settled)
    fills = pack_fills(clearing.fills)
    return Result(clearing.price, low, high, clearing.matched_wh, bool(settled.missing), fills, certificates)


def found(village: Community, sent: Iterable[Sent], intervals: Iterable[int]) -> dict[int, Result]:
    """What happened on chain, from the events; stored outcomes and hashes of fills must agree with them."""
    transactions = list(sent)
    cleared = _by_interval(village, transactions, "EnergyMarket.IntervalCleared")
    chunks = _by_interval(village, transactions, "EnergyMarket.FillsSettled")
    issued: dict[int, list[tuple[int, int, int, int]]] = {}
    for one in transactions:
        for event in village.events(one, "GuaranteeOfOrigin.Issued"):
            entry = (event["participant"], event["ownUseWh"], event["soldWh"], event["mintedWh"])
            issued.setdefault(event["id"] & 0xFFFFFFFF, []).append(entry)
    results = {}
    for interval in intervals:
        [event] = cleared[interval]
        outcome = village.outcome(interval)
        assert (outcome.cleared, outcome.settled) == (True, True)
        assert (outcome.has_price, outcome.left_out) == (event["hasPrice"], event["leftOut"])
        assert (outcome.price, outcome.matched_wh) == (event["price"], event["matchedWh"])
        parts = chunks.get(interval, [])
        assert [part["chunk"] for part in parts] == list(range(len(parts)))
        hashes = village.see_each("EnergyMarket.fillsHash", *((interval, i) for i in range(len(parts) + 1)))
        assert hashes == [bytes(Web3.keccak(part["fills"])[:22]) for part in parts] + [bytes(22)]
        results[interval] = Result(
            event["price"] if event["hasPrice"] else None,
            event["lo"],
            event["hi"],
            event["matchedWh"],
            event["leftOut"],
            b"".join(part["fills"] for part in parts),
            tuple(sorted(issued.get(interval, []))),
        )
    return results


def _by_interval(village: Community, sent: Iterable[Sent], name: str) -> dict[int, list[dict[str, object]]]:
    groups: dict[int, list[dict[str, object]]] = {}
    for one in sent:
        for event in village.events(one, name):
            groups.setdefault(event["interval"], []).append(event)
    return groups
