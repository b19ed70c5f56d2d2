"""Stand-ins for what is around a relay's parts: a ledger that says what it is told to, and a registry in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.signing import sign_run
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.errors import NodeUnavailable, WattError
from wattcommons.services.delivery.fate import Fate, RunFate
from wattcommons.services.relay.desk import Desk
from wattcommons.services.runtime.limits import Buckets
from wattcommons.services.store.run_queue import RunQueue

KEYS = DevnetKeys("relay tests")
DEPLOYMENT = Deployment(
    31_337, 0, dict.fromkeys(CONTRACTS, "0x5FbDB2315678afecb367f032d93F642f64180aa3"), CommunityTerms()
)
NOW = 1_000_000_000
LAST = NOW // 1_800 - 1
"""The last interval that has ended."""
WAITING = RunFate(Fate.WAITING)


def run(participant: int = 1, first: int = LAST, *wh: int, key: str | None = None) -> SignedRun:
    """Signed by the participant's own key unless another one is named."""
    readings = tuple(Reading(0, one, Quality.MEASURED) for one in wh or (7,))  # type: ignore[arg-type]
    signer = KEYS.gateway(key or str(participant))
    return sign_run(signer, domain_of(DEPLOYMENT, "MeterLedger"), Run(participant, first, readings))  # type: ignore[arg-type]


class Ledger:
    """A carrier that gives every run the fate it was told to, waiting otherwise; `carried` are the questions."""

    def __init__(self) -> None:
        self.fates: dict[SignedRun, RunFate] = {}
        self.error: Exception | None = None
        self.carried: list[list[SignedRun]] = []

    def carry(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        self.carried.append(list(runs))
        if self.error is not None:
            raise self.error
        return [self.fates.get(one, WAITING) for one in runs]


@dataclass
class Registry:
    """Stands for `read_all` of MemberRegistry.epochSegment. `keys`: (participant, first, until) -> key's name."""

    keys: dict[tuple[int, int, int], str] = field(default_factory=dict)
    away: bool = False
    pause: Callable[[], None] = lambda: None  # how long it takes to find that it is away
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def read_all(self, _contracts: object, reads: Sequence[Any], **_: object) -> list[Any]:
        self.asked += [one.arguments for one in reads]
        if self.away:
            self.pause()
            raise NodeUnavailable("away")
        return [self._segment(*one.arguments) for one in reads]

    def _segment(self, participant: int, interval: int) -> tuple[int, int]:
        for (who, first, until), name in self.keys.items():
            if who == participant and first <= interval < until:
                return int(KEYS.gateway(name).address, 16) << 64, until
        return 0, 2**32 - 1


class Known:
    """Stands for a directory: whether each run fits, yes unless said otherwise."""

    def __init__(self) -> None:
        self.answers: dict[SignedRun, bool | None] = {}

    def fits(self, runs: Sequence[SignedRun]) -> list[bool | None]:
        return [self.answers.get(one, True) for one in runs]


@dataclass
class Scene:
    """A desk over a real queue, with doubles around it."""

    desk: Desk
    queue: RunQueue
    known: Known
    judge: Ledger


def scene(folder: Path, *, most_each: int = 100, most: int = 1_000, places: int = 1_000) -> Scene:
    queue = RunQueue(folder / "relay.sqlite", most_each=most_each, most=most)
    known, judge = Known(), Ledger()
    desk = Desk(
        queue,
        known,  # type: ignore[arg-type]
        judge,
        IntervalLength.HALF_HOUR,
        Buckets(0.001, places),
        clock=lambda: float(NOW),
    )
    return Scene(desk, queue, known, judge)


def failing(error: WattError) -> Any:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail
