"""The way out: what is handed over, asked about again, tried with another key, parked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.unit.gateway.desk import HOME, T0, Desk
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.typed_data import SigningDomain
from wattcommons.domain.channels import Channel, EnergyRow, MilliWh
from wattcommons.domain.packing import SignedRun
from wattcommons.errors import NodeUnavailable
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate
from wattcommons.services.gateway.courier import Courier, CourierRules
from wattcommons.services.gateway.keys import KeyRing
from wattcommons.services.store.outbox import Outbox

pytestmark = pytest.mark.unit

DOMAIN = SigningDomain("Watt Commons MeterLedger", 31_337, "0x52542d5dDfC21fAc39fA1d9d8E986FF793c6F01A")
OLD, NEW = (DevnetKeys("courier").gateway(name) for name in ("old", "new"))
FIRST = T0 // 1_800_000
FINAL = RunFate(Fate.FINAL, block=7)
WAITING = RunFate(Fate.WAITING)


@dataclass
class Ledger:
    """A carrier that answers as it is told and remembers what it was given, with the signer of each run."""

    answer: Callable[[SignedRun, str], RunFate] = lambda _run, _signer: FINAL
    asked: list[list[tuple[int, int, str]]] = field(default_factory=list)
    fails: int = 0

    def carry(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        signers = [RunSignatures(DOMAIN).signer(run) or "" for run in runs]
        self.asked.append(
            [(one.run.first - FIRST, len(one.run.readings), who) for one, who in zip(runs, signers, strict=True)]
        )
        if self.fails:
            self.fails -= 1
            raise NodeUnavailable("no answer")
        return [self.answer(run, signer) for run, signer in zip(runs, signers, strict=True)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def reads(desk: Desk, *places: int) -> None:
    """Readings of the home in these intervals after T0; interval k has 100 + k Wh."""
    desk.files.rows(
        [
            EnergyRow("home", Channel.CONSUMPTION, T0 // 1_000 + k * 1_800, 30, MilliWh((100 + k) * 1_000))
            for k in places
        ]
    )


def courier(desk: Desk, ledger: Ledger, *keys: object, run: int = 96) -> Courier:
    ring = KeyRing(keys or (OLD,), DOMAIN)  # type: ignore[arg-type]
    return Courier(desk.outbox, ring, ledger, CourierRules(run=run))


def states(outbox: Outbox) -> tuple[int, int, int, int]:
    counts = outbox.counts()
    return counts.queued, counts.submitted, counts.final, counts.parked


def test_round__nothing_due__nobody_is_asked(desk: Desk) -> None:
    ledger = Ledger()
    assert courier(desk, ledger).round(1).final == 0
    assert ledger.asked == []


def test_round__carrier_fails__written_down_as_handed_over_and_asked_again(desk: Desk) -> None:
    reads(desk, 0, 1)
    ledger = Ledger(fails=1)
    with pytest.raises(NodeUnavailable):
        courier(desk, ledger).round(1)
    assert states(desk.outbox) == (0, 2, 0, 0)
    desk.open()
    assert courier(desk, ledger).round(2).final == 2
    assert ledger.asked[0] == ledger.asked[1]


def test_round__gap_between_readings__two_runs(desk: Desk) -> None:
    reads(desk, 0, 1, 3)
    ledger = Ledger()
    courier(desk, ledger).round(1)
    assert [(first, count) for first, count, _ in ledger.asked[0]] == [(0, 2), (3, 1)]


def test_round__longer_than_a_run_may_be__cut(desk: Desk) -> None:
    reads(desk, *range(5))
    ledger = Ledger()
    courier(desk, ledger, run=2).round(1)
    assert [(first, count) for first, count, _ in ledger.asked[0]] == [(0, 2), (2, 2), (4, 1)]


def test_round__more_readings_while_a_run_waits__the_run_keeps_its_members(desk: Desk) -> None:
    reads(desk, 0, 1)
    ledger = Ledger(lambda *_: WAITING)
    way = courier(desk, ledger)
    assert way.round(1).waiting == 2
    reads(desk, 2)
    way.round(2)
    assert [(first, count) for first, count, _ in ledger.asked[1]] == [(0, 2), (2, 1)]


def test_round__limit_within_a_run__asked_about_whole(desk: Desk) -> None:
    reads(desk, *range(4))
    ledger = Ledger(lambda *_: WAITING)
    courier(desk, ledger).round(1)
    Courier(desk.outbox, KeyRing([OLD], DOMAIN), ledger, CourierRules(most=2)).round(2)
    assert ledger.asked[0] == ledger.asked[1]


def test_round__one_bad_reading_in_a_run__only_that_one_parked(desk: Desk) -> None:
    reads(desk, 0, 1, 2)

    def judge(signed: SignedRun, _signer: str) -> RunFate:
        if any(reading.consumption_wh == 101 for reading in signed.run.readings):
            return RunFate(Fate.REFUSED, 9, Refusal.IMPLAUSIBLE, FIRST << 64 | 99 << 32 | 101)
        return FINAL

    way = courier(desk, Ledger(judge))
    assert way.round(1).again
    done = way.round(2)
    assert (done.final, done.parked) == (2, 1)
    [row] = desk.outbox.parked(10)
    assert row.interval - FIRST == 1
    assert row.reason == "implausible: 101 Wh, and the enrolled power allows 99 Wh"


def test_round__conflict_in_a_run__the_others_are_final(desk: Desk) -> None:
    reads(desk, 0, 1, 2)
    way = courier(desk, Ledger(lambda *_: RunFate(Fate.CONFLICT, 9, conflicts=(FIRST + 2,))))
    done = way.round(1)
    assert (done.final, done.parked) == (2, 1)
    assert desk.outbox.parked(10)[0].reason.startswith("conflict")


@pytest.mark.parametrize("reason", [Refusal.NOT_ACTIVE, Refusal.QUALITY_INVALID])
def test_round__refused_for_good__parked_with_the_reason_and_never_sent_again(desk: Desk, reason: Refusal) -> None:
    reads(desk, 0)
    ledger = Ledger(lambda *_: RunFate(Fate.REFUSED, 9, reason, FIRST << 8))
    way = courier(desk, ledger)
    assert way.round(1).parked == 1
    way.round(2)
    assert len(ledger.asked) == 1
    assert states(desk.outbox) == (0, 0, 0, 1)


def rotation(boundary: int) -> Callable[[SignedRun, str], RunFate]:
    """The ledger of a rotation: the old key is enrolled up to an interval after T0, the new one from it."""

    def judge(signed: SignedRun, signer: str) -> RunFate:
        run = signed.run
        if run.first - FIRST < boundary < run.end - FIRST:
            return RunFate(Fate.REFUSED, 9, Refusal.KEY_CHANGED, FIRST + boundary)
        right = OLD.address if run.first - FIRST < boundary else NEW.address
        return FINAL if signer == right else RunFate(Fate.REFUSED, 9, Refusal.SIGNATURE_INVALID, 1)

    return judge


def test_round__rotation_within_a_run__each_side_with_its_key_and_none_lost(desk: Desk) -> None:
    reads(desk, *range(6))
    way = courier(desk, Ledger(rotation(3)), NEW, OLD)
    for at in range(4):
        way.round(at)
    assert states(desk.outbox) == (0, 0, 6, 0)


def test_round__after_a_rotation__the_key_taken_last_comes_first(desk: Desk) -> None:
    ledger = Ledger(rotation(3))
    way = courier(desk, ledger, OLD, NEW)
    for k in range(6):
        reads(desk, k)
        while way.round(k).again:
            pass
    assert states(desk.outbox) == (0, 0, 6, 0)
    assert [asked[0][2] for asked in ledger.asked][-2:] == [NEW.address] * 2


def test_round__rotation_that_never_came__the_old_key_goes_on(desk: Desk) -> None:
    reads(desk, 0, 1)
    way = courier(desk, Ledger(rotation(99)), NEW, OLD)
    while way.round(1).again:
        pass
    assert states(desk.outbox) == (0, 0, 2, 0)


def test_round__no_key_is_the_right_one__parked_after_all_were_tried(desk: Desk) -> None:
    reads(desk, 0)
    ledger = Ledger(lambda *_: RunFate(Fate.REFUSED, 9, Refusal.SIGNATURE_INVALID, 1))
    way = courier(desk, ledger, OLD, NEW)
    while way.round(1).again:
        pass
    assert sorted(asked[0][2] for asked in ledger.asked) == sorted([OLD.address, NEW.address])
    assert desk.outbox.parked(1)[0].reason.startswith("signature")


def test_release__key_brought_later__parked_ones_go_out(desk: Desk) -> None:
    reads(desk, 0)
    way = courier(desk, Ledger(rotation(0)), OLD)
    way.round(1)
    assert desk.outbox.release() == 1
    way = courier(desk, Ledger(rotation(0)), OLD, NEW)
    while way.round(2).again:
        pass
    assert states(desk.outbox) == (0, 0, 1, 0)


def test_purge__final_long_ago__forgotten_but_for_the_newest(desk: Desk) -> None:
    reads(desk, 0, 1, 2)
    courier(desk, Ledger()).round(at=1_000)
    assert desk.outbox.purge(1_000) == 0
    assert desk.outbox.purge(1_001) == 2
    assert desk.outbox.last_intervals() == {HOME: FIRST + 2}


def test_purge__on_its_way_or_parked__kept(desk: Desk) -> None:
    reads(desk, 0, 2)
    courier(
        desk, Ledger(lambda run, _: WAITING if run.run.first == FIRST else RunFate(Fate.REFUSED, 1, Refusal.EMPTY))
    ).round(1)
    assert desk.outbox.purge(10**15) == 0
    assert states(desk.outbox) == (0, 1, 0, 1)
