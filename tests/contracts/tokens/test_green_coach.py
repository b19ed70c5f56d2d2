"""Targets fixed before their period, judged once, from recorded readings alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.registry.kit import deploy
from tests.contracts.tokens.kit import (
    DAY,
    GRACE_S,
    LEAD_S,
    LENGTH_S,
    MAX_AWARD,
    POINTS_PER_KWH,
    Stage,
    key_of,
    unauthorized,
)
from wattcommons.domain import ecopoints

pytestmark = pytest.mark.contracts

COACH, LEDGER, ECO = "GreenCoach", "ConsumptionMock", "Ecopoints"
HASH = b"\x07" * 32
LONGEST = 32 * DAY
EXPECTATION, TARGET = 10_000, 9_000
NONE, AWARD, MISS, NO_DATA, ACCOUNT_CLOSED = range(5)


def target(first: int, end: int, expectation: int = EXPECTATION, goal: int = TARGET) -> tuple[Any, ...]:
    return (first, end, expectation, goal, HASH)


@pytest.fixture
def start(stage: Stage) -> int:
    """First interval of the prosumer's period 1, a day long."""
    stage.do(f"{COACH}.setTarget", 1, 1, target(stage.first, stage.first + DAY), by="coach")
    return stage.first


def finish(stage: Stage, start: int, later: int = 0) -> None:
    """The period's last second has passed, by `later` seconds more."""
    stage.travel((start + DAY) * LENGTH_S + later)


