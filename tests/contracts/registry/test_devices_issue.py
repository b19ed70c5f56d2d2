"""A device's registration in a whole community: which of its settled intervals earn certificates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.market.scene import SHORT, recorded
from tests.support.community import Community, device_terms
from tests.support.village import MILL, ROOF
from wattcommons.domain.devices import latest_validity

pytestmark = pytest.mark.contracts

DEVICE = 1
"""The mill's; 1,500 Wh of it are recorded in every interval here."""
ROOFS = 2


def settle(village: Community, interval: int) -> dict[int, int]:
    """Record and settle an interval; Wh issued by device."""
    sent = village.advance(recorded(village, SHORT, interval=interval))
    issued = village.events(sent, "GuaranteeOfOrigin.Issued")
    return {event["id"] >> 32: event["ownUseWh"] + event["soldWh"] + event["mintedWh"] for event in issued}


def set_issuable(village: Community, *terms: Any) -> None:
    """`schemeAllows`, `suspended`, `validUntil` of the mill's device, from the first open interval on."""
    village.do("MemberRegistry.setDeviceIssuable", DEVICE, *terms, by=village.issuing_body)


def replace_device(village: Community, **changes: bool) -> int:
    """Another device for the mill, from the first open interval on; its number."""
    interval = village.open()
    terms = list(device_terms(village.now() + 86_400))
    for name, place in (("schemeAllows", 6), ("storage", 7)):
        terms[place] = changes.get(name, terms[place])
    village.do("MemberRegistry.registerDevice", tuple(terms), by=village.issuing_body)
    device = int(village.see("MemberRegistry.deviceCount"))
    village.do("MemberRegistry.bindDevice", DEVICE, 0, interval, by=village.issuing_body)
    village.do("MemberRegistry.bindDevice", device, MILL, interval, by=village.issuing_body)
    return device


def test_issue__registration_lapses__last_interval_is_the_one_that_ends_at_that_second(village: Community) -> None:
    interval = village.open()
    set_issuable(village, True, False, (interval + 2) * village.length_s - 1)
    assert settle(village, interval) == {DEVICE: 1_500, ROOFS: 700}
    assert settle(village, interval + 1) == {ROOFS: 700}, "it ends one second after the registration"


def test_issue__registration_renewed_after_it_lapsed__later_intervals_only(village: Community) -> None:
    interval = village.open()
    set_issuable(village, True, False, (interval + 1) * village.length_s)
    assert settle(village, interval) == {DEVICE: 1_500, ROOFS: 700}
    village.after(interval + 1)
    set_issuable(village, True, False, latest_validity(village.now()))
    reopened = village.open()
    assert [DEVICE in settle(village, i) for i in range(interval + 1, reopened + 1)] == [
        i == reopened for i in range(interval + 1, reopened + 1)
    ]
    lapsed = village.see("GuaranteeOfOrigin.certificate", DEVICE << 32 | interval + 1)
    assert lapsed[6] == 0, "what was settled while it had lapsed stays without a certificate"


def test_issue__suspended_by_the_issuing_body__nothing_until_resumed(village: Community) -> None:
    until = village.now() + 86_400
    interval = village.open()
    set_issuable(village, True, True, until)
    assert settle(village, interval) == {ROOFS: 700}
    set_issuable(village, True, False, until)
    reopened = village.open()
    assert reopened > interval
    assert settle(village, reopened) == {DEVICE: 1_500, ROOFS: 700}


@pytest.mark.parametrize(
    ("changes", "earns"),
    [({}, True), ({"storage": True}, False), ({"schemeAllows": False}, False)],
    ids=["plain", "storage", "scheme"],
)
def test_issue__storage_or_a_scheme_that_does_not_allow_it__never(
    village: Community, changes: dict[str, bool], earns: bool
) -> None:
    interval = village.open()
    device = replace_device(village, **changes)
    assert (device in settle(village, interval)) is earns
    assert village.see("GuaranteeOfOrigin.totalsOf", device)[0] == (1_500 if earns else 0)
    assert village.balances()[MILL] > 0, "the energy itself is sold and paid all the same"


def test_issue__storage_said_to_be_issuable__still_never(village: Community) -> None:
    interval, until = village.open(), village.now() + 86_400
    device = replace_device(village, storage=True)
    village.do("MemberRegistry.setDeviceIssuable", device, True, False, until, by=village.issuing_body)
    assert settle(village, interval) == {ROOFS: 700}


def test_issue__scheme_found_to_allow_it_later__from_the_first_open_interval(village: Community) -> None:
    interval, until = village.open(), village.now() + 86_400
    set_issuable(village, False, False, until)
    assert settle(village, interval) == {ROOFS: 700}
    set_issuable(village, True, False, until)
    reopened = village.open()
    assert settle(village, reopened) == {DEVICE: 1_500, ROOFS: 700}
    assert village.see("MemberRegistry.deviceAt", ROOF, reopened) == ROOFS
