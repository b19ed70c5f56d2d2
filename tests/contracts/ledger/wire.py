"""Runs that the package's own types refuse to make, written and signed by hand."""

from __future__ import annotations

from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from tests.support.community import Community, gateway_key

RUN = {
    "Run": [
        {"name": "participant", "type": "uint32"},
        {"name": "firstInterval", "type": "uint32"},
        {"name": "readings", "type": "bytes"},
    ]
}
REFUSALS = (
    "None",
    "Empty",
    "NotActive",
    "KeyChanged",
    "NotEnded",
    "SignatureInvalid",
    "QualityInvalid",
    "Implausible",
)


def wire_run(
    village: Community,
    participant: int,
    first: int,
    *readings: tuple[int, int, int],
    by: LocalAccount | None = None,
    **domain: Any,
) -> bytes:
    """A run of (production, consumption, quality), in wire format; `domain` replaces fields of the signing domain."""
    packed = b"".join(
        production.to_bytes(3, "big") + consumption.to_bytes(3, "big") + quality.to_bytes(1, "big")
        for production, consumption, quality in readings
    )
    whole = {
        "name": "Watt Commons MeterLedger",
        "version": "1",
        "chainId": village.deployment.chain_id,
        "verifyingContract": village.address("MeterLedger"),
    } | domain
    message = {"participant": participant, "firstInterval": first, "readings": packed}
    signer = by or gateway_key(participant)
    signed = Account.sign_typed_data(signer.key, whole, RUN, message)
    vs = signed.s | (1 << 255 if signed.v == 28 else 0)
    return (
        participant.to_bytes(4, "big")
        + first.to_bytes(4, "big")
        + len(readings).to_bytes(2, "big")
        + signed.r.to_bytes(32, "big")
        + vs.to_bytes(32, "big")
        + packed
    )


def skipped(village: Community, sent: Any) -> list[tuple[int, int, str, int]]:
    """Participant, first interval, reason and detail of each run that had no effect."""
    return [
        (event["participant"], event["firstInterval"], REFUSALS[event["reason"]], event["detail"])
        for event in village.events(sent, "MeterLedger.RunSkipped")
    ]


def refused_run(village: Community, run: bytes) -> tuple[int, int, str, int]:
    """As `skipped`, from what `check` says of a single run."""
    name, participant, first, reason, detail = village.refused("MeterLedger.check", run)
    assert name == "LedgerRunRefused"
    return participant, first, REFUSALS[reason], detail
