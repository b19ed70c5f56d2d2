#!/usr/bin/env python
"""Gas of everything the community does every day, measured on the development chain; prints one table.

    python scripts/bench/gas.py                     communities of 10, 100 and 1,000
    python scripts/bench/gas.py --sizes 10,10000    others; from 2,000 on cleared in chunks

"k a reading" and the like are thousands of gas, the transaction's own 21,000 included. Accounts and slots are in the
state of a running community: the first interval, which creates balances, is not counted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench_community import BenchCommunity, bench_community

from wattcommons.chain.batch import Read, call_of, read_all
from wattcommons.chain.receipts import receipt_events
from wattcommons.chain.sender import Sent
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, order_message, order_struct
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.readings import Quality
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh

CHUNKED_FROM = 2_000
CHUNK = 500
DAY = 48
Row = tuple[str, str, float, str]
ALL_IN = "the meter's signature checked on chain, cleared, settled, issued"
PEERS: tuple[Row, ...] = (
    ("Energy Web Origin, request and approval", "", 640_568, "a certificate; no meter's signature"),
    ("Energy Web Origin, batch of 100", "", 542_098, "a certificate; no meter's signature"),
    ("Green Proofs, batch", "", 414_261, "a certificate; no meter's signature"),
)
"""Others' certificates, measured once on the same development chain; their code is not run here."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10,100,1000", help="participants of the communities, default 10,100,1000")
    sizes = [int(text) for text in parser.parse_args().sizes.split(",")]
    print(f"{'what':44} {'community':>9} {'k gas':>8}  note", flush=True)
    for size in sizes:
        started = time.monotonic()
        with bench_community(size) as bench:
            for row in rows(bench):
                print(line(row), flush=True)
        print(f"  ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)
    for row in PEERS:
        print(line(row), flush=True)
    return 0


def line(row: Row) -> str:
    what, where, gas, note = row
    return f"{what:44} {where:>9} {gas / 1000:8.2f}  {note}"


def rows(bench: BenchCommunity) -> Iterator[Row]:
    if bench.size >= CHUNKED_FROM:
        yield from chunked(bench)
        return
    where = f"{bench.size:,}"
    first = bench.first
    single = 0.0
    for step in range(6):
        bench.end_of(first + step)
        gas = bench.record(bench.runs(first + step, 1, Quality.ESTIMATED), 100)
        single = gas / bench.size
    yield "reading, one interval, 100 a transaction", where, single, "a reading"
    bench.end_of(first + 6 + DAY)
    day_gas = bench.record(bench.runs(first + 6, DAY, Quality.ESTIMATED), 20) / bench.size / DAY
    yield "reading, a day of 48 in one signature", where, day_gas, "a reading; 20 days a transaction"
    bench.advance([first])
    cleared = 0.0
    at = first + 1
    for intervals in (1, 4, 24):
        sent = bench.advance(range(at, at + intervals)) if intervals * bench.size <= 4_000 else None
        if sent is not None:
            at += intervals
            cleared = sent.gas_used / bench.size / intervals
            note = f"a participant-interval; {intervals} a transaction of {sent.gas_used / 1e6:.1f} M"
            yield "clear and settle", where, cleared, note
    yield "all in, real time", where, single + cleared, "a participant-interval: reading, clear, settle"
    yield "all in, day runs", where, day_gas + cleared, "the same"
    yield "order, relayed, 50 a transaction", where, orders(bench), "an order after others"
    for row in certificates(bench, first + 6 + DAY + 1):
        yield row
        yield "certificate, all in, real time", where, single + cleared + row[2], ALL_IN
        yield "certificate, all in, day runs", where, day_gas + cleared + row[2], ALL_IN


def orders(bench: BenchCommunity) -> float:
    """Gas of a member's next bid, when there is one before it."""
    community = bench.community
    domain = domain_of(community.deployment, "OrderBook")
    count = min(bench.size, 50)
    gas: float = 0
    for nonce in (2, 3, 4):  # the first ones create slots that the later ones use again
        signed = []
        for index in range(1, count + 1):
            start = community.clock.now() // 1_800 + 200 * nonce
            order = Order(
                ParticipantIndex(index), LimitKind.FIXED, False, 150_000, 90_000, Wh(2_000), Wh(2_000),
                IntervalIndex(start), IntervalIndex(start + 100), nonce, community.clock.now() + 86_400,
            )  # fmt: skip
            signed.append(
                (order_struct(order), sign(community.keys.member(f"meter-{index:05}"), order_message(domain, order)))
            )
        [sent] = bench.send([call_of(community.contracts, "OrderBook", "placeOrders", signed)])
        gas = sent.gas_used / count
    return gas


def certificates(bench: BenchCommunity, first: int) -> Iterator[Row]:
    """What issuing adds: the same intervals' clearing with estimated readings, which earn nothing, beside it."""
    where = f"{bench.size:,}"
    intervals = max(1, min(4, 1_000 // bench.size))
    bench.end_of(first + 2 * intervals + 2)
    used = {}
    minted = issued = 0
    bench.production_wh = range(2_600, 4_900)  # sunny: every producer has something left for the grid
    for quality in (Quality.ESTIMATED, Quality.MEASURED):
        # One interval before the measured ones, so that device totals and the like exist.
        bench.record(bench.runs(first, intervals + 1, quality), 50)
        bench.advance([first])
        sent = bench.advance(range(first + 1, first + 1 + intervals))
        used[quality] = sent.gas_used
        issued, minted = count_issued(bench, sent)
        first += intervals + 1
    extra = used[Quality.MEASURED] - used[Quality.ESTIMATED]
    note = f"{minted} minted of {issued} issued; {intervals} intervals a transaction"
    yield "certificate", where, extra / max(minted, 1), note


def count_issued(bench: BenchCommunity, sent: Sent) -> tuple[int, int]:
    events = [event for event in receipt_events(bench.community.deployment, sent) if event.name == "Issued"]
    minted = [event for event in events if any("mint" in key.lower() and value for key, value in event.args.items())]
    return len(events), len(minted)


def chunked(bench: BenchCommunity) -> Iterator[Row]:
    """A community too large for one transaction: chunks of participants, four intervals a transaction."""
    where = f"{bench.size:,}"
    first = bench.first
    intervals = 4
    bench.end_of(first + intervals)
    gas = bench.record(bench.runs(first, intervals + 1, Quality.ESTIMATED), 50)
    yield "reading, runs of 5", where, gas / bench.size / (intervals + 1), "a reading; 50 runs a transaction"
    for count, label in ((1, "first interval"), (intervals, "clear and settle")):
        at = first if count == 1 else first + 1
        started = time.monotonic()
        used, transactions, largest = run_chunks(bench, range(at, at + count))
        seconds = time.monotonic() - started
        size = f"{transactions} transactions of {CHUNK} participants x {count}, up to {largest / 1e6:.1f} M"
        note = f"{size}, {seconds:.0f} s"
        yield f"{label}, in chunks", where, used / bench.size / count, note


def run_chunks(bench: BenchCommunity, intervals: range) -> tuple[int, int, int]:
    used = transactions = largest = 0
    while True:
        sent = bench.advance(intervals, CHUNK)
        used += sent.gas_used
        transactions += 1
        largest = max(largest, sent.gas_used)
        [outcome] = read_all(bench.community.contracts, [Read("EnergyMarket", "outcomeOf", (intervals[-1],))])
        if outcome[3]:
            return used, transactions, largest


if __name__ == "__main__":
    sys.exit(main())