def use(stage: Stage, start: int, total: int, count: int = DAY) -> None:
    """The prosumer's recorded consumption over the first `count` intervals, `total` Wh in all."""
    stage.do(f"{LEDGER}.measure", 1, start, count, total // count, by="deployer")
    stage.do(f"{LEDGER}.measure", 1, start, 1, total // count + total % count, by="deployer")


def judged(stage: Stage) -> tuple[int, int, int]:
    """Outcome, Wh and mPt of the prosumer's period 1."""
    outcome, _, consumption, points = stage.see(f"{COACH}.evaluationOf", 1, 1)
    return outcome, consumption, points


# ---------------------------------------------------------------------- setting a target


@pytest.mark.parametrize(
    "who", ["stranger", "prosumer", "operator", "treasurer", "issuing body", "partner", "deployer"]
)
def test_set_target__without_the_role__reverts(stage: Stage, who: str) -> None:
    arguments = (1, 1, target(stage.first, stage.first + 1))
    assert stage.refused(f"{COACH}.setTarget", *arguments, by=who) == unauthorized(stage, who)


@pytest.mark.parametrize("participant", [0, 4, 2**32 - 1])
def test_set_target__unknown_participant__reverts(stage: Stage, participant: int) -> None:
    refused = stage.refused(f"{COACH}.setTarget", participant, 1, target(stage.first, stage.first + 1), by="coach")
    assert refused == ("CoachParticipantUnknown", participant)


@pytest.mark.parametrize("period", [0, 3, 2**32 - 1])
def test_set_target__number_out_of_order__reverts(stage: Stage, start: int, period: int) -> None:
    refused = stage.refused(f"{COACH}.setTarget", 1, period, target(start + DAY, start + 2 * DAY), by="coach")
    assert refused == ("CoachPeriodNumber", period, 2)


@pytest.mark.parametrize("length", [0, -1, LONGEST + 1])
def test_set_target__empty_or_too_long__reverts(stage: Stage, length: int) -> None:
    first = stage.first
    refused = stage.refused(f"{COACH}.setTarget", 1, 1, target(first, first + length), by="coach")
    assert refused == ("CoachPeriodLength", first, first + length, LONGEST)


def test_set_target__above_the_expectation__reverts(stage: Stage) -> None:
    terms = target(stage.first, stage.first + 1, 10, 11)
    refused = stage.refused(f"{COACH}.setTarget", 1, 1, terms, by="coach")
    assert refused == ("CoachTargetAboveExpectation", 11, 10)


def test_set_target__gate_closed__reverts_to_the_second(stage: Stage) -> None:
    terms = target(stage.first, stage.first + 1)
    stage.travel(stage.first * LENGTH_S - LEAD_S)
    stage.call(f"{COACH}.setTarget", 1, 1, terms).call({"from": stage.address("coach")})
    stage.travel(stage.first * LENGTH_S - LEAD_S + 1)
    refused = stage.refused(f"{COACH}.setTarget", 1, 1, terms, by="coach")
    assert refused == ("IntervalGateClosed", stage.first, stage.first + 1)


def test_set_target__replacing_one_that_has_begun__reverts(stage: Stage, start: int) -> None:
    stage.travel(start * LENGTH_S)
    refused = stage.refused(f"{COACH}.setTarget", 1, 1, target(start + 5, start + 9), by="coach")
    assert refused[:2] == ("IntervalGateClosed", start)


@pytest.mark.parametrize(
    ("period", "first", "end", "other"),
    [(2, -1, 10, 1), (2, DAY - 1, DAY + 1, 1), (1, 0, DAY + 1, 2), (1, DAY, 2 * DAY, 2)],
)
def test_set_target__overlap_or_disorder__reverts(
    stage: Stage, start: int, period: int, first: int, end: int, other: int
) -> None:
    if period == 1:
        stage.do(f"{COACH}.setTarget", 1, 2, target(start + DAY, start + 2 * DAY), by="coach")
    first_open = max(start + first, stage.first)
    refused = stage.refused(f"{COACH}.setTarget", 1, period, target(first_open, start + end), by="coach")
    assert refused == ("CoachPeriodOverlaps", 1, other)


def test_set_target__adjacent_and_replaced__kept_as_given(stage: Stage, start: int) -> None:
    stage.do(f"{COACH}.setTarget", 1, 2, target(start + DAY, start + DAY + LONGEST), by="coach")
    receipt = stage.do(f"{COACH}.setTarget", 1, 1, target(start + 1, start + DAY, 8, 8), by="coach")
    [event] = stage.events(receipt, f"{COACH}.TargetSet")
    assert (event["participant"], event["period"], event["expectationWh"], event["formulaHash"]) == (1, 1, 8, HASH)
    assert stage.see(f"{COACH}.targetOf", 1, 1) == (start + 1, start + DAY, 8, 8, HASH)
    assert (stage.see(f"{COACH}.periodCount", 1), stage.see(f"{COACH}.periodCount", 2)) == (2, 0)


@pytest.mark.parametrize("period", [0, 2])
def test_period_views__unknown_period__revert(stage: Stage, start: int, period: int) -> None:
    expected = ("CoachPeriodUnknown", 1, period)
    assert stage.refused(f"{COACH}.targetOf", 1, period, by="stranger") == expected
    assert stage.refused(f"{COACH}.deadlineOf", 1, period, by="stranger") == expected
    assert stage.refused(f"{COACH}.evaluate", 1, period, 1, by="stranger") == expected


# ---------------------------------------------------------------------- judging: refusals


def test_evaluate__nothing_to_read__reverts(stage: Stage, start: int) -> None:
    assert stage.refused(f"{COACH}.evaluate", 1, 1, 0, by="stranger") == ("CoachMaxIntervalsZero",)


def test_evaluate__period_not_over__reverts_to_the_second(stage: Stage, start: int) -> None:
    use(stage, start, TARGET)
    end = (start + DAY) * LENGTH_S
    stage.travel(end - 1)
    assert stage.refused(f"{COACH}.evaluate", 1, 1, DAY, by="stranger") == ("CoachPeriodNotEnded", 1, 1, end)
    stage.travel(end)
    assert stage.call(f"{COACH}.evaluate", 1, 1, DAY).call() == AWARD


@pytest.mark.parametrize("missing", [0, 20, DAY - 1])
def test_evaluate__readings_may_still_come__reverts_until_the_deadline(stage: Stage, start: int, missing: int) -> None:
    use(stage, start, TARGET)
    stage.do(f"{LEDGER}.forget", 1, start + missing, by="deployer")
    finish(stage, start)
    deadline = (start + DAY) * LENGTH_S + GRACE_S
    assert stage.see(f"{COACH}.deadlineOf", 1, 1) == deadline
    stage.travel(deadline - 1)
    refused = stage.refused(f"{COACH}.evaluate", 1, 1, DAY, by="stranger")
    assert refused == ("CoachReadingsMissing", start, DAY, DAY - 1, deadline)
    stage.next_block_at(deadline)
    stage.do(f"{COACH}.evaluate", 1, 1, DAY, by="stranger")
    assert judged(stage)[0::2] == (NO_DATA, 0)


def test_evaluate__judged__never_again_whatever_arrives(stage: Stage, start: int) -> None:
    use(stage, start, TARGET)
    stage.do(f"{LEDGER}.forget", 1, start + 7, by="deployer")
    finish(stage, start, GRACE_S)
    stage.do(f"{COACH}.evaluate", 1, 1, DAY, by="stranger")
    use(stage, start, 100)
    assert stage.refused(f"{COACH}.evaluate", 1, 1, DAY, by="coach") == ("CoachAlreadyEvaluated", 1, 1)
    assert stage.see(f"{ECO}.totalSupply") == 0


# ---------------------------------------------------------------------- judging: outcomes


@pytest.mark.parametrize("actual", [0, 1, TARGET - 1, TARGET, TARGET + 1, EXPECTATION, 5 * EXPECTATION])
@pytest.mark.parametrize("chunk", [DAY, 17])
def test_evaluate__all_readings__agrees_with_the_domain(stage: Stage, start: int, actual: int, chunk: int) -> None:
    use(stage, start, actual)
    finish(stage, start)
    while judged(stage)[0] == NONE:
        stage.do(f"{COACH}.evaluate", 1, 1, chunk, by="stranger")
    rule = ecopoints.AwardRule(POINTS_PER_KWH, ecopoints.MilliPoint(MAX_AWARD))
    goal = ecopoints.Goal(EXPECTATION, TARGET)
    expected = ecopoints.evaluate(goal, actual, measured=DAY, intervals=DAY, rule=rule)
    assert judged(stage) == (int(expected.outcome), actual, expected.points)
    assert stage.see(f"{ECO}.balanceOf", stage.address("prosumer")) == expected.points


def test_evaluate__huge_saving__capped(stage: Stage) -> None:
    terms = target(stage.first, stage.first + DAY, 2**64 - 1, 2**64 - 1)
    stage.do(f"{COACH}.setTarget", 1, 1, terms, by="coach")
    use(stage, stage.first, 0)
    finish(stage, stage.first)
    receipt = stage.do(f"{COACH}.evaluate", 1, 1, DAY, by="stranger")
    [event] = stage.events(receipt, f"{COACH}.Evaluated")
    assert (event["outcome"], event["points"]) == (AWARD, MAX_AWARD)
    [award] = stage.events(receipt, f"{ECO}.Awarded")
    assert int.from_bytes(award["awardReference"], "big") == 1 << 32 | 1


def test_evaluate__target_equal_to_use_and_expectation__award_without_points(stage: Stage) -> None:
    stage.do(f"{COACH}.setTarget", 1, 1, target(stage.first, stage.first + DAY, 48, 48), by="coach")
    use(stage, stage.first, 48)
    finish(stage, stage.first)
    receipt = stage.do(f"{COACH}.evaluate", 1, 1, DAY, by="stranger")
    assert judged(stage) == (AWARD, 48, 0)
    assert stage.events(receipt, f"{ECO}.Awarded") == []


def test_evaluate__longest_period_in_chunks__each_interval_once(stage: Stage) -> None:
    stage.do(f"{COACH}.setTarget", 1, 1, target(stage.first, stage.first + LONGEST, 10**6, 10**6), by="coach")
    for day in range(32):
        stage.do(f"{LEDGER}.measure", 1, stage.first + day * DAY, DAY, 3 + day, by="deployer")
    stage.travel((stage.first + LONGEST) * LENGTH_S)
    receipt = stage.do(f"{COACH}.evaluate", 1, 1, 1_000, by="stranger")
    advanced = {"participant": 1, "period": 1, "nextInterval": stage.first + 1_000}
    assert stage.events(receipt, f"{COACH}.EvaluationAdvanced") == [advanced]
    stage.do(f"{COACH}.evaluate", 1, 1, 2**32 - 1, by="prosumer")
    assert judged(stage)[:2] == (AWARD, DAY * sum(3 + day for day in range(32)))


def test_evaluate__second_chunk_incomplete_at_the_deadline__no_data(stage: Stage, start: int) -> None:
    use(stage, start, 20, count=20)
    finish(stage, start, GRACE_S)
    stage.do(f"{COACH}.evaluate", 1, 1, 20, by="stranger")
    assert judged(stage) == (NONE, 20, 0)
    stage.do(f"{COACH}.evaluate", 1, 1, 20, by="stranger")
    assert judged(stage) == (NO_DATA, 20, 0)


def test_evaluate__account_closed__no_points_and_no_block(stage: Stage, start: int) -> None:
    use(stage, start, TARGET)
    finish(stage, start)
    stage.registry("setClosed", 1, True)
    stage.do(f"{COACH}.evaluate", 1, 1, DAY, by="stranger")
    assert judged(stage) == (ACCOUNT_CLOSED, TARGET, 0)


def test_evaluate__key_replaced__points_to_the_present_wallet(stage: Stage, start: int) -> None:
    use(stage, start, TARGET)
    finish(stage, start)
    stage.registry("replaceWallet", 1, stage.address("new wallet"))
    stage.do(f"{COACH}.evaluate", 1, 1, DAY, by="stranger")
    points = (EXPECTATION - TARGET) * POINTS_PER_KWH
    assert stage.see(f"{ECO}.balanceOf", stage.address("new wallet")) == points


def test_settings__as_deployed__readable(stage: Stage) -> None:
    found = [stage.see(f"{COACH}.{name}") for name in ("pointsPerKwh", "maxAward", "dataGrace")]
    assert found == [POINTS_PER_KWH, MAX_AWARD, GRACE_S]


@pytest.mark.parametrize("missing", [2, 3])
def test_constructor__without_ledger_or_points__reverts(stage: Stage, missing: int) -> None:
    addresses = [stage.address(name) for name in ("AccessManager", "MemberRegistryMock", LEDGER, ECO)]
    addresses[missing] = "0x" + "00" * 20
    with pytest.raises(Exception, match="reverted"):
        deploy(stage.web3, COACH, *addresses, 1, 1, 1, sender=key_of("deployer").address)
