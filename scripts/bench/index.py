"""How fast an index is made from scratch: logs and readings a second, on SQLite and on PostgreSQL.

    scripts/bench/index.py                                  100 participants, 20 days of half-hours
    scripts/bench/index.py --participants 1000 --days 7
    scripts/bench/index.py --store sqlite

The chain is made up beforehand: real events of a community that trades, every third participant with panels, in blocks
of a day's runs and of cleared intervals. The answers are those of a node, as JSON text; only the socket is left out.
PostgreSQL is a server of its own, from the system's package, with its usual settings but for fsync.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench_helpers import helper
from rich.console import Console
from rich.table import Table

from wattcommons.chain.block_logs import BlockLogs, PlacedLog
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.orders import default_standing_order
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.settlement import Seat, certificate_split, settle
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.indexer.rebuild import rebuild
from wattcommons.services.store.engine import Store, open_store

INTERVALS = 48
RUNS_A_BLOCK = 50


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--participants", type=int, default=100)
    words.add_argument("--days", type=int, default=20)
    words.add_argument("--store", choices=["sqlite", "postgresql", "both"], default="both")
    given = words.parse_args()
    chain, readings = make_chain(given.participants, given.days)
    node = Node(chain)
    logs = sum(len(found) for _, found in chain.blocks)
    title = f"{logs:,} logs, {readings:,} readings"
    table = Table("what", "seconds", "of CPU here", "logs/s", "readings/s", title=title)
    for kind in ("sqlite", "postgresql") if given.store == "both" else (given.store,):
        with store_of(kind) as store:
            for what, seconds, busy in measure(store, node):
                rates = (f"{logs / seconds:,.0f}", f"{readings / seconds:,.0f}")
                table.add_row(f"{kind}: {what}", f"{seconds:.1f}", f"{busy:.1f}", *rates)
    Console().print(table)
    print(f"highest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB, the chain included")
    return 0


def measure(store: Store, node: Node) -> Iterator[tuple[str, float, float]]:
    """Backfill, then rebuild: seconds on the wall, and of this process at work."""
    deployment = helper("paper_chain").DEPLOYMENT
    web3: Any = SimpleNamespace(provider=node)
    indexer = Indexer(store, BlockLogs(web3, deployment), deployment)
    indexer.open()
    began, busy = time.perf_counter(), time.process_time()
    while indexer.step():
        pass
    yield "backfill", time.perf_counter() - began, time.process_time() - busy
    began, busy = time.perf_counter(), time.process_time()
    rebuild(store, deployment, "Europe/Paris")
    yield "rebuild", time.perf_counter() - began, time.process_time() - busy


@contextmanager
def store_of(kind: str) -> Iterator[Store]:
    """An empty store."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="watt-bench-") as folder:
            with closing(open_store(Path(folder) / "index.db")) as store:
                yield store
            return
    with helper("postgres").postgres() as server, closing(open_store(server.database())) as store:
        yield store


