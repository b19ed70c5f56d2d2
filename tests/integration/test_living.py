"""A village that lives on after the demo's month, on a development chain of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.domain.intervals import end_unix, start_unix
from wattcommons.domain.local_time import local_start
from wattcommons.errors import RuleError
from wattcommons.scenarios.demo import Demo, DemoOptions, DemoVillage
from wattcommons.scenarios.demo_coach import formula_hash
from wattcommons.scenarios.living import MAX_SPEED, Living, living_village
from wattcommons.scenarios.village_texts import OFFERS
from wattcommons.services.audit.book import book
from wattcommons.simulation.people import Kind
from wattcommons.simulation.village import ZONE

pytestmark = pytest.mark.integration
SETTLED = 3


@dataclass(frozen=True)
class Lived:
    """A living village and when its tests begin."""

    living: Living
    began: int

    @property
    def demo(self) -> Demo:
        return self.living.demo


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    scene = DemoVillage(DemoOptions(homes=4, days=1, seed=1))
    with devnet(DevnetOptions(genesis_time=scene.genesis)) as node:
        living = living_village(connect(node.ipc_path), scene)
        yield Lived(living, living.now)


@pytest.mark.parametrize("speed", [0, -1, MAX_SPEED + 1])
def test_live__impossible_speed__refused(lived: Lived, speed: int) -> None:
    with pytest.raises(RuleError, match="times faster"):
        lived.living.live(threading.Event(), speed)


def test_begin__demo_month_over__second_morning_with_everything_settled(lived: Lived) -> None:
    local = local_start(lived.began // 1_800, lived.living.length, ZONE)
    assert (local.month, local.day, local.hour) == (5, 2, 10)
    demo = lived.demo
    outcomes = [
        demo.contracts.read("EnergyMarket", "outcomeOf", interval)[SETTLED]
        for interval in range(demo.scene.live.first, lived.began // 1_800)
    ]
    assert len(outcomes) == 48 + 48 + 20
    assert all(outcomes)


def test_begin__offers_and_consents__on_the_chain(lived: Lived) -> None:
    contracts = lived.demo.contracts
    assert contracts.read("Ecopoints", "offerCount") == len(OFFERS)
    states = [contracts.read("ConsentRegistry", "stateOf", number) for number in (1, 2)]
    assert states == [1, 2]  # asked for; given


def test_prepare__every_home__has_a_target_whose_formula_is_known(lived: Lived) -> None:
    demo, contracts = lived.demo, lived.demo.contracts
    homes = [one for one in demo.scene.village.participants if one.kind in (Kind.ROOF, Kind.FLAT)]
    for person in homes:
        place = demo.participant(person)
        number = contracts.read("GreenCoach", "periodCount", place)
        assert number == (2 if person in demo.scene.coached else 1)
        target = contracts.read("GreenCoach", "targetOf", place, number)
        formula = lived.living.formulas[target[4]]
        assert formula_hash(formula) == target[4]
        assert formula.startswith("2026-05 fit of 12 months")
        assert f"= {target[2]} Wh;" in formula


def test_pass_interval__a_day_and_a_half__all_settled_and_the_book_holds(lived: Lived) -> None:
    living, demo = lived.living, lived.demo
    first = living.next_interval
    passed = [living.pass_interval() for _ in range(72)]
    assert passed == list(range(first, first + 72))
    assert living.next_interval == first + 72
    assert living.troubles == []
    report = book(demo.contracts, demo.scene.month.first, living.next_interval)
    assert report.ok, [check for check in report.checks if check.broken]
    settled = next(check for check in report.checks if check.name.startswith("every interval is settled"))
    assert settled.counted >= 72
    assert demo.contracts.read("GuaranteeOfOrigin", "statementCount") >= 1
    moment = end_unix(passed[-1], living.length)
    assert moment <= living.now < moment + living.length.seconds


def test_pass_to__what_is_past__nothing_happens(lived: Lived) -> None:
    now, upcoming = lived.living.now, lived.living.next_interval
    assert lived.living.pass_to(now - 10_000) == []
    assert lived.living.next_interval == upcoming
    assert lived.living.now == now


def test_pass_to__next_month__its_prices_and_targets_are_set_before_it_begins(lived: Lived) -> None:
    living, contracts = lived.living, lived.demo.contracts
    june = living.demo.scene.month.end + (31 * 48)
    assert local_start(june, living.length, ZONE).month == 6
    living.pass_to(start_unix(june, living.length) - 36 * 3_600)
    flat = living.demo.participant(living.demo.scene.coached[0])
    assert contracts.read("GreenCoach", "periodCount", flat) == 3
    assert contracts.read("GreenCoach", "targetOf", flat, 3)[0] == june
    noon = june + 24
    assert list(contracts.read("TariffSchedule", "pricesAt", noon)) == [259_000, 40_000, 45_000]


def test_live__fast_clock__intervals_settle_until_stopped(lived: Lived) -> None:
    living = lived.living
    stop, first = threading.Event(), living.next_interval
    thread = threading.Thread(target=living.live, args=(stop, MAX_SPEED))
    thread.start()
    deadline = time.monotonic() + 30
    while living.next_interval < first + 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert living.next_interval >= first + 4
    assert all(
        living.demo.contracts.read("EnergyMarket", "outcomeOf", interval)[SETTLED]
        for interval in range(first, living.next_interval)
    )
