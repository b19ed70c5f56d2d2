"""Words of the contracts' storage, by meaning: where each lies and how it is packed (contracts/libraries).

Whoever asks gives `read`, which tells the word at a contract's slot: a checked state proof, or a node when a proof is
being made. So a proof holds exactly what its verification reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import Wh
from wattcommons.errors import ProofBroken
from wattcommons.verifier.hashing import number
from wattcommons.verifier.layout import Layout, element, mapped

ReadWord: TypeAlias = Callable[[str, int], int]
"""(contract, slot) -> the word there, 0 for one never written. Raises ProofBroken where nothing proves it."""

_VALUE: Final = (1 << 224) - 1
_WH: Final = (1 << 24) - 1
_ADDRESS: Final = (1 << 160) - 1
_LANE: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Epoch:
    """A participant's state in an interval: its gateway's address, and what stands behind the key."""

    gateway: bytes
    source: int


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Whose a device is in an interval, and whether it may have certificates until `valid_until` (unix seconds)."""

    participant: int
    issuable: bool
    valid_until: int


@dataclass(frozen=True, slots=True)
class Device:
    """A device as registered: EECS codes, W, unix seconds, country, kind of support, commitment to the rest."""

    technology: str
    fuel: str
    capacity_w: int
    commissioned_at: int
    country: str
    scheme: int
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the market keeps of an interval; price in µ€/kWh, None without one; `fills_hash` of the first chunk."""

    settled: bool
    price: int | None
    matched_wh: int
    fills_hash: int


class Stored:
    """The state of a community at one block."""

    def __init__(self, read: ReadWord, layout: Layout) -> None:
        self._read = read
        self._layout = layout

    def reading(self, participant: int, interval: int) -> tuple[Reading, bool] | None:
        """The recorded reading and whether it came late; None when nothing is recorded. Five to a word of 51 bits."""
        row, lane = divmod(participant - 1, 5)
        found = self._mapped("MeterLedger", "_readings", interval << 32 | row) >> 51 * lane & ((1 << 51) - 1)
        if not found:
            return None
        return _reading(found), bool(found & 1)

    def earlier(self, participant: int, interval: int) -> tuple[Reading, ...]:
        """The readings that stood there before corrections, the first one signed. Four to a word of 64 bits."""
        base = mapped(mapped(self._layout.variable("Corrections", "_earlier"), participant), interval)
        found = []
        for place in range(self._read("Corrections", base)):
            row, lane = divmod(place, 4)
            found.append(_reading(self._read("Corrections", element(base, row)) >> 64 * lane & _LANE))
        return tuple(found)

    def epoch(self, participant: int, interval: int) -> Epoch:
        """The gateway enrolled for an interval; zero address for none."""
        base = mapped(self._layout.variable("MemberRegistry", "_participants"), participant)
        value = self._in_force(base + self._layout.member("Participant", "epochs"), interval)
        return Epoch((value >> 64 & _ADDRESS).to_bytes(20, "big"), value & 3)

    def device_state(self, device: int, interval: int) -> DeviceState:
        """Whose a device is in an interval."""
        value = self._in_force(mapped(self._layout.variable("MemberRegistry", "_states"), device), interval)
        return DeviceState(value & 0xFFFFFFFF, value >> 64 & 3 == 1, value >> 66)

    def device(self, device: int) -> Device:
        """A device as registered. Raises ProofBroken for codes that are no text."""
        base = mapped(self._layout.variable("MemberRegistry", "_devices"), device)

        def member(name: str) -> bytes:
            place = base + self._layout.member("Device", name)
            return self._layout.cut("Device", name, self._read("MemberRegistry", place))

        try:
            technology, fuel, country = (member(name).decode("ascii") for name in ("technology", "fuel", "country"))
        except UnicodeDecodeError as error:
            raise ProofBroken("the device", "has codes that are no text") from error
        capacity, commissioned, scheme = (number(member(name)) for name in ("capacityW", "commissionedAt", "scheme"))
        return Device(technology, fuel, capacity, commissioned, country, scheme, member("commitment"))

    def outcome(self, interval: int) -> Outcome:
        """What became of an interval: hash 176 bits | price 32 | matched Wh 40 | flags 8."""
        found = self._mapped("EnergyMarket", "_outcomes", interval)
        price = found >> 48 & 0xFFFFFFFF
        signed = price - (1 << 32) if price >> 31 else price
        return Outcome(bool(found & 2), signed if found & 4 else None, found >> 8 & ((1 << 40) - 1), found >> 80)

    def fills_hash(self, interval: int, chunk: int) -> int:
        """First 22 bytes of the hash of a further chunk of fills."""
        base = mapped(self._layout.variable("EnergyMarket", "_fillsHashes"), interval)
        return self._read("EnergyMarket", mapped(base, chunk))

    def issued_wh(self, device: int, interval: int) -> int:
        """Wh ever issued of a certificate. Ten intervals to a word, 24 bits each."""
        return self._packed(self._layout.variable("GuaranteeOfOrigin", "_issued"), device, interval)

    def held_wh(self, holder: bytes, device: int, interval: int) -> int:
        """Wh of a certificate that a wallet holds."""
        base = mapped(self._layout.variable("GuaranteeOfOrigin", "_held"), number(holder))
        return self._packed(base, device, interval)

    def waiting(self, device: int, interval: int) -> tuple[int, int]:
        """Participant and Wh of what waits for a producer's account."""
        found = self._mapped("GuaranteeOfOrigin", "_claims", device << 32 | interval)
        return found >> 24, found & _WH

    def _packed(self, base: int, device: int, interval: int) -> int:
        group, place = divmod(interval, 10)
        return self._read("GuaranteeOfOrigin", mapped(base, device << 32 | group)) >> 24 * place & _WH

    def _mapped(self, contract: str, variable: str, key: int) -> int:
        return self._read(contract, mapped(self._layout.variable(contract, variable), key))

    def _in_force(self, base: int, interval: int) -> int:
        """The value in force at an interval, found as the contract does: the newest entry, else by halving."""
        latest = self._read("MemberRegistry", base + self._layout.member("Trace", "latest"))
        if interval >= latest >> 224:
            return latest & _VALUE
        array = base + self._layout.member("Trace", "earlier")
        low, high = 0, self._read("MemberRegistry", array)
        while low < high:
            middle = (low + high) // 2
            if self._read("MemberRegistry", element(array, middle)) >> 224 <= interval:
                low = middle + 1
            else:
                high = middle
        return self._read("MemberRegistry", element(array, low - 1)) & _VALUE if low else 0


def _reading(found: int) -> Reading:
    """A stored reading. Raises ProofBroken for one without quality."""
    quality = Quality(found >> 1 & 3)
    if quality is Quality.ABSENT:
        raise ProofBroken("the recorded reading", "has no quality")
    return Reading(Wh(found >> 27 & _WH), Wh(found >> 3 & _WH), quality)
