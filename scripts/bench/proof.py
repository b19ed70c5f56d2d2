#!/usr/bin/env python
"""Size of proof files, and how long they take to make and to verify; prints one table.

    python scripts/bench/proof.py                   communities of 10, 100 and 1,000
    python scripts/bench/proof.py --sizes 10,5000   others

A day of half-hours is recorded (one signed run a meter) and settled, then one certificate is proved with its history,
which is empty. Verification is the median of twenty, each from the file's bytes.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import time

from bench_community import bench_community

from wattcommons.domain.readings import Quality
from wattcommons.services.prover.community import community_of
from wattcommons.services.prover.make import prove
from wattcommons.verifier import headers, proof_file
from wattcommons.verifier.anchors import Anchor
from wattcommons.verifier.qbft import block_hash
from wattcommons.verifier.verify import verify

DAY = 48
TIMES = 20
A_BATCH = 50


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10,100,1000", help="participants of the communities, default 10,100,1000")
    sizes = [int(text) for text in parser.parse_args().sizes.split(",")]
    print(f"{'community':>9} {'bytes':>8} {'gzip':>8} {'nodes':>6} {'fills B':>8} {'made ms':>8} {'verified ms':>12}")
    for size in sizes:
        print(row(size), flush=True)
    return 0


def row(size: int) -> str:
    """Measures one community."""
    with bench_community(size) as bench:
        bench.end_of(bench.first + DAY)
        bench.record(bench.runs(bench.first, DAY, Quality.MEASURED), A_BATCH)
        for interval in range(bench.first, bench.first + DAY):
            bench.advance([interval])
        producing = next(
            interval
            for interval in range(bench.first + 20, bench.first + DAY)
            if bench.readings[1, interval].production_wh
        )
        begun = time.perf_counter()
        data = prove(bench.community.contracts, 1 << 32 | producing).data
        made = time.perf_counter() - begun
        community = community_of(bench.community.deployment)
    file = proof_file.load(data)
    anchor = Anchor(hashes=frozenset([block_hash(headers.parse(file.headers[-1]))]), community=community)
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        report = verify(data, anchor)
        taken.append(time.perf_counter() - begun)
        if not report.proved:
            raise SystemExit(f"not proved: {report.lines}")
    fills = sum(len(chunk) for chunk in file.fills)
    return (
        f"{size:>9,} {len(data):>8,} {len(gzip.compress(data, mtime=0)):>8,} {len(file.nodes):>6} {fills:>8,} "
        f"{made * 1_000:>8.0f} {statistics.median(taken) * 1_000:>12.1f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
