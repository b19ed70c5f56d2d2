"""Corrections of settled readings: allowed, worth what was booked, and followed by the right certificates.

What a correction must do to certificates is worked out before the token tells of it; the events that follow have to
say the same, in their order. The same holds for what an issue pays of a device's debt.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.chain.stored import reading_of
from wattcommons.domain.accounts import Account
from wattcommons.domain.corrections import CorrectionEffect, check_correction, corrected, effect_of
from wattcommons.domain.guarantees import CertificateId, certificate_id, lifetime_of
from wattcommons.domain.units import DeviceIndex, IntervalIndex
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.certificates import Certificates
from wattcommons.services.audit.clearings import Clearings
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.issues import Issues
from wattcommons.services.audit.readings import Readings, Recorded
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.roster import NOT_ACTIVE
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World


class Step(NamedTuple):
    """What the token has to tell next: the event, the certificate, whose Wh, and how many."""

    name: str
    certificate: int
    holder: str
    wh: int


@dataclass(slots=True)
class Followed:
    """What corrections did to one certificate, Wh: issued beyond its issue, withdrawn (for the device's debt as well),
    and owed by the device: below zero where its Wh pay for another certificate.
    """

    more: int = 0
    withdrawn: int = 0
    owed: int = 0


class Corrections:
    """Follows every correction through readings, accounts and certificates."""

    def __init__(
        self,
        terms: CommunityTerms,
        world: World,
        readings: Readings,
        clearings: Clearings,
        on_booked: Callable[[int, int, Event], None],
        issues: Issues,
        certificates: Certificates,
        findings: Findings,
        only: int | None = None,
    ) -> None:
        """`on_booked` hears of participant, n€ and event. `only`: the certificate whose corrections are checked; others
        are taken as they are told.
        """
        self._terms = terms
        self._world = world
        self._readings = readings
        self._clearings = clearings
        self._on_booked = on_booked
        self._issues = issues
        self._certificates = certificates
        self._findings = findings
        self._only = only
        self._debts: Counter[int] = Counter()
        self._earlier: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._to_come: deque[Step] = deque()
        self._debts_told: Counter[int] = Counter()
        self.followed: defaultdict[int, Followed] = defaultdict(Followed)
        """Certificate -> what became of it, as the token tells."""

    def handlers(self) -> Handlers:
        """What reads which event. After those of all the parts it was given."""
        return {
            "Corrections.ReadingCorrected": self._corrected,
            "GuaranteeOfOrigin.Issued": self._issued,
            "GuaranteeOfOrigin.IssuedMore": self._issued_more,
            "GuaranteeOfOrigin.Withdrawn": self._withdrawn,
            "GuaranteeOfOrigin.DebtSet": self._debt_set,
        }

    def debt_elsewhere(self, event: Event) -> None:
        """What a device owes after something that happened to another certificate than the only one."""
        self._debts[event.args["device"]] = self._debts_told[event.args["device"]] = event.args["debtWh"]

    def finish(self) -> None:
        """Nothing is missing of what corrections called for."""
        self._all_told()

    def compare(self, state: State) -> None:
        """Devices owe what corrections left them owing, what stood there before is kept, and nothing is missing of what
        corrections called for.
        """
        self.finish()
        places = sorted(self._earlier)
        for place, kept in zip(places, state.earlier_readings(places), strict=True):
            self._findings.count(checks.CORRECTIONS)
            entry = f"readings of participant {place[0]} in interval {place[1]} before it was corrected"
            self._findings.equal(checks.CORRECTIONS, entry, tuple(self._earlier[place]), kept, interval=place[1])
        devices = sorted(self._world.devices.known)
        for device, found in zip(devices, state.device_debts(devices), strict=True):
            self._findings.count(checks.CORRECTIONS)
            entry = f"Wh owed by device {device}"
            self._findings.equal(checks.CORRECTIONS, entry, self._debts[device], found)

    # --- the correction itself -------------------------------------------------------------------------

    def _corrected(self, event: Event) -> None:
        self._all_told()
        self._findings.count(checks.CORRECTIONS)
        participant, interval = event.args["participant"], event.args["interval"]
        recorded = self._readings.at(participant, interval)
        if recorded is None:
            self._wrong(event, "correction", "a recorded reading", "none")
            return
        if self._only not in (None, self._certificate_of(participant, interval)):
            self._readings.correct(participant, interval, reading_of(event.args["corrected"])[0])
            return
        self._equal(event, "reading before the correction", recorded.stored, event.args["before"])
        self._earlier[participant, interval].append(recorded.stored)
        given, late = reading_of(event.args["corrected"])
        try:
            new = corrected(recorded.reading, given.production_wh, given.consumption_wh)
            owner = self._world.roster.participants.get(participant)
            epoch = owner.epochs.at(interval) if owner else NOT_ACTIVE
            powers = (epoch.import_w, epoch.export_w)
            length, window = self._world.length, self._terms.correction_window_s
            check_correction(new, powers, interval, length, window, event.timestamp)
            tariff = self._world.tariff(interval)
        except RuleError as error:
            self._wrong(event, "correction", "one within the rules", error)
            return
        self._equal(event, "corrected reading", (new, recorded.late), (given, late))
        traded = self._traded(event, recorded)
        effect = effect_of(recorded.reading, new, traded, tariff)
        booked = effect.value_neur if self._terms.collect_grid else 0
        self._equal(event, "Wh traded", traded, event.args["tradedWh"])
        self._equal(event, "value, n€", effect.value_neur, event.args["valueNeur"])
        self._equal(event, "booked, n€", booked, event.args["bookedNeur"])
        self._readings.correct(participant, interval, new)
        self._on_booked(participant, booked, event)
        self._expect(event, effect)

    def _traded(self, event: Event, recorded: Recorded) -> int:
        """What the participant traded in the interval, which must be settled for it."""
        participant, interval = event.args["participant"], event.args["interval"]
        cleared = self._clearings.known.get(interval)
        late = (participant, interval) in self._clearings.late_settled
        if not (late if recorded.late else cleared is not None and cleared.settled):
            self._wrong(event, "correction", "of a settled reading", "it is not settled")
        if recorded.late or cleared is None:
            return 0
        fills = cleared.settlement.clearing.fills
        return next((fill.wh for fill in fills if fill.participant == participant), 0)

    def _expect(self, event: Event, effect: CorrectionEffect) -> None:
        """What the token has to tell of it."""
        participant, interval = event.args["participant"], event.args["interval"]
        device = self._world.devices.of(participant, interval)
        one = self._certificate_of(participant, interval)
        if one is None or self._world.devices.refusal(device, interval) is not None:
            return
        change = effect.certificates
        wallet, active = self._world.roster.wallet_of(participant)
        if not self._certificates.ledger.issued(one):
            self._issues.corrected(one, participant, change.earns, event)
        elif change.difference_wh > 0:
            holder = wallet if active else NO_ADDRESS
            self._to_come.append(Step("IssuedMore", one, holder, change.difference_wh))
        elif change.difference_wh < 0:
            self._expect_less(one, wallet, -change.difference_wh)

    def _certificate_of(self, participant: int, interval: int) -> CertificateId | None:
        device = self._world.devices.of(participant, interval)
        return None if device is None else certificate_id(DeviceIndex(device.index), IntervalIndex(interval))

    def _expect_less(self, one: CertificateId, wallet: str, wh: int) -> None:
        ledger = self._certificates.ledger
        waiting = ledger.waiting(one)
        from_claim = min(wh, waiting.wh if waiting else 0)
        from_wallet = min(wh - from_claim, ledger.balance(one, Account(wallet)))
        for holder, part in ((NO_ADDRESS, from_claim), (wallet, from_wallet)):
            if part:
                self._to_come.append(Step("Withdrawn", one, holder, part))
        owed = wh - from_claim - from_wallet
        if owed:
            self._debts[one >> 32] += owed
            self._to_come.append(Step("DebtSet", one, "", self._debts[one >> 32]))

    # --- what the token tells --------------------------------------------------------------------------

    def _issued(self, event: Event) -> None:
        self._pay(event, event.args["mintedWh"])

    def _issued_more(self, event: Event) -> None:
        self._told(event, event.args["holder"], event.args["wh"])
        self.followed[event.args["id"]].more += event.args["wh"]
        self._pay(event, event.args["wh"])

    def _withdrawn(self, event: Event) -> None:
        if self._to_come:
            self._told(event, event.args["holder"], event.args["wh"])
            self.followed[event.args["id"]].withdrawn += event.args["wh"]

    def _debt_set(self, event: Event) -> None:
        self._told(event, "", event.args["debtWh"])
        device, debt = event.args["device"], event.args["debtWh"]
        self.followed[event.args["id"]].owed += debt - self._debts_told[device]
        self._debts_told[device] = debt

    def _pay(self, event: Event, minted_wh: int) -> None:
        """What is minted pays the device's debt first, unless it has expired already."""
        one = CertificateId(event.args["id"])
        device = one >> 32
        paid = min(self._debts[device], minted_wh)
        if not paid or lifetime_of(one, self._world.length).has_expired(event.timestamp):
            return
        self._debts[device] -= paid
        self._to_come.append(Step("DebtSet", one, "", self._debts[device]))
        self._to_come.append(Step("Withdrawn", one, event.args["holder"], paid))

    def _told(self, event: Event, holder: str, wh: int) -> None:
        self._findings.count(checks.CORRECTIONS)
        found = Step(event.name, event.args["id"], holder, wh)
        expected = self._to_come.popleft() if self._to_come else None
        if found != expected:
            entry = f"{event.name} of certificate {found.certificate}"
            wanted = "nothing: no correction calls for it" if expected is None else expected
            self._findings.broken(checks.CORRECTIONS, entry, wanted, found, event=event)

    def _all_told(self) -> None:
        for step in self._to_come:
            entry = f"{step.name} of certificate {step.certificate}"
            self._findings.broken(checks.CORRECTIONS, entry, step, "nothing")
        self._to_come.clear()

    def _equal(self, event: Event, what: str, expected: object, found: object) -> None:
        if expected != found:
            self._wrong(event, what, expected, found)

    def _wrong(self, event: Event, what: str, expected: object, found: object) -> None:
        participant, interval = event.args["participant"], event.args["interval"]
        entry = f"{what} of participant {participant} in interval {interval}"
        self._findings.broken(checks.CORRECTIONS, entry, expected, found, event=event, interval=interval)