class Node:
    """Answers as a node does, from JSON text that is made once."""

    def __init__(self, chain: Any) -> None:
        self._headers = [json.dumps(header(one)) for one, _ in chain.blocks]
        self._logs = [[json.dumps(log(one)) for one in found] for _, found in chain.blocks]

    def make_request(self, method: str, parameters: list[Any]) -> dict[str, Any]:
        if method == "eth_getLogs":
            first, last = (int(parameters[0][name], 16) for name in ("fromBlock", "toBlock"))
            text = ",".join(one for found in self._logs[first : last + 1] for one in found)
            return {"result": json.loads(f"[{text}]")}
        tag = parameters[0]
        number = len(self._headers) - 1 if tag == "latest" else int(tag, 16)
        return {"result": json.loads(self._headers[number]) if number < len(self._headers) else None}

    def make_batch_request(self, calls: list[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        return [self.make_request(*call) for call in calls]


def header(block: Any) -> dict[str, str]:
    return {
        "number": hex(block.number),
        "hash": f"0x{block.hash.hex()}",
        "parentHash": f"0x{block.parent.hex()}",
        "timestamp": hex(block.timestamp),
        "gasLimit": hex(60_000_000),
    }


def log(placed: PlacedLog) -> dict[str, Any]:
    raw = placed.log
    return {
        "address": raw.address,
        "topics": [f"0x{topic.hex()}" for topic in raw.topics],
        "data": f"0x{raw.data.hex()}",
        "blockHash": f"0x{placed.block_hash.hex()}",
        "blockNumber": hex(raw.block),
        "blockTimestamp": hex(raw.timestamp),
        "transactionHash": raw.tx_hash,
        "transactionIndex": "0x0",
        "logIndex": hex(raw.log_index),
        "removed": False,
    }


def make_chain(participants: int, days: int) -> tuple[Any, int]:
    """The blocks of a community's days; and how many readings are in them."""
    paper, village = helper("paper_chain"), helper("paper_village").PaperVillage()
    chain, dice = paper.PaperChain(), random.Random(1)  # noqa: S311
    chain.mine(village.begin())
    for _ in range(participants):
        chain.mine(village.join(dice))
    start = helper("paper_village").START
    tariff = helper("paper_village")._TARIFFS[0]
    for day in range(days):
        first = start + day * INTERVALS
        taken = {
            index: [reading(dice, index, step) for step in range(INTERVALS)] for index in range(1, participants + 1)
        }
        runs = [
            SignedRun(Run(ParticipantIndex(index), IntervalIndex(first), tuple(found)), bytes(64))
            for index, found in taken.items()
        ]
        for at in range(0, len(runs), RUNS_A_BLOCK):
            batch = encode_batch(runs[at : at + RUNS_A_BLOCK])
            chain.mine([paper.said("MeterLedger.RunsRecorded", submitter=f"0x{9:040x}", runs=batch)])
        for step in range(INTERVALS):
            seats = [
                Seat(one, found[step], default_standing_order(one, IntervalIndex(0), 1, 0))
                for one, found in ((ParticipantIndex(index), found) for index, found in taken.items())
            ]
            chain.mine(cleared(paper.said, first + step, seats, tariff))
    return chain, participants * days * INTERVALS


def reading(dice: random.Random, index: int, step: int) -> Reading:
    """Panels by day at every third participant."""
    made = dice.randrange(200, 2_500) if index % 3 == 0 and 14 <= step <= 38 else 0
    return Reading(Wh(made), Wh(dice.randrange(50, 900)), Quality.MEASURED)


def cleared(said: Any, interval: int, seats: list[Seat], tariff: Any) -> list[Any]:
    """The events of one interval, cleared and settled in one transaction."""
    clearing = settle(IntervalIndex(interval), tariff, seats).clearing
    events = [
        said("MeterLedger.IntervalFrozen", interval=interval, present=len(seats), waited=len(seats)),
        said(
            "EnergyMarket.IntervalCleared",
            interval=interval,
            price=clearing.price or 0,
            lo=clearing.low or 0,
            hi=clearing.high or 0,
            matchedWh=clearing.matched_wh,
            hasPrice=clearing.price is not None,
            leftOut=False,
        ),
    ]
    if clearing.fills:
        events.append(said("EnergyMarket.FillsSettled", interval=interval, chunk=0, fills=pack_fills(clearing.fills)))
    sold = {fill.participant: max(fill.wh, 0) for fill in clearing.fills}
    for seat in seats:
        split = certificate_split(seat.reading, sold.get(seat.participant, 0))
        if split.issued_wh:
            number, holder = seat.participant << 32 | interval, f"0x{0xA000 + seat.participant:040x}"
            parts = {"ownUseWh": split.own_use_wh, "soldWh": split.sold_wh, "mintedWh": split.minted_wh}
            who = {"id": number, "participant": seat.participant, "holder": holder}
            events.append(said("GuaranteeOfOrigin.Issued", **who, **parts))
            if split.minted_wh:
                nobody = f"0x{0:040x}"
                moved = {"operator": nobody, "from": nobody, "to": holder, "id": number, "value": split.minted_wh}
                events.append(said("GuaranteeOfOrigin.TransferSingle", **moved))
    return [*events, said("EnergyMarket.IntervalSettled", interval=interval)]


if __name__ == "__main__":
    sys.exit(main())
