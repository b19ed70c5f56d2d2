"""Adding up a book from its events, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from wattcommons.chain.events import Event
from wattcommons.domain.fills import Fill, pack_fills
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Reading, Run
from wattcommons.domain.tariffs import Tariff
from wattcommons.scenarios.tally import BookTally

pytestmark = pytest.mark.unit

TARIFF = Tariff(200_000, 50_000, 10_000)  # type: ignore[arg-type]
ROOF, FLAT = 1, 2


def event(name: str, **args: Any) -> Event:
    return Event("Any", name, args, 1, "0x", 0, 0)


def cleared(**args: Any) -> Event:
    return event("IntervalCleared", interval=100, **args)


def recorded(participant: int, made: int, used: int) -> Event:
    run = Run(participant, 100, (Reading(made, used),))  # type: ignore[arg-type]
    return event("RunsRecorded", runs=encode_batch([SignedRun(run, bytes(64))]))


def settled_book() -> BookTally:
    """A roof makes 1,000 Wh and uses 300; it sells 400 of the rest to a flat that uses 400, at 0.10 €/kWh."""
    book = BookTally()
    for one in (
        recorded(ROOF, 1_000, 300),
        recorded(FLAT, 0, 400),
        recorded(FLAT, 0, 999),
        cleared(price=100_000, lo=90_000, hi=110_000, matchedWh=400, hasPrice=True, leftOut=False),
        event("FillsSettled", interval=100, chunk=0, fills=pack_fills([Fill(ROOF, 400, 0), Fill(FLAT, -400, 0)])),  # type: ignore[arg-type]
        event("Issued", id=1, participant=ROOF, holder="0x", ownUseWh=300, soldWh=400, mintedWh=300),
        event("CertificateCancelled", statement=1, id=1, wh=120),
        event("IntervalSettled", interval=100),
    ):
        book.take(one)
    book.settle({100: TARIFF})  # type: ignore[dict-item]
    return book


def test_settle__interval_not_final__counts_no_energy_yet() -> None:
    book = BookTally()
    book.take(recorded(ROOF, 1_000, 300))
    book.settle({})
    sums = book.result.participants[ROOF]  # type: ignore[index]
    assert (sums.recorded, sums.readings, sums.production_wh) == (1, 0, 0)


def test_settle__no_local_price__everything_is_the_grids() -> None:
    book = BookTally()
    book.take(recorded(FLAT, 0, 400))
    book.take(event("IntervalCleared", interval=100, price=0, lo=0, hi=0, matchedWh=0, hasPrice=False, leftOut=True))
    book.settle({100: TARIFF})  # type: ignore[dict-item]
    [line] = book.result.clearings
    assert (line.price, line.low, line.high, line.left_out) == (None, None, None, True)
    assert book.result.total("grid_paid_neur") == 400 * 200_000


def test_settle__seller_and_buyer__by_hand() -> None:
    result = settled_book().result
    roof, flat = result.participants[ROOF], result.participants[FLAT]  # type: ignore[index]
    assert (roof.self_consumed_wh, roof.sold_wh, roof.grid_export_wh) == (300, 400, 300)
    assert (roof.local_received_neur, roof.grid_received_neur) == (400 * 100_000, 300 * 50_000)
    assert roof.saved_neur == 400 * (100_000 - 50_000)
    assert (flat.bought_wh, flat.grid_import_wh, flat.recorded) == (400, 0, 1)
    assert (flat.local_paid_neur, flat.fees_neur) == (400 * 100_000, 400 * 10_000)
    assert flat.saved_neur == 400 * (200_000 - 100_000 - 10_000)


def test_tally__certificates__held_is_what_was_neither_used_nor_cancelled() -> None:
    result = settled_book().result
    assert result.certificates == 1
    assert result.total("issued_wh") == 1_000
    assert result.total("cancelled_at_issue_wh") == 700
    assert result.held_wh == 300 - 120
