"""How fast the API answers: the main reads over a year of half-hours, under load, on SQLite and on PostgreSQL.

    scripts/bench/api.py                                        100 participants on SQLite, 1,752,000 readings
    scripts/bench/api.py --store postgresql --participants 1000     17,520,000 readings
    scripts/bench/api.py --participants 20 --days 40 --seconds 1

The store is filled by the database itself (see api_store.py), the server is a process of its own (uvicorn, one worker),
and every answer is made afresh: no client sends a tag. Members ask for their own things, each request another member.
PostgreSQL is a server of its own, from the system's package. `--keep FILE` keeps an SQLite store for another run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from bench_helpers import helper
from rich.console import Console
from rich.table import Table
from web3 import HTTPProvider, Web3

from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.domain.intervals import start_unix
from wattcommons.services.api.app import create_app
from wattcommons.services.api.context import Context
from wattcommons.services.api.events import EventHub
from wattcommons.services.api.settings import ApiSettings
from wattcommons.services.runtime.limits import Buckets
from wattcommons.services.store.engine import open_store

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).resolve().parent))
import api_store  # noqa: E402  beside this file

Ask = Callable[[random.Random], tuple[str, int | None]]
"""A path with its query, and whose session asks."""


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    words.add_argument("--participants", type=int, default=100)
    words.add_argument("--days", type=int, default=365)
    words.add_argument("--certificates", type=int, default=10, help="of one producer in so many")
    words.add_argument("--seconds", type=float, default=5.0, help="of load for each read")
    words.add_argument("--connections", type=int, default=8)
    words.add_argument("--only", default="", help="reads whose name holds this")
    words.add_argument("--keep", type=Path)
    words.add_argument("--serve", nargs=2, metavar=("URL", "PORT"), help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.serve:
        return serve(given.serve[0], int(given.serve[1]))
    with store_url(given) as (url, fresh):
        if fresh:
            store = open_store(url)
            began = time.monotonic()
            count = api_store.fill(store, given.participants, given.days, given.certificates * 2)
            store.close()
            print(f"{count:,} readings of {given.participants} participants in {time.monotonic() - began:.0f} s")
        with server(url) as port:
            rows = asyncio.run(measure(port, given))
    title = f"{given.store}, {given.participants:,} participants, {given.days} days, {given.connections} connections"
    table = Table("read", "p50 ms", "p99 ms", "requests/s", "bytes", "alone ms", title=title)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    return 0


def reads(size: int, days: int) -> dict[str, Ask]:
    """The main reads by name."""
    end = start_unix(api_store.year().end, api_store.LENGTH)
    last = api_store.year().end - api_store.OPEN - 1
    week, month = end - 7 * 86_400, end - 30 * 86_400

    def own(path: str) -> Ask:
        def ask(dice: random.Random) -> tuple[str, int | None]:
            index = dice.randrange(1, size + 1)
            return path.format(index), index

        return ask

    def curves(dice: random.Random) -> tuple[str, int | None]:
        index = dice.randrange(1, size + 1)
        interval = last - dice.randrange(min(days, 30) * 48)
        return f"/v1/market/intervals/{interval}/curves?participant={index}", index

    def producers(dice: random.Random) -> tuple[str, int | None]:
        return "/v1/me/certificates", 20 * dice.randrange(max(size // 20, 1)) + 1

    member = "/v1/participants/{}/"
    return {
        "home": own(member + "home"),
        "energy, day": own(member + "energy?period=day"),
        "energy, week": own(member + "energy?period=week"),
        "energy, month": own(member + "energy?period=month"),
        "energy, year": own(member + "energy?period=year"),
        "supplies, week": own(member + f"supplies?from={week}&to={end}"),
        "supplies, month": own(member + f"supplies?from={month}&to={end}"),
        "trades": own(member + "trades"),
        "orders": own(member + "orders"),
        "targets": own(member + "targets"),
        "certificates": producers,
        "me": own("/v1/me"),
        "market, intervals": own("/v1/market/intervals"),
        "market, curves": curves,
        "community, day": own("/v1/community/overview"),
        "community, month": own("/v1/community/overview?period=month"),
        "community, year": own("/v1/community/overview?period=year"),
    }


async def measure(port: int, given: argparse.Namespace) -> list[tuple[str, ...]]:
    """Each read under load for its seconds, and before that alone."""
    rows: list[tuple[str, ...]] = []
    for name, ask in reads(given.participants, given.days).items():
        if given.only not in name:
            continue
        alone = await load(port, ask, 1, min(given.seconds, 1.0))
        found = await load(port, ask, given.connections, given.seconds)
        times = sorted(taken for taken, _ in found)
        rows.append(
            (
                name,
                f"{statistics.median(times) * 1_000:.1f}",
                f"{times[min(int(len(times) * 0.99), len(times) - 1)] * 1_000:.1f}",
                f"{len(times) / given.seconds:,.0f}",
                f"{max(size for _, size in found):,}",
                f"{statistics.median(taken for taken, _ in alone) * 1_000:.1f}",
            )
        )
    return rows


async def load(port: int, ask: Ask, connections: int, seconds: float) -> list[tuple[float, int]]:
    """Seconds and bytes of every answer, over connections that ask one thing after the other."""
    until = time.monotonic() + seconds

    async def one(seed: int) -> list[tuple[float, int]]:
        dice = random.Random(seed)  # noqa: S311  the same requests every time
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        found = []
        while time.monotonic() < until:
            path, who = ask(dice)
            key = "" if who is None else f"Authorization: Bearer {api_store.token(who)}\r\n"
            began = time.monotonic()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n{key}\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
            body = await reader.readexactly(length)
            if " 200 " not in head.split("\r\n", 1)[0]:
                raise SystemExit(f"{path}: {body.decode()[:300]}")
            found.append((time.monotonic() - began, length))
        writer.close()
        return found

    parts = await asyncio.gather(*(one(seed) for seed in range(connections)))
    return [one for part in parts for one in part]


@contextmanager
def store_url(given: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """The store to measure on, and whether it has yet to be filled."""
    if given.store == "sqlite":
        with tempfile.TemporaryDirectory(prefix="watt-bench-") as folder:
            path = given.keep or Path(folder) / "bench.db"
            yield str(path), not path.exists()
        return
    with helper("postgres").postgres() as running:
        yield running.database(), True


@contextmanager
def server(url: str) -> Iterator[int]:
    """The API in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, __file__, "--serve", url, str(port)])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def serve(url: str, port: int) -> int:
    """The server's process. Nothing here asks the chain."""
    addresses: dict[str, str] = {
        name: Web3.to_checksum_address(f"0x{index:040x}") for index, name in enumerate(CONTRACTS, 1)
    }
    deployment = Deployment(31_337, 1, addresses, CommunityTerms())
    contracts = Contracts(Web3(HTTPProvider("http://127.0.0.1:9")), deployment, check=False)
    free = Buckets(10**9, 10**9)
    settings = ApiSettings(origins=("http://bench",), devnet=True)
    context = Context(settings, open_store(url), contracts, EventHub(), None, free, free, free)
    uvicorn.run(create_app(context), host="127.0.0.1", port=port, log_level="warning", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
