"""The community as a function of the interval, rebuilt from events: roster, devices, tariffs, orders, credit."""

from __future__ import annotations

from collections.abc import Callable

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import Event
from wattcommons.domain.order_trace import OrderTrace
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.readings import ABSENT_READING, Reading
from wattcommons.domain.settlement import Seat
from wattcommons.domain.tariff_schedule import TariffSchedule
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, ParticipantIndex
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.devices import Devices
from wattcommons.services.audit.gate import Gate, Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.roster import Roster
from wattcommons.services.audit.traces import Trace


class World:
    """Everything a clearing reads but the readings. Apply the events in order; ask about any interval since begun."""

    def __init__(self, terms: CommunityTerms, findings: Findings) -> None:
        self.length = terms.length
        self._findings = findings
        self.gate = Gate(terms.length, terms.gate_lead_s, findings)
        self.roster = Roster(self.gate, findings)
        self.devices = Devices(terms.length, self.gate, findings)
        self.tariffs = TariffSchedule()
        self._has_default = False
        self._orders: dict[int, OrderTrace] = {}
        self._eligible: dict[int, Trace[bool]] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            **self.roster.handlers(),
            **self.devices.handlers(),
            "TariffSchedule.BandAdded": self._band,
            "TariffSchedule.DefaultBandSet": self._default,
            "TariffSchedule.BandsScheduled": self._scheduled,
            "OrderBook.OrderPlaced": self._placed,
            "OrderBook.OrderCancelled": self._cancelled,
            "EnergyMarket.CreditEligibilitySet": self._credit,
        }

    def tariff(self, interval: int) -> Tariff:
        """Prices in force in an interval. Raises RuleError before the first default."""
        return self.tariffs.at(IntervalIndex(interval))

    def order(self, participant: int, interval: int) -> Order | None:
        """The order in force, None for grid only."""
        trace = self._orders.get(participant)
        return trace.in_force(IntervalIndex(interval)) if trace else None

    def seats(self, interval: int, readings: dict[int, Reading]) -> list[Seat]:
        """The book's seats of an interval, with the readings that were in before it froze."""
        return [
            Seat(
                ParticipantIndex(index),
                readings.get(index, ABSENT_READING),
                self.order(index, interval),
                epoch.suspended,
                self._eligible[index].at(interval) if index in self._eligible else True,
            )
            for index, epoch in self.roster.active(interval)
        ]

    def _band(self, event: Event) -> None:
        args = event.args

        def add() -> None:
            band = self.tariffs.add_band(Tariff(args["retail"], args["feedIn"], args["networkFee"]))
            self._findings.equal(checks.DATES, "number of a tariff band", band, args["band"], event=event)

        self._apply(event, add)

    def _default(self, event: Event) -> None:
        first = event.args["fromInterval"]
        # The constructor's default holds from interval 0 on: the only one that needs no open gate.
        opened = self.gate.first_open(event) if self._has_default else IntervalIndex(0)
        self._has_default = True
        self._findings.count(checks.DATES)
        self._apply(event, lambda: self.tariffs.set_default(event.args["band"], first, opened))

    def _scheduled(self, event: Event) -> None:
        self._findings.count(checks.DATES)
        opened = self.gate.first_open(event)
        first, codes = event.args["firstInterval"], event.args["codes"]
        self._apply(event, lambda: self.tariffs.set_codes(first, codes, opened))

    def _placed(self, event: Event) -> None:
        args = event.args
        self._findings.count(checks.DATES)
        opened = self.gate.first_open(event)

        def place() -> None:
            order = Order(
                participant=args["participant"],
                kind=LimitKind.SHARE if args["shares"] else LimitKind.FIXED,
                standing=args["standing"],
                buy_limit=args["buyLimit"],
                sell_limit=args["sellLimit"],
                buy_cap_wh=args["buyCapWh"],
                sell_cap_wh=args["sellCapWh"],
                from_interval=args["fromInterval"],
                to_interval=args["toInterval"],
                nonce=args["nonce"],
                deadline=event.timestamp,
            )
            self._trace(args["participant"]).place(order, opened)

        self._apply(event, place)

    def _cancelled(self, event: Event) -> None:
        args = event.args
        self.gate.check(event, args["fromInterval"])

        def cancel() -> None:
            self._trace(args["participant"]).cancel(args["fromInterval"], args["nonce"], standing=args["standing"])

        self._apply(event, cancel)

    def _credit(self, event: Event) -> None:
        self.gate.check(event, event.args["fromInterval"])
        trace = self._eligible.setdefault(event.args["participant"], Trace(True))
        trace.set(event.args["fromInterval"], event.args["eligible"])

    def _trace(self, participant: int) -> OrderTrace:
        return self._orders.setdefault(participant, OrderTrace(ParticipantIndex(participant)))

    def _apply(self, event: Event, change: Callable[[], object]) -> None:
        try:
            change()
        except RuleError as error:
            self._findings.broken(checks.DATES, event.key, "a change within the rules", error, event=event)
