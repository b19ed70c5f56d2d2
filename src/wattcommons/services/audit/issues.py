"""Certificates that had to be issued, from settled readings, and those that were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.domain.guarantees import certificate_id, certificates_of
from wattcommons.domain.settlement import CertificateSplit, Legs
from wattcommons.domain.units import DeviceIndex, IntervalIndex, Wh
from wattcommons.services.audit import checks
from wattcommons.services.audit.clearings import Clearings
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.readings import Readings
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World


@dataclass(frozen=True, slots=True)
class Due:
    """A certificate that a clearing or a late settlement calls for."""

    participant: int
    split: CertificateSplit
    event: Event


class Issues:
    """What is due and not issued yet, and what was issued."""

    def __init__(self, world: World, readings: Readings, findings: Findings) -> None:
        self._world = world
        self._readings = readings
        self._findings = findings
        self._due: dict[int, Due] = {}
        self.issued: dict[int, Event] = {}
        """Certificate -> the event of its issue."""

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {"GuaranteeOfOrigin.Issued": self._issued}

    def cleared(self, interval: int, legs: Iterable[Legs], event: Event) -> None:
        """Notes what the legs of a clearing, or of a late settlement, call for."""
        for leg in legs:
            recorded = self._readings.at(leg.participant, interval)
            if recorded is None or not recorded.reading.production_wh:
                continue
            device = self._world.devices.of(leg.participant, interval)
            refusal = self._world.devices.refusal(device, interval)
            split = certificates_of(recorded.reading, leg.sold_wh, refusal)
            if device is None or not split.issued_wh:
                continue
            certificate = certificate_id(DeviceIndex(device.index), IntervalIndex(interval))
            self._due[certificate] = Due(leg.participant, split, event)

    def corrected(self, certificate: int, participant: int, split: CertificateSplit, event: Event) -> None:
        """Notes what a correction calls for where nothing had been issued."""
        if split.issued_wh:
            self._due[certificate] = Due(participant, split, event)

    def compare(self, clearings: Clearings, state: State) -> None:
        """Whatever is due of what is settled has been issued."""
        for certificate, due in self._due.items():
            interval = certificate & 0xFFFFFFFF
            cleared = clearings.known.get(interval)
            if cleared is not None and not cleared.settled:
                low, high = cleared.event.args["lo"], cleared.event.args["hi"]
                if due.participant > state.progress(interval, low, high):
                    continue
            self._wrong(certificate, "issue", _told(due.participant, due.split), "none", due.event)

    def _issued(self, event: Event) -> None:
        args = event.args
        certificate = args["id"]
        self._findings.count(checks.ISSUES)
        if certificate in self.issued:
            self._wrong(certificate, "issue", "once", f"also in {self.issued[certificate].tx_hash}", event)
            return
        self.issued[certificate] = event
        due = self._due.pop(certificate, None)
        split = CertificateSplit(Wh(args["ownUseWh"]), Wh(args["soldWh"]), Wh(args["mintedWh"]))
        found = _told(args["participant"], split)
        if due is None:
            self._wrong(certificate, "issue", "none: nothing recorded calls for it", found, event)
            return
        if (due.participant, due.split) != (args["participant"], split):
            self._wrong(certificate, "issue", _told(due.participant, due.split), found, event)
        wallet, active = self._world.roster.wallet_of(due.participant)
        holder = wallet if active else NO_ADDRESS
        if args["holder"] != holder:
            self._wrong(certificate, "holder", holder, args["holder"], event)

    def _wrong(self, certificate: int, what: str, expected: object, found: object, event: Event) -> None:
        entry = f"{what} of certificate {certificate} (device {certificate >> 32})"
        interval = certificate & 0xFFFFFFFF
        self._findings.broken(checks.ISSUES, entry, expected, found, event=event, interval=interval)


def _told(participant: int, split: CertificateSplit) -> str:
    return (
        f"participant {participant}: {split.own_use_wh} Wh own use, "
        f"{split.sold_wh} Wh sold, {split.minted_wh} Wh minted"
    )
