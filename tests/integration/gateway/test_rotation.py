"""A new key on a real ledger: the old one signs until the boundary, and no interval is lost, whichever comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.carriers import carrier_of
from tests.support.community import KEYS, Community, gateway_key, member_key
from tests.support.village import FLAT
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, rotation_message
from wattcommons.domain.channels import Channel
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.services.gateway.courier import Courier
from wattcommons.services.gateway.keys import KeyRing
from wattcommons.services.store.journal import EnergyEntry, Journal
from wattcommons.services.store.outbox import Outbox

pytestmark = pytest.mark.integration

NEW = KEYS.gateway("the new one")
COUNT, BOUNDARY = 12, 6


def rotate(village: Community, boundary: int) -> None:
    """Signed by the member and the metering operator, submitted by anyone."""
    terms = (FLAT, NEW.address, 1, village.first + boundary, 0, village.far_future)
    message = rotation_message(domain_of(village.deployment, "MemberRegistry"), terms)
    member, operator = sign(member_key(FLAT), message), sign(village.metering_operator, message)
    village.do("MemberRegistry.rotateGateway", terms, member, village.metering_operator.address, operator)


@pytest.mark.parametrize("together", [True, False])
def test_courier__key_rotated_on_the_ledger__every_interval_with_the_right_key(
    village: Community, tmp_path: Path, *, together: bool
) -> None:
    rotate(village, BOUNDARY)
    journal = Journal(tmp_path / "journal.sqlite", {FLAT: frozenset([Channel.CONSUMPTION])})
    outbox = Outbox(journal.database)
    keys = KeyRing([gateway_key(FLAT), NEW], domain_of(village.deployment, "MeterLedger"))
    courier = Courier(outbox, keys, carrier_of(village))
    for at in range(COUNT):
        interval = IntervalIndex(village.first + at)
        entry = EnergyEntry(ParticipantIndex(FLAT), interval, Channel.CONSUMPTION, Wh(100 + at), exact=True, source="s")
        journal.keep(at, energies=[entry])
        if not together:
            village.after(interval)
            while courier.round(at).again:
                pass
    if together:
        village.after(village.first + COUNT)
    for at in range(30):
        if outbox.counts().final == COUNT:
            break
        courier.round(at)
    assert outbox.counts().final == COUNT
    for at in range(COUNT):
        assert village.reading(FLAT, village.first + at)[1] == 100 + at
    assert outbox.taken_keys() == {FLAT: NEW.address}
