"""How export groups look on a screen, and as values for a program."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wattcommons.chain.export_reads import KnownGroup
from wattcommons.chain.exporting import Step, reference_text
from wattcommons.cli.console import Screen
from wattcommons.cli.texts.export_text import export_text
from wattcommons.domain.export_book import GroupState
from wattcommons.domain.export_file import ExportedDevice
from wattcommons.domain.export_groups import DevicePlan, Part, PlannedGroup
from wattcommons.domain.formatting import Language, decimal_text, kwh_text
from wattcommons.domain.guarantees import STANDARD_WH, device_and_interval
from wattcommons.domain.intervals import IntervalLength, end_utc, start_utc


class ExportView:
    """Prints in one language."""

    def __init__(self, screen: Screen, language: Language, length: IntervalLength) -> None:
        self._screen = screen
        self._language = language
        self._length = length
        self.text = export_text(language)

    def plans(self, holder: str, plans: Sequence[DevicePlan], devices: Sequence[ExportedDevice]) -> None:
        """What an account's certificates make, device by device."""
        text, screen = self.text, self._screen
        if not plans:
            screen.line(text.nothing_held.format(account=holder))
            return
        for plan, device in zip(plans, devices, strict=True):
            capacity = decimal_text(device.capacity_w, 0, self._language)
            codes = {"technology": device.technology, "fuel": device.fuel, "country": device.country}
            screen.line(text.device.format(device=plan.device, capacity=capacity, **codes), "bold")
            if plan.groups:
                screen.line(text.groups.format(count=len(plan.groups)), indent=2)
                screen.table(text.group_columns, [self._planned(one) for one in plan.groups], indent=4)
            for sentence, parts in ((text.carried_over, plan.carried_over), (text.too_late, plan.too_late)):
                if parts:
                    screen.item(sentence.format(**self._amount(parts)))
            for stale in plan.stale:
                screen.item(text.stale.format(group=stale.number, energy=kwh_text(stale.wh, self._language)))
                screen.command(f"export release {stale.number} --keystore KEY --password-file FILE")
        if any(plan.groups for plan in plans):
            screen.line(text.group_one)
            screen.command("export group --keystore KEY --password-file FILE")
            screen.line(text.group_with, "dim")

    def groups(self, found: Sequence[KnownGroup]) -> None:
        """A table of groups."""
        if not found:
            self._screen.line(self.text.no_groups)
            return
        rows = []
        for one in found:
            first, last = self._span(one.kept.first_interval, one.kept.last_interval)
            state = self.text.states[one.state - GroupState.OPEN]
            if one.state is GroupState.OPEN and one.kept.wh == STANDARD_WH:
                state = self.text.sent_back
            energy = decimal_text(one.kept.wh, 3, self._language)
            whose = (str(one.kept.device), str(one.kept.member))
            rows.append((str(one.number), state, *whose, first, last, energy))
        self._screen.table(self.text.list_columns, rows, indent=0)
        for one in found:
            if one.state is GroupState.EXPORTED:
                reference = reference_text(one.kept.reference)
                self._screen.item(self.text.known_as.format(group=one.number, reference=reference), indent=0)

    def asked(self, sentences: Sequence[str]) -> bool:
        """Whether the person agrees to what will be done."""
        for sentence in sentences:
            self._screen.item(sentence, indent=0)
        yes = self.text.yes[0]
        self._screen.err.print(f"{self.text.ask} [{yes}/N] ", end="")
        agreed = sys.stdin.readline().strip().lower() in self.text.yes
        if not agreed:
            self._screen.line(self.text.nothing_sent)
        return agreed

    def nothing_to_do(self) -> None:
        """No group would become whole."""
        self._screen.line(self.text.nothing_to_do)

    def filling(self, device: int, group: PlannedGroup) -> str:
        """What making a group does."""
        sentence = self.text.opens if group.number is None else self.text.fills
        return sentence.format(group=group.number, device=device, **self._amount(group.parts))

    def releasing(self, group: int, parts: Sequence[Part], account: str) -> str:
        """What a release does."""
        return self.text.releases.format(group=group, account=account, **self._amount(parts))

    def accepting(self, group: KnownGroup, reference: str) -> list[str]:
        """What an acceptance does."""
        first, last = self._period(group)
        facts = {"group": group.number, "device": group.kept.device, "first": first, "last": last}
        return [self.text.accepts.format(reference=reference, **facts), self.text.final]

    def declining(self, group: KnownGroup) -> str:
        """What sending a group back does."""
        first, last = self._period(group)
        return self.text.declines.format(group=group.number, device=group.kept.device, first=first, last=last)

    def locked(self, step: Step) -> None:
        """Wh went into a group."""
        self._screen.mark(True, self.text.locked.format(**self._step(step)), indent=0)
        if step.group_wh == STANDARD_WH:
            self._screen.line(self.text.full.format(group=step.group), indent=2)
            self._screen.line(self.text.file_of, indent=2)
            self._screen.command(f"export file {step.group} -o group-{step.group}.csv")

    def released(self, step: Step) -> None:
        """Wh came out of a group."""
        self._screen.mark(True, self.text.released.format(**self._step(step)), indent=0)

    def accepted(self, group: int, reference: str) -> None:
        """A group was exported."""
        self._screen.mark(True, self.text.accepted.format(group=group, reference=reference), indent=0)

    def declined(self, group: int, reason: bytes) -> None:
        """A group was sent back."""
        kept = self.text.reason_kept.format(reason=f"0x{reason.hex()}")
        self._screen.mark(True, self.text.declined.format(group=group), kept, indent=0)

    def written(self, file: Path, group: KnownGroup, certificates: int) -> None:
        """A file is there."""
        first, last = self._period(group)
        facts = {"group": group.number, "certificates": self._certificates(certificates), "first": first, "last": last}
        self._screen.line(self.text.written.format(file=file, **facts), "bold")

    def _planned(self, group: PlannedGroup) -> tuple[str, ...]:
        number = self.text.new if group.number is None else str(group.number)
        intervals = [device_and_interval(part.certificate)[1] for part in group.parts]
        energy = decimal_text(sum(part.wh for part in group.parts), 3, self._language)
        return (number, *self._span(intervals[0], intervals[-1]), str(len(group.parts)), energy)

    def _amount(self, parts: Sequence[Part]) -> dict[str, str]:
        energy = kwh_text(sum(part.wh for part in parts), self._language)
        return {"energy": energy, "certificates": self._certificates(len(parts))}

    def _certificates(self, count: int) -> str:
        if count == 1:
            return self.text.one_certificate
        return self.text.certificates.format(count=decimal_text(count, 0, self._language))

    def _step(self, step: Step) -> dict[str, Any]:
        energy, total = (kwh_text(wh, self._language) for wh in (step.wh, step.group_wh or 0))
        certificates = self._certificates(step.certificates)
        return {"group": step.group, "certificates": certificates, "energy": energy, "total": total}

    def _period(self, group: KnownGroup) -> tuple[str, str]:
        first, last = self._span(group.kept.first_interval, group.kept.last_interval)
        return f"{first} UTC", f"{last} UTC"

    def _span(self, first: int, last: int) -> tuple[str, str]:
        start, end = start_utc(first, self._length), end_utc(last, self._length)
        return f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}"


