"""Who signed runs, from their bytes and the domain's separator alone: cheap to import, for helping processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coincurve import PublicKey
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from wattcommons.domain.packing import (
    READING_BYTES,
    RUN_HEADER_BYTES,
    SIGNATURE_BYTES,
    SignedRun,
    pack_readings,
    run_headers,
)

HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1: a higher s is the malleable twin, which the contracts refuse (EIP-2)."""
_RUN_TYPE: Final = b"Run(uint32 participant,uint32 firstInterval,bytes readings)"
_LOW_BITS: Final = (1 << 255) - 1


class RunRecovery:
    """Digests and signers of runs in one signing domain. `separator`: its 32 bytes (EIP-712)."""

    def __init__(self, separator: bytes) -> None:
        self.separator: Final = separator
        self._prefix = b"\x19\x01" + separator
        self._type = keccak(_RUN_TYPE)
        self._addresses: dict[bytes, str] = {}

    def digest(self, participant: int, first: int, packed: bytes) -> bytes:
        """The 32 bytes that a gateway signs for a run of packed readings."""
        content = self._type + participant.to_bytes(32, "big") + first.to_bytes(32, "big") + keccak(packed)
        return keccak(self._prefix + keccak(content))

    def signer(self, signed: SignedRun) -> str | None:
        """Checksummed address that signed a run; None when the contract would accept the signature from nobody."""
        run = signed.run
        return self._recover(self.digest(run.participant, run.first, pack_readings(run.readings)), signed.signature)

    def signers(self, batch: bytes) -> list[str | None]:
        """As `signer` of every run of a batch, straight from the batch's bytes, in its order.

        For batches that `decode_batch` takes; of a run that is cut off nobody is the signer.
        """
        found = []
        at = 0
        for participant, first, count in run_headers(batch):
            packed = at + RUN_HEADER_BYTES
            signature = batch[packed - SIGNATURE_BYTES : packed]
            at = packed + count * READING_BYTES
            whole = at <= len(batch)
            found.append(self._recover(self.digest(participant, first, batch[packed:at]), signature) if whole else None)
        return found

    def _recover(self, digest: bytes, signature: bytes) -> str | None:
        vs = int.from_bytes(signature[32:], "big")
        s = vs & _LOW_BITS
        if not 0 < s <= HALF_ORDER:
            return None
        recoverable = signature[:32] + s.to_bytes(32, "big") + bytes([vs >> 255])
        try:
            public = PublicKey.from_signature_and_message(recoverable, digest, hasher=None).format(compressed=False)
        except Exception as error:
            if type(error) in (Exception, ValueError):  # coincurve raises a bare Exception: no such point
                return None
            raise
        return self._address(public[1:])

    def _address(self, public: bytes) -> str:
        known = self._addresses.get(public)
        if known is None:
            known = to_checksum_address(keccak(public)[12:])
            self._addresses[public] = known
        return known


def signers_of(separator: bytes, batches: Sequence[bytes]) -> list[list[str | None]]:
    """The signers of each batch: what a helping process is asked for."""
    here = RunRecovery(separator)
    return [here.signers(batch) for batch in batches]
