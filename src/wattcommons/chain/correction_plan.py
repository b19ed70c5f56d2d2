"""Corrections of settled readings before they are sent: what each would change, and why one cannot be made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.correction_fills import NO_TRADE, FillChunks, FillProof
from wattcommons.chain.rpc import ask, quantity, useless
from wattcommons.chain.stored import reading_of
from wattcommons.domain.corrections import corrected, effect_of
from wattcommons.domain.guarantees import CertificateId, certificate_id, lifetime_of
from wattcommons.domain.intervals import IntervalLength, end_unix
from wattcommons.domain.readings import Quality, Reading, max_wh
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import DeviceIndex, IntervalIndex, MicroEurPerKwh

_CORRECTIONS: Final = "Corrections"
_MARKET: Final = "EnergyMarket"
_TOKEN: Final = "GuaranteeOfOrigin"  # noqa: S105  a contract's name


class Verdict(StrEnum):
    """Whether a correction can be sent, is done already, or why it cannot be."""

    READY = "ready"
    DONE = "done"
    UNKNOWN = "unknown_participant"
    NO_READING = "no_reading"
    NOT_SETTLED = "not_settled"
    WINDOW_CLOSED = "window_closed"
    SAYS_SO = "says_so_already"
    TOO_MUCH_MADE = "too_much_made"
    TOO_MUCH_USED = "too_much_used"

    @property
    def stands_in_the_way(self) -> bool:
        """Neither to be sent nor done."""
        return self not in (Verdict.READY, Verdict.DONE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What should stand there, Wh; `reason` as on the chain; `line` of a file, 0 for none."""

    participant: int
    interval: int
    production_wh: int
    consumption_wh: int
    reason: bytes
    line: int = 0


@dataclass(frozen=True, slots=True)
class CertificateEffect:
    """Wh of the certificate that would be issued at first or more, of which `paid_wh` pay the device's debt; taken back
    from the producer's claim and wallet; and owed by the device.
    """

    number: int
    issued_wh: int = 0
    more_wh: int = 0
    paid_wh: int = 0
    taken_wh: int = 0
    owed_wh: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """A correction as it would be now. `limit`: the unix second of the window's end, or the Wh that are possible.

    `value_neur`: received by the participant; `booked`: by the community's accounts, else told only. `certificate`:
    None where none is concerned. All of these mean something for READY alone.
    """

    asked: Asked
    verdict: Verdict
    old: Reading
    limit: int = 0
    traded_wh: int = 0
    value_neur: int = 0
    booked: bool = False
    certificate: CertificateEffect | None = None
    proof: FillProof = NO_TRADE

    def call(self, contracts: Contracts) -> Call:
        """The call that makes it."""
        one = self.asked
        values = (one.participant, one.interval, one.production_wh, one.consumption_wh, one.reason, self.proof.terms)
        return contracts.call(_CORRECTIONS, "correct", *values)


def plan(contracts: Contracts, wanted: Sequence[Asked]) -> list[Planned]:
    """What each would do, in the order in which they would be sent. Raises NodeUnavailable."""
    planner = _Planner(contracts)
    return [planner.planned(one) for one in wanted]


class _Planner:
    """Asks one node; keeps what earlier corrections of the same plan change of a device's debt."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._length: IntervalLength = contracts.deployment.terms.length
        header = ask(contracts.web3, "eth_getBlockByNumber", "latest", False)
        if not isinstance(header, dict):
            raise useless(contracts.web3, "the node has no newest block")
        self._now = quantity(contracts.web3, header.get("timestamp"))
        self._chunks = FillChunks(contracts)
        self._debts: Counter[int] = Counter()

    def planned(self, one: Asked) -> Planned:
        where = (one.participant, one.interval)
        count, [stored], outcome, late_settled, until, epoch = self._read(
            Read("MemberRegistry", "participantCount"),
            Read("MeterLedger", "readingsOf", (*where, 1)),
            Read(_MARKET, "outcomeOf", (one.interval,)),
            Read(_MARKET, "lateSettled", where),
            Read(_CORRECTIONS, "correctableUntil", (one.interval,)),
            Read("MemberRegistry", "epochAt", where),
        )
        old, late = reading_of(stored)
        settled = late_settled if late else outcome[3]
        same = (old.production_wh, old.consumption_wh) == (one.production_wh, one.consumption_wh)
        most_used, most_made = (max_wh(power, self._length) for power in epoch[1:3])
        refusals = (
            (one.participant > count, Verdict.UNKNOWN, 0),
            (not old.is_present, Verdict.NO_READING, 0),
            (same and old.quality is Quality.CORRECTED, Verdict.DONE, 0),
            (not settled, Verdict.NOT_SETTLED, 0),
            (self._now >= until, Verdict.WINDOW_CLOSED, until),
            (same and old.quality is not Quality.ESTIMATED, Verdict.SAYS_SO, 0),
            (one.production_wh > most_made, Verdict.TOO_MUCH_MADE, most_made),
            (one.consumption_wh > most_used, Verdict.TOO_MUCH_USED, most_used),
        )
        for so, verdict, limit in refusals:
            if so:
                return Planned(one, verdict, old, limit)
        return self._ready(one, old, matched_wh=0 if late else outcome[1], limit=until)

    def _ready(self, one: Asked, old: Reading, matched_wh: int, limit: int) -> Planned:
        ended = end_unix(one.interval, self._length)
        proof = self._chunks.proof(one.participant, one.interval, ended, matched_wh)
        prices, collects, issuance = self._read(
            Read("TariffSchedule", "pricesAt", (one.interval,)),
            Read(_MARKET, "collects"),
            Read("MemberRegistry", "issuanceAt", (one.participant, one.interval)),
        )
        new = corrected(old, one.production_wh, one.consumption_wh)
        effect = effect_of(old, new, proof.traded_wh, Tariff(*(MicroEurPerKwh(price) for price in prices)))
        device, issuable, wallet, _ = issuance
        certificate = None
        if device and issuable:
            number = certificate_id(DeviceIndex(device), IntervalIndex(one.interval))
            change = effect.certificates
            certificate = self._certificate(number, wallet, change.earns.issued_wh, change.earns.minted_wh,
                                            change.difference_wh)  # fmt: skip
        return Planned(
            one,
            Verdict.READY,
            old,
            limit,
            proof.traded_wh,
            effect.value_neur,
            bool(collects[0]),
            certificate,
            proof,
        )

    def _certificate(
        self, number: CertificateId, wallet: str, earns_wh: int, minted_wh: int, difference_wh: int
    ) -> CertificateEffect:
        device = number >> 32
        terms, held, debt = self._read(
            Read(_TOKEN, "certificate", (number,)),
            Read(_TOKEN, "balanceOf", (wallet, number)),
            Read(_TOKEN, "debtOf", (device,)),
        )
        issued, waiting = terms[6], terms[7]
        debt += self._debts[device]
        if difference_wh < 0 and issued:
            taken = min(-difference_wh, waiting + held)
            self._debts[device] += -difference_wh - taken
            return CertificateEffect(number, taken_wh=taken, owed_wh=-difference_wh - taken)
        minted = difference_wh if issued else minted_wh
        expired = lifetime_of(number, self._length).has_expired(self._now)
        paid = 0 if expired else min(debt, max(minted, 0))
        self._debts[device] -= paid
        if issued:
            return CertificateEffect(number, more_wh=difference_wh, paid_wh=paid)
        return CertificateEffect(number, issued_wh=earns_wh, paid_wh=paid)

    def _read(self, *reads: Read) -> list[Any]:
        return read_all(self._contracts, reads)
