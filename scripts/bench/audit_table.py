"""The table of `audit.py`: books made, audited, and measured."""

from __future__ import annotations

import argparse
import os
import time

from bench_community import BenchCommunity, bench_community
from rich.console import Console
from rich.table import Table

from wattcommons.domain.readings import Quality
from wattcommons.services.audit.book import Drawn, book
from wattcommons.services.audit.report import AuditReport
from wattcommons.services.audit.sampling import Sample

DAY = 48
A_BATCH = 50
INTERVALS_A_TRANSACTION = 6
SAMPLE = 1_000


def main(text: str) -> int:
    """Measures what the command line asks for; `text`: its help."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--participants", type=int, default=100)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--processes", default="1,2", help="numbers of processes, default 1,2")
    given = parser.parse_args()
    processes = [int(text) for text in given.processes.split(",")]
    readings = given.participants * given.days * DAY
    title = f"{given.participants:,} participants, {given.days} days, {readings:,} readings; {os.cpu_count()} cores"
    table = Table("signed", "checked by", "signatures", "seconds", "CPU s", "readings/s", "signatures/s", title=title)
    for count, signed in ((1, "each reading"), (DAY, "each day")):
        with bench_community(given.participants) as bench:
            make(bench, given.days, count)
            reports = []
            for number in processes:
                name = "this process" if number == 1 else f"{number} processes"
                reports.append(measure(table, bench, signed, name, readings, number))
            if any(report != reports[0] for report in reports):
                raise SystemExit("the reports differ")
            measure(table, bench, signed, f"sample of {SAMPLE:,}", readings, 1, Sample(SAMPLE, 1))
    Console(width=110).print(table)
    return 0


def make(bench: BenchCommunity, days: int, count: int) -> None:
    """Records and settles the days, `count` readings under one signature."""
    for first in range(bench.first, bench.first + days * DAY, count):
        bench.end_of(first + count)
        bench.record(bench.runs(first, count, Quality.MEASURED), A_BATCH)
        for start in range(first, first + count, INTERVALS_A_TRANSACTION):
            bench.advance(range(start, min(start + INTERVALS_A_TRANSACTION, first + count)))


def measure(
    table: Table,
    bench: BenchCommunity,
    signed: str,
    name: str,
    readings: int,
    processes: int,
    sample: Drawn | None = None,
) -> AuditReport:
    """Audits once and adds a line."""
    began, busy = time.perf_counter(), _cpu()
    report = book(bench.community.contracts, processes=processes, sample=sample)
    taken, worked = time.perf_counter() - began, _cpu() - busy
    if not report.ok:
        raise SystemExit(f"the book does not hold: {report.broken[:3]}")
    signatures = report.check("runs are signed by the gateway key valid then").counted
    rates = (f"{readings / taken:,.0f}", f"{signatures / taken:,.0f}")
    table.add_row(signed, name, f"{signatures:,}", f"{taken:.1f}", f"{worked:.1f}", *rates)
    return report


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
