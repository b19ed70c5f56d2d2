"""Production devices as the registry's events tell them: whose they are, and whether they earn certificates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattcommons.chain.events import Event
from wattcommons.domain.devices import NotIssuable
from wattcommons.domain.intervals import IntervalLength, end_unix
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Gate, Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.traces import Trace


@dataclass(frozen=True, slots=True)
class DeviceTerms:
    """What decides about a device's certificates in an interval; `valid_until` is unix seconds."""

    scheme_allows: bool
    suspended: bool
    valid_until: int


class Device:
    """One device: its registration, its terms and its participant (0: none) over time."""

    def __init__(self, index: int, registration: tuple[Any, ...]) -> None:
        self.index = index
        self.registration = registration
        """The registry's struct: technology, fuel, W, commissioned, country, scheme, allows, storage, valid, hash."""
        self.terms: Trace[DeviceTerms | None] = Trace(None)
        self.holder: Trace[int] = Trace(0)

    @property
    def is_storage(self) -> bool:
        """Storage earns no certificates."""
        return bool(self.registration[7])

    def refusal(self, interval: int, length: IntervalLength) -> NotIssuable | None:
        """Why the device earns nothing in an interval; None when it does."""
        terms = self.terms.at(interval)
        if terms is None:
            return NotIssuable.NO_DEVICE
        if self.is_storage:
            return NotIssuable.STORAGE
        if not terms.scheme_allows:
            return NotIssuable.SUPPORTED
        if terms.suspended:
            return NotIssuable.SUSPENDED
        return NotIssuable.LAPSED if end_unix(interval, length) > terms.valid_until else None


class Devices:
    """All devices of a community."""

    def __init__(self, length: IntervalLength, gate: Gate, findings: Findings) -> None:
        self._length = length
        self._gate = gate
        self._findings = findings
        self.known: dict[int, Device] = {}
        self._ever: dict[int, list[Device]] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "MemberRegistry.DeviceRegistered": self._registered,
            "MemberRegistry.DeviceBound": self._bound,
            "MemberRegistry.DeviceIssuableSet": self._issuable,
        }

    def of(self, participant: int, interval: int) -> Device | None:
        """The device of a participant in an interval; the first of them, and a finding, when there are two."""
        held = [device for device in self._ever.get(participant, ()) if device.holder.at(interval) == participant]
        if len(held) > 1:
            self._findings.broken(
                checks.ISSUES,
                f"devices of participant {participant}",
                "one at most",
                ", ".join(str(device.index) for device in held),
                interval=interval,
            )
        return held[0] if held else None

    def refusal(self, device: Device | None, interval: int) -> NotIssuable | None:
        """Why a participant's production earns nothing in an interval; None when it does."""
        return NotIssuable.NO_DEVICE if device is None else device.refusal(interval, self._length)

    def _registered(self, event: Event) -> None:
        terms = event.args["terms"]
        device = Device(event.args["device"], terms)
        device.terms.set(self._gate.first_open(event), DeviceTerms(terms[6], False, terms[8]))
        self.known[device.index] = device

    def _bound(self, event: Event) -> None:
        self._gate.check(event, event.args["fromInterval"])
        device = self._find(event)
        if device is None:
            return
        participant = event.args["participant"]
        device.holder.set(event.args["fromInterval"], participant)
        ever = self._ever.setdefault(participant, [])
        if device not in ever:
            ever.append(device)

    def _issuable(self, event: Event) -> None:
        self._gate.check(event, event.args["fromInterval"])
        device = self._find(event)
        if device is None:
            return
        terms = DeviceTerms(event.args["schemeAllows"], event.args["suspended"], event.args["validUntil"])
        device.terms.set(event.args["fromInterval"], terms)

    def _find(self, event: Event) -> Device | None:
        device = self.known.get(event.args["device"])
        if device is None:
            who = f"device {event.args['device']} registered before"
            self._findings.broken(checks.DATES, event.key, who, "no such event", event=event)
        return device
