"""Sampling: what is drawn, and that the stated bound is the exact one."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import comb

import pytest

from tests.unit.audit.paper import DEPLOYMENT, FIRST, Paper, key, reading
from wattcommons.errors import SettingsError
from wattcommons.services.audit import checks
from wattcommons.services.audit.book import Audit
from wattcommons.services.audit.report import AuditReport
from wattcommons.services.audit.sampling import Sample, bad_at_most, result_of

pytestmark = pytest.mark.unit


def audit(paper: Paper, size: int, seed: int = 1) -> AuditReport:
    paper.state.timestamp = paper.now
    found = Audit(DEPLOYMENT, sample=Sample(size, seed))
    found.read(paper.events)
    return found.report(paper.state)


def chance(population: int, checked: int, bad: int, among: int) -> Fraction:
    """P(at most `bad` of the `among` bad ones are in the sample), term by term."""
    ways = [comb(among, i) * comb(population - among, checked - i) for i in range(bad + 1) if checked - i >= 0]
    return Fraction(sum(ways), comb(population, checked))


def test_sample__of_nothing__refused() -> None:
    with pytest.raises(SettingsError, match="1 or more"):
        Sample(0, 1)


def test_book__forged_signature_drawn__named_and_counted(paper: Paper) -> None:
    paper.record(1, FIRST + 3, reading(0, 1), signer=key(666))
    report = audit(paper, 100)
    [broken] = report.check(checks.SIGNATURES).broken
    assert broken.tx == paper.events[-1].tx_hash
    assert (report.sample.population, report.sample.bad, report.sample.bound) == (10, 1, 1)  # type: ignore[union-attr]


def test_book__forged_signature_not_drawn__bound_allows_it(paper: Paper) -> None:
    paper.record(1, FIRST + 3, reading(0, 1), signer=key(666))
    found = [audit(paper, 3, seed).sample for seed in range(30)]
    assert {one.bad for one in found if one} == {0, 1}
    assert all(one.bound >= 1 for one in found if one)


def test_book__sample__everything_else_is_complete(paper: Paper) -> None:
    paper.record(1, FIRST + 3, reading(0, 4_951))
    paper.state.balances[1] += 1
    report = audit(paper, 1)
    assert {check.name for check in report.checks if not check.ok} == {checks.READINGS, checks.ACCOUNTS}
    assert report.check(checks.SIGNATURES).counted == 1
    assert "Everything but signatures is complete" in report.check(checks.SIGNATURES).detail


@pytest.mark.parametrize("population", [1, 2, 7, 40])
def test_bound__every_small_case__largest_that_is_not_ruled_out(population: int) -> None:
    for checked in range(1, population + 1):
        for bad in range(checked + 1):
            possible = range(bad, population - (checked - bad) + 1)
            wanted = max(one for one in possible if chance(population, checked, bad, one) > Fraction(5, 100))
            assert bad_at_most(population, checked, bad) == wanted, (checked, bad)


def test_bound__large_book__near_the_rule_of_three() -> None:
    assert bad_at_most(1_000_000, 3_000, 0) in range(980, 1_000)  # 3 / 3,000 of a million
    assert bad_at_most(1_000_000, 1_000_000, 4) == 4


def test_sample__many_draws__each_as_often() -> None:
    drawn: Counter[int] = Counter()
    for seed in range(3_000):
        sample: Sample[int] = Sample(2, seed)
        for one in range(6):
            sample.offer(one)
        drawn.update(sample.chosen)
        assert len(set(sample.chosen)) == 2
    assert all(900 < count < 1_100 for count in drawn.values())


def test_result__words__say_seed_bound_and_confidence() -> None:
    words = result_of(100_000, 1_000, 0, 7).words
    assert "1,000 of 100,000 signatures were checked, drawn evenly by seed 7: 0 bad" in words
    assert "With 95 % confidence at most 29" in words
    assert result_of(5, 5, 0, 7).words == "all 5 signatures were checked: 0 bad"
