"""The gateway's signature over a run of readings: its EIP-712 digest at the community's meter ledger."""

from __future__ import annotations

from typing import Final

from wattcommons.domain.packing import SignedRun, pack_readings
from wattcommons.verifier.hashing import keccak, number, signer, word

NAME: Final = b"Watt Commons MeterLedger"
VERSION: Final = b"1"
_DOMAIN_TYPE: Final = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_RUN_TYPE: Final = b"Run(uint32 participant,uint32 firstInterval,bytes readings)"
_LOW_BITS: Final = (1 << 255) - 1


def run_signer(signed: SignedRun, chain_id: int, ledger: bytes) -> bytes | None:
    """Address that signed the run for this ledger on this chain; None when the ledger would take it from nobody."""
    domain = keccak(keccak(_DOMAIN_TYPE) + keccak(NAME) + keccak(VERSION) + word(chain_id) + ledger.rjust(32, b"\0"))
    run = signed.run
    content = keccak(_RUN_TYPE) + word(run.participant) + word(run.first) + keccak(pack_readings(run.readings))
    vs = number(signed.signature[32:])
    return signer(keccak(b"\x19\x01" + domain + keccak(content)), signed.signature[:32], vs & _LOW_BITS, vs >> 255)
