"""What a community should be, kept in Python by the rules of the domain: who takes part, with what, since when.

Nothing here is read from the chain. `now` is the second of the newest block.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.steps import Steps
from wattcommons.chain.deployment import CommunityTerms
from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.credit import reserve_neur
from wattcommons.domain.export_book import ExportBook
from wattcommons.domain.intervals import end_unix, first_open
from wattcommons.domain.order_trace import OrderTrace
from wattcommons.domain.points_book import PointsBook
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading, is_plausible, max_wh
from wattcommons.domain.settlement import Seat
from wattcommons.domain.tariff_schedule import TariffSchedule
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh

ROSTER_WORD = 224
OPEN = 2**32 - 1


@dataclass
class Member:
    """A member: the wallets it has had, the newest last."""

    index: int
    wallets: list[str]
    active: bool = True
    proposed: str = ""
    executable_at: int = 0

    @property
    def wallet(self) -> str:
        return self.wallets[-1]


@dataclass
class Participant:
    """A metering point of a member in [first, until)."""

    index: int
    member: int
    first: int
    gateway: Steps[int]
    limits: Steps[tuple[int, int]]
    orders: OrderTrace
    until: int = OPEN
    rotations: int = 0
    suspended: Steps[bool] = field(default_factory=lambda: Steps(False))
    silent: Steps[bool] = field(default_factory=lambda: Steps(False))
    barred: Steps[bool] = field(default_factory=lambda: Steps(False))
    readings: dict[int, Reading] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)
    late_settled: set[int] = field(default_factory=set)
    earlier: dict[int, list[Reading]] = field(default_factory=dict)
    balance: int = 0
    credit_limit: int | None = None
    withdrawals: int = 0
    periods: list[dict[str, int]] = field(default_factory=list)

    def lives(self, interval: int) -> bool:
        return self.first <= interval < self.until

    def on_time(self, interval: int) -> Reading:
        """What the clearing of an interval sees."""
        return ABSENT_READING if interval in self.late else self.readings.get(interval, ABSENT_READING)


@dataclass
class Device:
    """A device: whose, and whether it may have certificates (allowed, suspended, valid until)."""

    index: int
    storage: bool
    holder: Steps[int]
    terms: Steps[tuple[bool, bool, int]]


class Model:
    """The whole community. Participants below the first of `participants` never lived."""

    def __init__(self, terms: CommunityTerms, now: int) -> None:
        self.terms = terms
        self.length = terms.length
        self.now = now
        self.start = now // self.seconds
        self.mark = self.start
        self.members: dict[int, Member] = {}
        self.participants: dict[int, Participant] = {}
        self.participant_count = 0
        self.devices: dict[int, Device] = {}
        self.tariffs = TariffSchedule()
        self.bands = 0
        self.certificates = CertificateLedger(self.length)
        self.exports = ExportBook(self.length)
        self.ids: list[int] = []
        self.withdrawn_by_body: Counter[int] = Counter()
        self.points = PointsBook()
        self.euro: Counter[str] = Counter()
        self.minted = 0
        self.burned = 0
        self.references: set[bytes] = set()
        self.member_transfers = False
        self.held_by_market = 0
        self.grid = 0
        self.network = 0
        self.default_credit = terms.credit_limit_neur

    # ------------------------------------------------------------------ time

    @property
    def seconds(self) -> int:
        return self.length.seconds

    @property
    def current(self) -> int:
        """The interval of the newest block."""
        return self.now // self.seconds

    @property
    def first_open(self) -> IntervalIndex:
        return first_open(self.now, self.terms.gate_lead_s, self.length)

    def end(self, interval: int) -> int:
        return end_unix(interval, self.length)

    # ------------------------------------------------------------------ who

    @property
    def words(self) -> int:
        return -(-self.participant_count // ROSTER_WORD)

    def roster(self, interval: int) -> list[int]:
        return sorted(one.index for one in self.participants.values() if one.lives(interval))

    def waited(self, interval: int) -> list[int]:
        return [p for p in self.roster(interval) if not self.participants[p].silent.at(interval)]

    def present(self, interval: int) -> int:
        """Readings in time of those who are waited for."""
        return sum(self.participants[p].on_time(interval).is_present for p in self.waited(interval))

    def seats(self, interval: int) -> list[Seat]:
        """All that a clearing depends on but the tariff."""
        seats = []
        for index in self.roster(interval):
            one = self.participants[index]
            seats.append(
                Seat(
                    ParticipantIndex(index),
                    one.on_time(interval),
                    one.orders.in_force(IntervalIndex(interval)),
                    one.suspended.at(interval),
                    not one.barred.at(interval),
                )
            )
        return seats

    def wallet_of(self, participant: int) -> str:
        return self.members[self.participants[participant].member].wallet

    def member_of(self, wallet: str) -> Member | None:
        return next((one for one in self.members.values() if one.wallet == wallet), None)

    def is_holder(self, wallet: str) -> bool:
        member = self.member_of(wallet)
        return member is not None and member.active

    def heir_of(self, wallet: str) -> str | None:
        """The wallet that took over from a replaced one."""
        for member in self.members.values():
            if wallet in member.wallets[:-1]:
                return member.wallet
        return None

    @property
    def wallets(self) -> list[str]:
        return [wallet for member in self.members.values() for wallet in member.wallets]

    def admit(self) -> None:
        """Tell the register of certificates who may hold: the present wallets of active members."""
        for wallet in self.wallets:
            if self.is_holder(wallet):
                self.certificates.admit(Account(wallet))
            else:
                self.certificates.dismiss(Account(wallet))

    def device_at(self, participant: int, interval: int) -> int:
        found = [one.index for one in self.devices.values() if one.holder.at(interval) == participant]
        assert len(found) <= 1, f"participant {participant} has devices {found} in interval {interval}"
        return found[0] if found else 0

    def may_issue(self, device: int, interval: int) -> bool:
        allowed, suspended, valid_until = self.devices[device].terms.at(interval)
        return allowed and not suspended and self.end(interval) <= valid_until

    def end_life(self, participant: int, until: int, successor: int = 0) -> None:
        """Close a participant; its device goes to the successor, or to nobody."""
        ended = self.participants[participant].until
        for device in self.devices.values():
            since, holder = device.holder.last
            if holder == participant:
                device.holder.set(max(until, since), successor)
            elif holder == 0 and since == ended and device.holder.at(until) == participant:
                # It was nobody's from the end that this life had so far: that follows the end.
                device.holder.set(until, successor)
        self.participants[participant].until = until

    # ------------------------------------------------------------------ readings

    def accepts(self, participant: int, first: int, key: int, readings: list[Reading]) -> bool:
        """Whether a run is recorded (as far as it is new): every reading of it, or none."""
        one = self.participants[participant]
        if self.end(first + len(readings) - 1) > self.now:
            return False
        for interval, reading in enumerate(readings, first):
            most_import, most_export = one.limits.at(interval)
            if (
                not one.lives(interval)
                or one.gateway.at(interval) != key
                or reading.quality not in (Quality.MEASURED, Quality.ESTIMATED)
                or not is_plausible(reading, most_import, most_export, self.length)
            ):
                return False
        return True

    def record(self, participant: int, first: int, readings: list[Reading], frozen: set[int]) -> tuple[int, int]:
        """Record an accepted run: how many readings are new, how many differ from the recorded ones."""
        one = self.participants[participant]
        new = conflicts = 0
        heard = False
        for interval, reading in enumerate(readings, first):
            if interval in one.readings:
                recorded = one.readings[interval]
                conflicts += recorded.quality is not Quality.CORRECTED and recorded != reading
                continue
            one.readings[interval] = reading
            new += 1
            if interval in frozen:
                one.late.add(interval)
            heard = heard or one.silent.at(interval)
        if heard:
            self.set_silent(participant, silent=False)
        return new, conflicts

    def set_silent(self, participant: int, *, silent: bool) -> None:
        one = self.participants[participant]
        since = max(self.first_open, one.first)
        if since < one.until and one.silent.at(since) != silent:
            one.silent.set(since, silent)

    def is_silent_now(self, participant: int) -> bool:
        """Whether `markSilent` has anything to say: active that long ago, and nothing heard since."""
        one = self.participants[participant]
        since = self.current - self.terms.silence_after
        return one.lives(since) and not any(interval in one.readings for interval in range(since, self.current))

    # ------------------------------------------------------------------ credit

    def reserve(self, participant: int) -> int:
        one = self.participants[participant]
        opens = self.first_open
        at = opens if one.lives(opens) else one.until - 1
        power = one.limits.at(at) if one.lives(at) and at <= opens else (0, 0)
        most = [max_wh(watts, self.length) for watts in power]
        return reserve_neur(opens - self.mark, Wh(most[0]), Wh(most[1]), self.tariffs.at(opens))

    def credit_limit(self, participant: int) -> int:
        own = self.participants[participant].credit_limit
        return self.default_credit if own is None else own
