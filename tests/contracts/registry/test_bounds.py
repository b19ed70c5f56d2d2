"""What the registry costs to read, and where it is full."""

from __future__ import annotations

import pytest

from tests.contracts.registry.kit import Community, artifact
from tests.support.devnet import rpc

pytestmark = pytest.mark.contracts

LIMIT = 224 * 512


def slot_of_participant_count(community: Community, member: int) -> tuple[int, int]:
    """The storage slot, and the value it would hold with the roster full: found by what an enrolment changes."""
    registry, storage = community.registry.address, community.web3.eth.get_storage_at
    before = [int.from_bytes(storage(registry, slot), "big") for slot in range(24)]
    community.enrol(member, community.prosumer)
    after = [int.from_bytes(storage(registry, slot), "big") for slot in range(24)]
    (slot,) = [slot for slot in range(24) if before[slot] != after[slot]]
    return slot, before[slot] + (after[slot] - before[slot]) * LIMIT


def test_enrol__registry_full__reverts(community: Community, member: int) -> None:
    slot, full = slot_of_participant_count(community, member)
    rpc(community.web3, "anvil_setStorageAt", community.registry.address, hex(slot), f"0x{full:064x}")
    assert community.see("participantCount") == LIMIT
    act = community.signed(community.terms(member, commitment=b"\x55" * 32), community.prosumer)
    assert community.refused("enrol", *act) == ("RegistryFull", LIMIT)


def test_counts__registry_full__fit_a_block(community: Community, member: int) -> None:
    slot, full = slot_of_participant_count(community, member)
    rpc(community.web3, "anvil_setStorageAt", community.registry.address, hex(slot), f"0x{full:064x}")
    assert community.see("rosterWordCount") == 512
    assert community.registry.functions.waitedCount(community.first).estimate_gas() < 2_000_000


@pytest.mark.parametrize(
    ("view", "slots"),
    [("epochSegment", 1), ("rosterWord", 2), ("issuanceAt", 3)],
)
def test_hot_view__newest_state__reads_few_cold_slots(
    community: Community, participant: int, view: str, slots: int
) -> None:
    """A cold slot costs 2,100; 21,000 and the calldata are the transaction's own."""
    device = community.device()
    community.do("bindDevice", device, participant, community.first, by=community.issuing_body)
    arguments = (community.first, 0) if view == "rosterWord" else (participant, community.first)
    call = community.registry.functions[view](*arguments)
    trace = rpc(
        community.web3,
        "eth_createAccessList",
        {"to": community.registry.address, "data": call._encode_transaction_data()},
    )
    assert isinstance(trace, dict)
    keys = [key for entry in trace["accessList"] for key in entry["storageKeys"]]
    assert len(keys) == slots
    assert call.estimate_gas() < 21_000 + 1_500 + slots * 2_100 + 1_500


def test_code__compiled__fits_the_size_limit() -> None:
    assert artifact("MemberRegistry")["deployedSize"] < 24_576
