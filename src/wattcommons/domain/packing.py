"""The bytes of readings and of batches, as gateways sign them and as the ledger takes them.

A reading is 7 bytes, big endian: production uint24 | consumption uint24 | quality uint8.
A batch is its signed runs one after the other, each: participant uint32 | first interval uint32 |
count uint16 | signature r bytes32 | signature vs bytes32 (EIP-2098) | count × 7 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.units import MAX_WH, IntervalIndex, ParticipantIndex, Wh
from wattcommons.errors import RuleError

READING_BYTES: Final = 7
SIGNATURE_BYTES: Final = 64
RUN_HEADER_BYTES: Final = 4 + 4 + 2 + SIGNATURE_BYTES


@dataclass(frozen=True, slots=True)
class SignedRun:
    """A run with its gateway's compact signature, r and vs: 64 bytes (RuleError if not)."""

    run: Run
    signature: bytes

    def __post_init__(self) -> None:
        if len(self.signature) != SIGNATURE_BYTES:
            raise RuleError(f"a signature has {len(self.signature)} bytes", f"the compact form has {SIGNATURE_BYTES}")


def pack_readings(readings: Iterable[Reading]) -> bytes:
    """Readings as 7 bytes each: the `readings` field of the signed message."""
    return b"".join(
        (reading.production_wh << 32 | reading.consumption_wh << 8 | reading.quality).to_bytes(7, "big")
        for reading in readings
    )


def unpack_readings(packed: bytes) -> tuple[Reading, ...]:
    """Inverse of `pack_readings`. Raises RuleError on a broken length or an unknown quality."""
    if len(packed) % READING_BYTES:
        raise RuleError(f"packed readings have {len(packed)} bytes", f"each reading has {READING_BYTES}")
    return tuple(_reading(packed[at : at + READING_BYTES]) for at in range(0, len(packed), READING_BYTES))


def encode_batch(runs: Iterable[SignedRun]) -> bytes:
    """Signed runs as one batch of the wire format."""
    return b"".join(
        signed.run.participant.to_bytes(4, "big")
        + signed.run.first.to_bytes(4, "big")
        + len(signed.run.readings).to_bytes(2, "big")
        + signed.signature
        + pack_readings(signed.run.readings)
        for signed in runs
    )


def decode_batch(batch: bytes) -> tuple[SignedRun, ...]:
    """Inverse of `encode_batch`. Raises RuleError on a truncated run or an impossible value."""
    runs = []
    at = 0
    while at < len(batch):
        start = at + RUN_HEADER_BYTES
        count = int.from_bytes(batch[at + 8 : at + 10], "big")
        end = start + count * READING_BYTES
        if end > len(batch):
            raise RuleError(f"the run at byte {at} is cut off", f"it needs {end - at} bytes")
        run = Run(
            ParticipantIndex(int.from_bytes(batch[at : at + 4], "big")),
            IntervalIndex(int.from_bytes(batch[at + 4 : at + 8], "big")),
            unpack_readings(batch[start:end]),
        )
        runs.append(SignedRun(run, batch[at + 10 : start]))
        at = end
    return tuple(runs)


def run_headers(batch: bytes) -> list[tuple[int, int, int]]:
    """Participant, first interval and number of readings of each run of a batch, its readings passed over."""
    found = []
    at = 0
    while at < len(batch):
        count = int.from_bytes(batch[at + 8 : at + 10], "big")
        found.append((int.from_bytes(batch[at : at + 4], "big"), int.from_bytes(batch[at + 4 : at + 8], "big"), count))
        at += RUN_HEADER_BYTES + count * READING_BYTES
    return found


def batch_readings(batch: bytes) -> Iterator[tuple[int, int, int, int, int]]:
    """Participant, interval, production Wh, consumption Wh and quality of every reading of a batch, in its order.

    For batches that the ledger has accepted: nothing is checked.
    """
    at = 0
    for participant, first, count in run_headers(batch):
        at += RUN_HEADER_BYTES
        for interval in range(first, first + count):
            packed = int.from_bytes(batch[at : at + READING_BYTES], "big")
            yield participant, interval, packed >> 32, packed >> 8 & MAX_WH, packed & 0xFF
            at += READING_BYTES


def _reading(packed: bytes) -> Reading:
    if packed[6] > Quality.CORRECTED:
        raise RuleError(f"a packed reading has quality {packed[6]}", "known are 0 to 3")
    return Reading(
        Wh(int.from_bytes(packed[0:3], "big")),
        Wh(int.from_bytes(packed[3:6], "big")),
        Quality(packed[6]),
    )
