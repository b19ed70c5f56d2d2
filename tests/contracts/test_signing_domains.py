"""What the contracts say they verify: their EIP-712 domains and the digest of a run, as the package signs them."""

from __future__ import annotations

import pytest

from tests.support.community import Community, used
from tests.support.village import MILL
from wattcommons.chain.signing import digest_of
from wattcommons.chain.typed_data import SIGNED_NAMES, domain_of, run_message
from wattcommons.domain.packing import encode_batch

pytestmark = pytest.mark.contracts

NAME_VERSION_CHAIN_CONTRACT = b"\x0f"
"""The fields that a domain has, as EIP-5267 numbers them: no salt."""


def test_record__a_run_of_nobodys_key__event_holds_the_digest_that_was_to_be_signed(village: Community) -> None:
    first = village.after(village.first)
    run = village.run(MILL, first, used(567), by=village.stranger)
    [event] = village.events(village.do("MeterLedger.record", encode_batch([run])), "MeterLedger.RunSkipped")
    message = run_message(domain_of(village.deployment, "MeterLedger"), run.run)
    assert event["digest"] == digest_of(message)


@pytest.mark.parametrize("contract", [*SIGNED_NAMES, "CommunityEuro"])
def test_eip712_domain__every_signing_contract__the_package_signs_for_it(village: Community, contract: str) -> None:
    fields, name, version, chain_id, address, salt, extensions = village.see(f"{contract}.eip712Domain")
    domain = domain_of(village.deployment, contract).as_dict()
    assert fields == NAME_VERSION_CHAIN_CONTRACT
    assert dict(zip(domain, (name, version, chain_id, address), strict=True)) == domain
    assert (salt, extensions) == (bytes(32), [])
