"""What the demo tells is what the chain's records add up to, and its cheats are really refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.domain.ecopoints import AwardRule, MilliPoint, TargetOutcome, evaluate
from wattcommons.scenarios.demo import Demo, DemoOptions, DemoVillage
from wattcommons.scenarios.demo_coach import Coach
from wattcommons.scenarios.demo_facts import DemoBook
from wattcommons.scenarios.demo_refusals import (
    NotRefused,
    gateway_replays,
    keeper_shifts_a_price,
    operator_alters_a_reading,
    stranger_mints,
)
from wattcommons.scenarios.tally import tally
from wattcommons.services.delivery.fate import Refusal

pytestmark = pytest.mark.integration

SIGNATURE = Refusal.SIGNATURE_INVALID.name.lower()


@pytest.fixture(scope="module")
def evening() -> Iterator[tuple[Demo, Coach]]:
    """The month's last evening, before the last day is cleared."""
    scene = DemoVillage(DemoOptions(homes=4, days=1))
    with devnet(DevnetOptions(genesis_time=scene.genesis)) as node:
        demo = Demo(connect(node.ipc_path), scene)
        demo.join_coached()
        coach = Coach(demo)
        coach.set_targets()
        demo.play()
        yield demo, coach


def test_refusals__four_cheats__contract_errors_and_no_effect(evening: tuple[Demo, Coach]) -> None:
    demo, _ = evening
    supply = demo.contracts.read("CommunityEuro", "totalSupply")
    altered = operator_alters_a_reading(demo)
    assert (altered.error, altered.reason) == ("LedgerRunRefused", SIGNATURE)
    assert altered.wanted_wh == 2 * altered.true_wh > 0
    shifted = keeper_shifts_a_price(demo)
    assert shifted.error == "MarketProposalWrong"
    assert shifted.wanted == shifted.right + 1
    assert [one.error for one in stranger_mints(demo)] == ["AccessManagedUnauthorized", "GuaranteeOnlyMarket"]
    replayed = gateway_replays(demo)
    assert (replayed.error, replayed.reason) == ("LedgerRunRefused", SIGNATURE)
    assert demo.contracts.read("CommunityEuro", "totalSupply") == supply


def test_gateway_replays__repetition_has_an_effect__never_told_as_refused(evening: tuple[Demo, Coach]) -> None:
    demo, _ = evening
    mill = demo.scene.village.participants[0]
    kept = demo.last_runs[mill.meter_id]
    # Not the recorded run: sending it leaves an event, which a mere repetition must not.
    demo.last_runs[mill.meter_id] = replace(kept, run=replace(kept.run, first=kept.run.first - 1))
    try:
        with pytest.raises(NotRefused):
            gateway_replays(demo)
    finally:
        demo.last_runs[mill.meter_id] = kept


def test_finish__month_over__facts_are_those_of_the_records(evening: tuple[Demo, Coach]) -> None:
    demo, coach = evening
    demo.finish()
    sums = tally(demo.contracts)
    told = DemoBook(demo, demo.events())
    coached = {demo.participant(person) for person in demo.scene.coached}
    for index, found in sums.participants.items():
        if index in coached:
            continue  # theirs are of the whole month
        legs = [parts[index] for parts in told.legs.values()]
        assert found.bought_wh == sum(one.bought_wh for one in legs)
        assert found.sold_wh == sum(one.sold_wh for one in legs)
        assert found.local_received_neur - found.local_paid_neur == sum(one.local_neur for one in legs)
        assert found.saved_neur == sum(one.saved_neur for one in legs)
    village, flat, roof = told.village(), told.flat(), told.roof()
    assert village.production_wh == village.own_use_wh + village.traded_wh + village.export_wh
    assert village.traded_wh == sum(line.matched_wh for line in sums.clearings)
    assert sum(wh for _, wh in flat.suppliers) + flat.grid_wh == flat.consumption_wh
    assert flat.saved_neur > 0
    assert roof.gained_neur > 0

    for month in coach.months():
        used = sum(reading.consumption_wh for reading in demo.scene.readings(month.person, demo.scene.month).values())
        count = len(demo.scene.month)
        terms = demo.community.spec.terms
        rule = AwardRule(terms.points_per_kwh, MilliPoint(terms.max_award_mpt))
        judged = evaluate(month.target.goal, used, measured=count, intervals=count, rule=rule)
        assert (month.outcome, month.used_wh, month.points) == (judged.outcome, used, judged.points)
    won, missed = coach.months()
    assert (won.outcome, missed.outcome) == (TargetOutcome.AWARD, TargetOutcome.MISS)
    spent = coach.redeem(won)
    assert spent.left == won.points - spent.price
