"""Numbered Wh: refusals, the rule by example, then that no Wh ever lies in two bundles, whatever happens."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.accounts import Account
from wattcommons.domain.bundles import Bundle, BundleEvent, BundleState, bundles_of, lowest
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.domain.units import Wh
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

PRODUCER, BUYER, TRADER = (Account(name) for name in ("producer", "buyer", "trader"))
HELD, CANCELLED = BundleState.HELD, BundleState.CANCELLED


def _split(own_use: int, sold: int, minted: int) -> CertificateSplit:
    return CertificateSplit(Wh(own_use), Wh(sold), Wh(minted))


@pytest.mark.parametrize(
    "event",
    [
        BundleEvent("transferred", 101, PRODUCER, BUYER),
        BundleEvent("transferred", 1, BUYER, PRODUCER),
        BundleEvent("transferred", 1, None, PRODUCER),
        BundleEvent("cancelled", -1, PRODUCER, statement=1),
        BundleEvent("cancelled", 1, None, statement=1),
        BundleEvent("claimed", 1, target=PRODUCER),
        BundleEvent("withdrawn", 1),
        BundleEvent("minted", 1, PRODUCER),
        BundleEvent("locked", 101, PRODUCER, group=1),
        BundleEvent("locked", 1, PRODUCER),
        BundleEvent("locked", 1, group=1),
        BundleEvent("released", 1, target=PRODUCER, group=1),
        BundleEvent("exported", 1, group=1),
        BundleEvent("issued_more", 0, target=PRODUCER),
    ],
)
def test_bundles__event_of_no_chain__refused(event: BundleEvent) -> None:
    with pytest.raises(RuleError):
        bundles_of(_split(1, 2, 100), PRODUCER, [event])


def test_lowest__more_than_held__refused() -> None:
    bundles = bundles_of(_split(0, 0, 10), PRODUCER, [])
    for account, wh in ((PRODUCER, 11), (BUYER, 1), (None, 1)):
        with pytest.raises(RuleError, match="more than there are"):
            lowest(bundles, account, wh)


def test_bundles__at_issue__own_use_then_sales_then_the_rest() -> None:
    assert bundles_of(_split(20, 30, 50), PRODUCER, []) == [
        Bundle(1, 20, BundleState.OWN_USE),
        Bundle(21, 50, BundleState.SOLD),
        Bundle(51, 100, HELD, PRODUCER),
    ]
    assert bundles_of(_split(0, 0, 7), None, []) == [Bundle(1, 7, BundleState.WAITING)]
    assert bundles_of(_split(0, 9, 0), PRODUCER, []) == [Bundle(1, 9, BundleState.SOLD)]


def test_bundles__moved_there_and_back_and_used__lowest_numbers_first() -> None:
    events = [
        BundleEvent("transferred", 40, PRODUCER, BUYER),  # 1-40
        BundleEvent("cancelled", 10, BUYER, statement=1),  # 1-10
        BundleEvent("transferred", 20, BUYER, PRODUCER),  # 11-30
        BundleEvent("cancelled", 25, PRODUCER, statement=2),  # 11-30 and 41-45
        BundleEvent("withdrawn", 5, BUYER),  # 31-35
    ]
    assert bundles_of(_split(0, 0, 100), PRODUCER, events) == [
        Bundle(1, 10, CANCELLED, BUYER, 1),
        Bundle(11, 30, CANCELLED, PRODUCER, 2),
        Bundle(31, 35, BundleState.WITHDRAWN, BUYER),
        Bundle(36, 40, HELD, BUYER),
        Bundle(41, 45, CANCELLED, PRODUCER, 2),
        Bundle(46, 100, HELD, PRODUCER),
    ]


def test_bundles__in_two_export_groups__each_gives_back_and_exports_its_own() -> None:
    events = [
        BundleEvent("locked", 40, PRODUCER, group=1),  # 1-40
        BundleEvent("locked", 30, PRODUCER, group=2),  # 41-70
        BundleEvent("released", 10, target=BUYER, group=2),  # 41-50, to the member's wallet of the day
        BundleEvent("exported", 40, group=1),
    ]
    assert bundles_of(_split(0, 0, 100), PRODUCER, events) == [
        Bundle(1, 40, BundleState.EXPORTED, PRODUCER, group=1),
        Bundle(41, 50, HELD, BUYER),
        Bundle(51, 70, BundleState.LOCKED, PRODUCER, group=2),
        Bundle(71, 100, HELD, PRODUCER),
    ]
    with pytest.raises(RuleError, match="more than there are"):
        bundles_of(_split(0, 0, 100), PRODUCER, [*events, BundleEvent("transferred", 31, PRODUCER, BUYER)])
    with pytest.raises(RuleError, match="more than there are"):
        bundles_of(_split(0, 0, 100), PRODUCER, [*events, BundleEvent("released", 1, target=PRODUCER, group=1)])


def test_bundles__to_oneself_or_nothing__changes_nothing() -> None:
    before = bundles_of(_split(0, 0, 9), PRODUCER, [])
    for event in (BundleEvent("transferred", 5, PRODUCER, PRODUCER), BundleEvent("transferred", 0, PRODUCER, BUYER)):
        assert bundles_of(_split(0, 0, 9), PRODUCER, [event]) == before


def test_bundles__waiting_withdrawn_in_part_then_claimed__the_rest_is_held() -> None:
    events = [BundleEvent("withdrawn", 3), BundleEvent("claimed", 6, target=PRODUCER)]
    assert bundles_of(_split(0, 0, 9), None, events) == [
        Bundle(1, 3, BundleState.WITHDRAWN),
        Bundle(4, 9, HELD, PRODUCER),
    ]


def test_lowest__across_a_gap__splits_the_last() -> None:
    bundles = bundles_of(
        _split(0, 0, 100),
        PRODUCER,
        [BundleEvent("transferred", 40, PRODUCER, BUYER), BundleEvent("transferred", 10, BUYER, PRODUCER)],
    )
    assert lowest(bundles, PRODUCER, 15) == [Bundle(1, 10, HELD, PRODUCER), Bundle(41, 45, HELD, PRODUCER)]


def test_bundles__issued_more__new_numbers_above_all_others() -> None:
    events = [
        BundleEvent("transferred", 40, PRODUCER, BUYER),
        BundleEvent("issued_more", 10, target=TRADER),
        BundleEvent("issued_more", 5),
        BundleEvent("withdrawn", 3),
    ]
    assert bundles_of(_split(20, 0, 50), PRODUCER, events) == [
        Bundle(1, 20, BundleState.OWN_USE),
        Bundle(21, 60, HELD, BUYER),
        Bundle(61, 70, HELD, PRODUCER),
        Bundle(71, 80, HELD, TRADER),
        Bundle(81, 83, BundleState.WITHDRAWN),
        Bundle(84, 85, BundleState.WAITING),
    ]


def test_bundles__issued_more_to_who_holds_the_rest__one_bundle() -> None:
    found = bundles_of(_split(0, 0, 50), PRODUCER, [BundleEvent("issued_more", 10, target=PRODUCER)])
    assert found == [Bundle(1, 60, HELD, PRODUCER)]


WALLETS = st.sampled_from((PRODUCER, BUYER, TRADER))
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(("transferred", "recovered", "cancelled", "withdrawn", "claimed")),
        WALLETS,
        WALLETS,
        st.integers(0, 60),
    ),
    max_size=25,
)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 120), st.booleans(), ACTIONS)
def test_bundles__whatever_happens__each_wh_in_one_bundle_and_holdings_as_balances(
    own_use: int, sold: int, minted: int, waits: bool, actions: list[tuple[str, Account, Account, int]]
) -> None:
    balances: Counter[Account | None] = Counter({None if waits else PRODUCER: minted})
    ended: Counter[str] = Counter()
    events: list[BundleEvent] = []
    before = bundles_of(_split(own_use, sold, minted), None if waits else PRODUCER, [])
    for kind, source, target, wanted in actions:
        giver: Account | None = None if kind == "claimed" or (kind == "withdrawn" and balances[None]) else source
        wh = balances[giver] if kind == "claimed" else min(wanted, balances[giver])
        balances[giver] -= wh
        if kind in ("cancelled", "withdrawn"):
            ended[kind] += wh
        else:
            balances[target] += wh
        statement = len(events) if kind == "cancelled" else None
        events.append(
            BundleEvent(kind, wh, giver, target if kind not in ("cancelled", "withdrawn") else None, statement)
        )
        found = bundles_of(_split(own_use, sold, minted), None if waits else PRODUCER, events)

        # The ranges are 1 to issued, without a gap and without an overlap.
        numbers = [number for one in found for number in range(one.first, one.last + 1)]
        assert numbers == list(range(1, own_use + sold + minted + 1))
        held: Counter[Account | None] = Counter()
        states: Counter[str] = Counter()
        for one in found:
            states[one.state] += one.wh
            if one.state in (HELD, BundleState.WAITING):
                held[one.account] += one.wh
        assert +held == +balances
        assert (states["own_use"], states["sold"]) == (own_use, sold)
        assert (states["cancelled"], states["withdrawn"]) == (ended["cancelled"], ended["withdrawn"])
        # What has ended stays where it was.
        final = (CANCELLED, BundleState.WITHDRAWN, BundleState.OWN_USE, BundleState.SOLD)
        for one in before:
            if one.state in final:
                now = [other for other in found if other.first <= one.first and one.last <= other.last]
                assert [(other.state, other.account, other.statement) for other in now] == [
                    (one.state, one.account, one.statement)
                ]
        before = found


STEPS = st.lists(
    st.tuples(st.sampled_from(("locked", "released", "exported", "transferred")), WALLETS, WALLETS, st.integers(1, 60)),
    max_size=25,
)


@given(st.integers(1, 120), STEPS, st.lists(st.sampled_from((1, 2)), min_size=25, max_size=25))
def test_bundles__in_and_out_of_export_groups__each_wh_in_one_bundle_and_each_group_its_own(
    minted: int, steps: list[tuple[str, Account, Account, int]], groups: list[int]
) -> None:
    held: Counter[Account] = Counter({PRODUCER: minted})
    locked: Counter[int] = Counter()
    exported: Counter[int] = Counter()
    events: list[BundleEvent] = []
    for (kind, source, target, wanted), group in zip(steps, groups, strict=False):
        if kind in ("locked", "transferred"):
            wh = min(wanted, held[source])
            held[source] -= wh
        else:
            wh = locked[group] if kind == "exported" else min(wanted, locked[group])
            locked[group] -= wh
        if kind == "locked":
            locked[group] += wh
        elif kind == "exported":
            exported[group] += wh
        else:
            held[target] += wh
        given_by = source if kind in ("locked", "transferred") else None
        given_to = target if kind in ("released", "transferred") else None
        events.append(BundleEvent(kind, wh, given_by, given_to, group=None if kind == "transferred" else group))
        found = bundles_of(_split(0, 0, minted), PRODUCER, events)
        numbers = [number for one in found for number in range(one.first, one.last + 1)]
        assert numbers == list(range(1, minted + 1))
        sums: Counter[tuple[BundleState, Account | int | None]] = Counter()
        for one in found:
            sums[one.state, one.account if one.state is HELD else one.group] += one.wh
        expected: Counter[tuple[BundleState, Account | int | None]] = Counter()
        expected.update({(HELD, account): wh for account, wh in held.items()})
        expected.update({(BundleState.LOCKED, number): wh for number, wh in locked.items()})
        expected.update({(BundleState.EXPORTED, number): wh for number, wh in exported.items()})
        assert +sums == +expected
