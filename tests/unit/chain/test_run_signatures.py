"""The quick digest and the quick recovery are those of the messages that gateways sign."""

from __future__ import annotations

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.signing import digest_of, sign_run
from wattcommons.chain.typed_data import SigningDomain, run_message
from wattcommons.domain.packing import SignedRun, pack_readings
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh

pytestmark = pytest.mark.unit

DOMAIN = SigningDomain("Watt Commons MeterLedger", 31_337, "0x" + "12" * 20)
GATEWAY = Account.from_key(b"\x07" * 32)
HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0

runs = st.builds(
    Run,
    st.integers(1, 2**32 - 1).map(ParticipantIndex),
    st.integers(0, 2**31).map(IntervalIndex),
    st.lists(
        st.builds(
            Reading,
            st.integers(0, 2**24 - 1).map(Wh),
            st.integers(0, 2**24 - 1).map(Wh),
            st.sampled_from((Quality.MEASURED, Quality.ESTIMATED)),
        ),
        min_size=1,
        max_size=5,
    ).map(tuple),
)


def test_signer__high_s__nobody() -> None:
    signed = sign_run(GATEWAY, DOMAIN, Run(ParticipantIndex(1), IntervalIndex(2), (Reading(Wh(3), Wh(4)),)))
    malleable = SignedRun(signed.run, signed.signature[:32] + (HALF_ORDER + 1).to_bytes(32, "big"))
    assert RunSignatures(DOMAIN).signer(malleable) is None
    highest = SignedRun(signed.run, signed.signature[:32] + HALF_ORDER.to_bytes(32, "big"))
    assert RunSignatures(DOMAIN).signer(highest) is not None


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, bytes(32) + bytes(31) + b"\1"])
def test_signer__no_point_of_the_curve__nobody(signature: bytes) -> None:
    run = Run(ParticipantIndex(1), IntervalIndex(2), (Reading(Wh(3), Wh(4)),))
    assert RunSignatures(DOMAIN).signer(SignedRun(run, signature)) is None


def test_signer__other_chain__somebody_else() -> None:
    run = Run(ParticipantIndex(1), IntervalIndex(2), (Reading(Wh(3), Wh(4)),))
    elsewhere = SigningDomain(DOMAIN.name, 1, DOMAIN.contract)
    assert RunSignatures(elsewhere).signer(sign_run(GATEWAY, DOMAIN, run)) != GATEWAY.address


@given(runs)
def test_signer__any_run__digest_and_gateway_agree(run: Run) -> None:
    signatures = RunSignatures(DOMAIN)
    digest = signatures.digest(run.participant, run.first, pack_readings(run.readings))
    assert digest == digest_of(run_message(DOMAIN, run))
    assert signatures.signer(sign_run(GATEWAY, DOMAIN, run)) == GATEWAY.address
