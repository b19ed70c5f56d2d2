"""Pushing signed runs to a real ledger: what becomes of each, and that pushing again is harmless."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.community import KEYS, Community, gateway_key, made, used
from tests.support.village import FLAT, MILL, ROOF, SPA
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Quality
from wattcommons.errors import NodeUnavailable, RevertedError
from wattcommons.services.delivery.fate import Refusal
from wattcommons.services.delivery.push import Push, PushBudget, State
from wattcommons.services.gateway.signer import RunSigner

pytestmark = pytest.mark.integration


def push_of(village: Community, **budget: Any) -> Push:
    return Push(village.contracts, village.sender(village.stranger), PushBudget(**budget), wait=lambda _: None)


def day_of(village: Community, participant: int, *wh: int) -> list[SignedRun]:
    domain = domain_of(village.deployment, "MeterLedger")
    readings = {village.first + at: used(one) for at, one in enumerate(wh)}
    return RunSigner(gateway_key(participant), domain, participant).sign(readings)  # type: ignore[arg-type]


def test_push__run_larger_than_a_transaction__raises(village: Community) -> None:
    runs = day_of(village, FLAT, *[100] * 10)
    village.after(village.first + 9)
    with pytest.raises(RevertedError):
        push_of(village, gas=60_000).push(runs)


def test_push__node_keeps_failing__raises_after_all_attempts(
    village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    push = Push(village.contracts, village.sender(), PushBudget(attempts=3), wait=waits.append)

    def fail(*_: object, **__: object) -> None:
        raise NodeUnavailable("no node")

    monkeypatch.setattr(push.sender, "send", fail)
    village.after(village.first)
    with pytest.raises(NodeUnavailable):
        push.push(day_of(village, FLAT, 100))
    assert waits == [0.5, 1.0]


def test_push__node_fails_once__succeeds(village: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    push = push_of(village)
    send, calls = push.sender.send, []

    def fail_first(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise NodeUnavailable("no node")
        return send(*arguments, **options)

    monkeypatch.setattr(push.sender, "send", fail_first)
    village.after(village.first)
    assert push.push(day_of(village, FLAT, 100)).recorded == 1


def test_push__bad_runs_among_good_ones__each_with_its_reason(village: Community) -> None:
    first = village.first
    village.after(first + 1)
    runs = [
        village.run(MILL, first, made(500)),
        village.run(ROOF, first, made(500), by=KEYS.gateway("stranger")),
        village.run(SPA, first, used(10**6)),
        village.run(FLAT, first + 1, used(1), used(1)),
        village.run(FLAT, first, used(7)),
    ]
    report = push_of(village).push(runs)
    assert [outcome.state for outcome in report.outcomes] == [
        State.RECORDED,
        State.SKIPPED,
        State.SKIPPED,
        State.SKIPPED,
        State.RECORDED,
    ]
    assert [outcome.reason for outcome in report.skipped] == [
        Refusal.SIGNATURE_INVALID,
        Refusal.IMPLAUSIBLE,
        Refusal.NOT_ENDED,
    ]
    assert report.skipped[1].detail == first << 64 | 4_950 << 32 | 10**6
    assert report.recorded == 2


def test_push__same_runs_again__nothing_is_sent(village: Community) -> None:
    runs = day_of(village, FLAT, 100, 200, 300)
    village.after(village.first + 2)
    push = push_of(village)
    assert push.push(runs).recorded == 3
    again = push.push(runs)
    assert (again.recorded, again.transactions) == (0, ())
    assert [outcome.state for outcome in again.outcomes] == [State.KNOWN]


def test_push__longer_run_later__only_the_new_readings_count(village: Community) -> None:
    village.after(village.first + 2)
    push = push_of(village)
    push.push(day_of(village, FLAT, 100, 200))
    assert push.push(day_of(village, FLAT, 100, 200, 300)).recorded == 1
    assert village.reading(FLAT, village.first + 2) == (0, 300, Quality.MEASURED, False)


def test_push__differing_reading__conflict_reported_and_the_first_stays(village: Community) -> None:
    village.after(village.first + 1)
    push = push_of(village)
    push.push(day_of(village, FLAT, 100, 200))
    report = push.push(day_of(village, FLAT, 100, 999))
    [outcome] = report.outcomes
    assert (report.recorded, outcome.state) == (0, State.KNOWN)
    assert [conflict.interval for conflict in outcome.conflicts] == [village.first + 1]
    assert village.reading(FLAT, village.first + 1)[1] == 200


def test_push__more_than_one_transaction_holds__all_recorded_in_several(village: Community) -> None:
    village.after(village.first + 9)
    runs = [run for participant in village.participants for run in day_of(village, participant, *range(1, 11))]
    report = push_of(village, size=350).push(runs)
    assert len(report.transactions) == 3
    assert report.recorded == 60
    assert [outcome.recorded for outcome in report.outcomes] == [10] * 6


def test_push__estimate_too_low__batch_is_halved_until_it_fits(
    village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wattcommons.services.delivery.push._READING_GAS", 1)
    monkeypatch.setattr("wattcommons.services.delivery.push._RUN_GAS", 1)
    village.after(village.first + 9)
    runs = [run for participant in village.participants for run in day_of(village, participant, *range(1, 11))]
    report = push_of(village, gas=450_000).push(runs)
    assert report.recorded == 60
    assert len(report.transactions) > 1
