"""What the logs say is to be done: late readings to settle, coach targets to judge.

The cursor lives in memory: a keeper that starts anew reads the logs from the deployment (or from the block it is
told) on. Forgetting is harmless, as settling or judging twice has no effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event, decode_logs
from wattcommons.chain.logs import ChainLogs
from wattcommons.chain.stored import reading_of
from wattcommons.domain.packing import run_headers


@dataclass
class Watch:
    """`late`: (participant, interval) recorded after the freeze and not settled yet. `targets`: (participant,
    period) -> end interval, not judged yet."""

    contracts: Contracts
    next_block: int
    late: set[tuple[int, int]] = field(default_factory=set)
    targets: dict[tuple[int, int], int] = field(default_factory=dict)

    def catch_up(self, block: int) -> None:
        """Take in the logs up to a block."""
        if block < self.next_block:
            return
        runs: list[tuple[int, int, int]] = []
        settled: set[tuple[int, int]] = set()
        deployment = self.contracts.deployment
        logs = ChainLogs(self.contracts.web3, deployment).logs(self.next_block, block)
        for event in decode_logs(deployment, logs):
            self._take(event, runs, settled)
        self._find_late(runs)
        self.late -= settled
        self.next_block = block + 1

    def _take(self, event: Event, runs: list[tuple[int, int, int]], settled: set[tuple[int, int]]) -> None:
        args = event.args
        if event.name == "RunsRecorded":
            runs += run_headers(args["runs"])
        elif event.name == "LateSettled":
            settled.add((args["participant"], args["interval"]))
        elif event.name == "TargetSet":
            self.targets[args["participant"], args["period"]] = args["endInterval"]
        elif event.name == "Evaluated":
            self.targets.pop((args["participant"], args["period"]), None)

    def _find_late(self, runs: list[tuple[int, int, int]]) -> None:
        intervals = sorted({interval for _, first, count in runs for interval in range(first, first + count)})
        states = read_all(self.contracts, [Read("MeterLedger", "completeness", (one,)) for one in intervals])
        frozen = {interval for interval, state in zip(intervals, states, strict=True) if state[2]}
        asked = [(p, first, count) for p, first, count in runs if frozen.intersection(range(first, first + count))]
        answers = read_all(self.contracts, [Read("MeterLedger", "readingsOf", one) for one in asked])
        for (participant, first, _), words in zip(asked, answers, strict=True):
            self.late |= {(participant, first + at) for at, word in enumerate(words) if reading_of(word)[1]}
