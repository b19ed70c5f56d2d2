"""The plan of export groups: refusals, the rule by example, then that each Wh lies in one place whatever is held."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.export_groups import BATCH_IDS, BegunGroup, DevicePlan, Part, batches, plan_exports
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId, certificate_id, lifetime_of
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import DeviceIndex, IntervalIndex
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

LENGTH = IntervalLength.HALF_HOUR
FIRST = 980_000
ROOF, MILL = DeviceIndex(1), DeviceIndex(2)


def _id(offset: int, device: DeviceIndex = ROOF) -> CertificateId:
    return certificate_id(device, IntervalIndex(FIRST + offset))


NOW = lifetime_of(_id(0), LENGTH).transferable_until - 1
"""The last second at which all of these still move."""


def _begun(number: int, wh: int, offset: int = 0) -> BegunGroup:
    return BegunGroup(number, ROOF, IntervalIndex(FIRST + offset), wh)


def _plan(held: dict[CertificateId, int], *begun: BegunGroup, at: int = NOW) -> DevicePlan:
    [found] = plan_exports(held, begun, LENGTH, at)
    return found


def test_plan__negative_amount__refused() -> None:
    with pytest.raises(RuleError, match="-1 Wh"):
        plan_exports({_id(0): -1}, (), LENGTH, NOW)


@pytest.mark.parametrize("wh", [-1, STANDARD_WH])
def test_plan__open_group_that_is_none__refused(wh: int) -> None:
    with pytest.raises(RuleError, match="open group 1"):
        plan_exports({}, [_begun(1, wh)], LENGTH, NOW)


def test_plan__nothing_held__no_device() -> None:
    assert plan_exports({_id(0): 0}, (), LENGTH, NOW) == ()


def test_plan__one_wh_too_few__all_carried_over() -> None:
    found = _plan({_id(0): 500_000, _id(1): 499_999})
    assert (found.groups, found.carried_over_wh) == ((), 999_999)


def test_plan__oldest_first__splits_the_certificate_that_fills_the_group() -> None:
    found = _plan({_id(2): 700_000, _id(0): 600_000, _id(1): 800_000})
    assert [group.parts for group in found.groups] == [
        (Part(_id(0), 600_000), Part(_id(1), 400_000)),
        (Part(_id(1), 400_000), Part(_id(2), 600_000)),
    ]
    assert found.carried_over == (Part(_id(2), 100_000),)


def test_plan__open_group__filled_first() -> None:
    found = _plan({_id(0): 1_300_000}, _begun(7, 900_000))
    assert [(group.number, group.begun_wh, group.parts) for group in found.groups] == [
        (7, 900_000, (Part(_id(0), 100_000),)),
        (None, 0, (Part(_id(0), 1_000_000),)),
    ]
    assert found.carried_over_wh == 200_000


def test_plan__open_group_that_cannot_be_filled__the_next_one_is() -> None:
    found = _plan({_id(0): 150_000}, _begun(1, 100_000), _begun(2, 900_000))
    assert [group.number for group in found.groups] == [2]
    assert found.carried_over_wh == 50_000


def test_plan__twelve_months_after_production__too_late_at_the_second() -> None:
    held = {_id(0): 400_000, _id(1): 1_000_000}
    assert len(_plan(held).groups) == 1
    late = _plan(held, at=NOW + 1)
    assert late.too_late == (Part(_id(0), 400_000),)
    assert [group.parts for group in late.groups] == [(Part(_id(1), 1_000_000),)]
    assert late.carried_over_wh == 0


def test_plan__open_group_too_old_to_be_exported__left_alone_unless_empty() -> None:
    held = {_id(1): 1_000_000}
    old, empty = _begun(1, 400_000), _begun(2, 0)
    late = _plan(held, old, empty, at=NOW + 1)
    assert late.stale == (old,)
    assert [group.number for group in late.groups] == [2]


def test_plan__two_devices__never_in_one_group() -> None:
    roof, mill = plan_exports({_id(0): 600_000, _id(0, MILL): 600_000}, (), LENGTH, NOW)
    assert (roof.device, mill.device) == (ROOF, MILL)
    assert (roof.groups, mill.groups) == ((), ())


@pytest.mark.parametrize(("parts", "sizes"), [(0, []), (1, [1]), (64, [64]), (65, [64, 1]), (129, [64, 64, 1])])
def test_batches__around_the_limit__at_most_64_in_order(parts: int, sizes: list[int]) -> None:
    given_parts = [Part(_id(one), 1) for one in range(parts)]
    found = batches(given_parts)
    assert [len(one) for one in found] == sizes
    assert [part for one in found for part in one] == given_parts
    assert BATCH_IDS == 64


@given(
    st.dictionaries(st.tuples(st.sampled_from((ROOF, MILL)), st.integers(0, 30)), st.integers(0, 700_000), max_size=30),
    st.lists(st.integers(0, STANDARD_WH - 1), max_size=3),
    st.integers(-1, 31),
)
def test_plan__whatever_is_held__each_wh_in_one_place_and_groups_exact(
    held: dict[tuple[DeviceIndex, int], int], begun: list[int], passed: int
) -> None:
    wallet = {_id(offset, device): wh for (device, offset), wh in held.items()}
    groups = [_begun(number, wh, offset=number) for number, wh in enumerate(begun, 1)]
    at = NOW + 1 + passed * LENGTH.seconds  # the first `passed` + 1 intervals move no more
    for plan in plan_exports(wallet, groups, LENGTH, at):
        parts = [part for group in plan.groups for part in group.parts]
        placed: dict[CertificateId, int] = {}
        for part in [*parts, *plan.carried_over, *plan.too_late]:
            assert part.wh > 0
            placed[part.certificate] = placed.get(part.certificate, 0) + part.wh
        assert placed == {one: wh for one, wh in wallet.items() if one >> 32 == plan.device and wh}
        assert all(group.wh == STANDARD_WH for group in plan.groups)
        order = [part.certificate for part in [*parts, *plan.carried_over]]
        assert order == sorted(order)
        filled = [group.number for group in plan.groups if group.number is not None]
        assert len(filled) == len(set(filled))
        missing = [
            STANDARD_WH - one.wh for one in groups if plan.device == ROOF and one not in plan.stale
            and one.number not in filled
        ]  # fmt: skip
        assert plan.carried_over_wh < min([STANDARD_WH, *missing])
        assert all(lifetime_of(one, LENGTH).transferable_until > at for one in order)