def plan_as_dict(plan: DevicePlan) -> dict[str, Any]:
    """For JSON."""
    return {
        "device": plan.device,
        "groups": [{"group": one.number, "begun_wh": one.begun_wh, "parts": _parts(one.parts)} for one in plan.groups],
        "carried_over_wh": plan.carried_over_wh,
        "carried_over": _parts(plan.carried_over),
        "too_late": _parts(plan.too_late),
        "stale_groups": [one.number for one in plan.stale],
    }


def group_as_dict(group: KnownGroup, length: IntervalLength) -> dict[str, Any]:
    """For JSON."""
    kept = group.kept
    exported = group.state is GroupState.EXPORTED
    return {
        "group": group.number,
        "state": group.state.name.lower(),
        "device": kept.device,
        "member": kept.member,
        "production_start": f"{start_utc(kept.first_interval, length):%Y-%m-%dT%H:%M:%SZ}",
        "production_end": f"{end_utc(kept.last_interval, length):%Y-%m-%dT%H:%M:%SZ}",
        "wh": kept.wh,
        "national_reference": f"0x{kept.reference.hex()}" if exported else None,
    }


def step_as_dict(step: Step) -> dict[str, Any]:
    """For JSON."""
    return {
        "group": step.group,
        "certificates": step.certificates,
        "wh": step.wh,
        "group_wh": step.group_wh,
        "transaction": step.tx_hash,
        "block": step.block,
    }


def _parts(parts: Sequence[Part]) -> list[dict[str, int]]:
    return [{"certificate": int(part.certificate), "wh": part.wh} for part in parts]
