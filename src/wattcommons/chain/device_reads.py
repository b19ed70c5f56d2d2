"""What the registry knows of its production devices: terms, suspensions and bindings from its events, and debts.

No view tells whether a device is suspended, or to whom it is bound later on; the events do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from eth_utils.abi import event_abi_to_log_topic

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event, read_events
from wattcommons.chain.logs import ChainLogs
from wattcommons.chain.rpc import ask, quantity, useless
from wattcommons.domain.devices import SupportScheme
from wattcommons.domain.intervals import interval_at
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import RuleError

REGISTRY: Final = "MemberRegistry"
GUARANTEES: Final = "GuaranteeOfOrigin"
_EVENTS: Final = ("DeviceRegistered", "DeviceBound", "DeviceIssuableSet")
_BLOCKS: Final = 1 << 20
"""Events of devices are few: the node is asked for many blocks at once."""
_SECONDS_A_DAY: Final = 86_400


@dataclass(slots=True)
class KnownDevice:
    """One device. `capacity_w` in W; `commissioned_at`, `valid_until` unix seconds; Wh for what it owes and issued."""

    index: int
    technology: str
    fuel: str
    capacity_w: int
    commissioned_at: int
    country: str
    scheme: SupportScheme
    scheme_allows: bool
    storage: bool
    valid_until: int
    commitment: bytes
    suspended: bool = False
    bindings: list[tuple[int, int]] = field(default_factory=list)
    """Participant (0: none) and its first interval, in the order of the intervals."""
    issued_wh: int = 0
    debt_wh: int = 0

    def participant_at(self, interval: int) -> int:
        """To whom it is bound in an interval; 0 for nobody."""
        return next((who for who, first in reversed(self.bindings) if first <= interval), 0)

    def days_left(self, now: int) -> int:
        """Whole days until the registration lapses; negative when it has."""
        return (self.valid_until - now) // _SECONDS_A_DAY

    def lapsed(self, now: int) -> bool:
        """Whether no interval that ends after second `now` earns anything."""
        return self.valid_until <= now


@dataclass(frozen=True, slots=True)
class Devices:
    """All devices at one block. `now`: its second; `first_open`: the first interval that can still be decided about."""

    now: int
    current: int
    first_open: int
    by_index: dict[int, KnownDevice]

    def of(self, index: int) -> KnownDevice:
        """One of them. Raises RuleError when there is none of that number."""
        if index not in self.by_index:
            raise RuleError(f"there is no device {index}", "`watt device list` shows them all")
        return self.by_index[index]


def read_devices(contracts: Contracts) -> Devices:
    """Everything at the newest block. Raises NodeUnavailable."""
    header = ask(contracts.web3, "eth_getBlockByNumber", "latest", False)
    if not isinstance(header, dict):
        raise useless(contracts.web3, "the node gave no block")
    block, now = (quantity(contracts.web3, header.get(name)) for name in ("number", "timestamp"))
    found: dict[int, KnownDevice] = {}
    for event in _events(contracts, block):
        _tell(found, event)
    reads = [Read(REGISTRY, "firstOpenInterval")]
    for function in ("totalsOf", "debtOf"):
        reads += [Read(GUARANTEES, function, (index,)) for index in found]
    first_open, *values = read_all(contracts, reads, block=block)
    for device, totals, debt in zip(found.values(), values[: len(found)], values[len(found) :], strict=True):
        device.issued_wh, device.debt_wh = int(totals[0]), int(debt)
    return Devices(now, interval_at(now, contracts.deployment.terms.length), int(first_open), found)


def _events(contracts: Contracts, block: int) -> Iterator[Event]:
    abi: list[Any] = list(load_artifact(REGISTRY).abi)
    topics = [event_abi_to_log_topic(item) for item in abi if item["type"] == "event" and item["name"] in _EVENTS]
    source = ChainLogs(contracts.web3, contracts.deployment, _BLOCKS, tuple(topics))
    return read_events(contracts, block, source=source)


def _tell(found: dict[int, KnownDevice], event: Event) -> None:
    said: dict[str, Any] = event.args
    index = int(said["device"])
    if event.name == "DeviceRegistered":
        technology, fuel, capacity, since, country, scheme, allows, storage, until, commitment = said["terms"]
        found[index] = KnownDevice(
            index,
            _word(technology),
            _word(fuel),
            int(capacity),
            int(since),
            _word(country),
            SupportScheme(scheme),
            bool(allows),
            bool(storage),
            int(until),
            bytes(commitment),
        )
    elif event.name == "DeviceBound":
        first = int(said["fromInterval"])
        earlier = [one for one in found[index].bindings if one[1] < first]
        found[index].bindings = [*earlier, (int(said["participant"]), first)]
    else:
        device = found[index]
        device.scheme_allows, device.suspended = bool(said["schemeAllows"]), bool(said["suspended"])
        device.valid_until = int(said["validUntil"])


def _word(code: bytes) -> str:
    return bytes(code).rstrip(b"\0").decode("ascii", "replace")


def holder_text(participant: int) -> str:
    """A participant of a binding, for people."""
    return f"participant {participant}" if 0 < participant <= MAX_INDEX else "nobody"
