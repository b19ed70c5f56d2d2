"""What the people of a living village do beside using electricity: bids, certificates, offers, consents, deposits.

Each act is a transaction of whoever may, or a member's signature that the relay sends, as in a real community.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of, read_all
from wattcommons.chain.contracts import Call
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, order_message, order_struct
from wattcommons.domain.intervals import IntervalRange, end_unix, first_open, start_unix
from wattcommons.domain.orders import FOREVER, NO_CAP, LimitKind, Order
from wattcommons.domain.units import NANO_EUR_PER_EUR, IntervalIndex, ParticipantIndex, Wh
from wattcommons.scenarios.community import TRANSACTION_GAS
from wattcommons.scenarios.demo import Demo
from wattcommons.scenarios.village_texts import ADVICE, HOME_USE, OFFERS, STUDY, Text
from wattcommons.simulation.people import Kind, Participant

_DAY_S: Final = 86_400
_HOUR_S: Final = 3_600
_OFFER_LIFE_S: Final = 180 * _DAY_S
_CONSENT_LIFE_S: Final = 365 * _DAY_S
_DEPOSIT_EUR: Final = 20
_DAILY, _INTERVAL = 1, 2
_IMPORT, _BOTH = 1, 3
_MOST_IDS: Final = 48


class Acts:
    """The acts on one demo's chain. Each raises RevertedError when a contract refuses it."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._contracts = demo.contracts
        self._length = demo.scene.length
        people = demo.scene.village.participants
        self._roofs = [one for one in people if one.kind is Kind.ROOF]
        self._flats = [one for one in people if one.kind is Kind.FLAT]

    def publish_offers(self) -> None:
        """A partner's offers for Ecopoints."""
        until = self._now() + _OFFER_LIFE_S
        partner = self._demo.sender(Role.PARTNER)
        for plan in OFFERS:
            partner.send(self._call("Ecopoints", "publishOffer", plan.price_mpt, plan.stock, until, plan.text.code))

    def ask_for_consents(self) -> None:
        """An energy adviser asks two flats; the second agrees, the first has yet to answer."""
        adviser = self._demo.sender(Role.THIRD_PARTY)
        now = self._now()
        waiting = self._consent(self._flats[0], _INTERVAL, _IMPORT, ADVICE, now)
        given = self._consent(self._flats[1], _DAILY, _BOTH, STUDY, now)
        for terms in (waiting, given):
            adviser.send(self._call("ConsentRegistry", "request", terms))
        number = self._read("ConsentRegistry", "consentCount")
        self._member(self._flats[1]).send(self._call("ConsentRegistry", "grant", number, given))

    def first_bids(self) -> None:
        """Some members bid in prices of their own instead of shares of the spread."""
        wanted = [
            (person, 150_000 + 10_000 * at, 90_000 - 5_000 * at) for at, person in enumerate(self._flats[2::2][:3])
        ]
        wanted += [(person, 180_000, 70_000 + 5_000 * at) for at, person in enumerate(self._roofs[1:3])]
        self._place([self._order(person, buy, sell, None) for person, buy, sell in wanted])

    def bid_for_tomorrow(self, day: int) -> None:
        """One member, another one each day, wants to buy more cheaply for a day."""
        person = self._flats[day % len(self._flats)]
        first = first_open(self._now(), self._demo.community.spec.terms.gate_lead_s, self._length)
        period = IntervalRange(first, IntervalIndex(first + _DAY_S // self._length.seconds))
        self._place([self._order(person, 120_000 + 10_000 * (day % 5), 60_000, period)])

    def pass_certificates_on(self, day: IntervalRange) -> None:
        """The roofs give a flat what they hold of a day; the flat uses up a part of it for its own supply."""
        flat = self._flats[0]
        wallet = self._wallet(flat)
        for roof in self._roofs[:2]:
            held = self._held(roof, day)
            if not held:
                continue
            amounts = [(wh + 1) // 2 for _, wh in held]
            ids = [one for one, _ in held]
            self._member(roof).send(
                self._call("GuaranteeOfOrigin", "safeBatchTransferFrom", self._wallet(roof), wallet, ids, amounts, b"")
            )
            statement = (
                self._demo.community.keys.commitment(f"beneficiary {flat.meter_id}"),
                HOME_USE.code,
                start_unix(day.first, self._length),
                end_unix(day.end - 1, self._length),
                b"FR",
                sha256(f"{flat.meter_id} {day.first}".encode()).digest(),
            )
            part = max(1, len(ids) // 2)
            self._member(flat).send(self._call("GuaranteeOfOrigin", "cancel", ids[:part], amounts[:part], statement))

    def deposit(self, label: str) -> None:
        """Whoever is in debt pays it and twenty euros more; the treasurer books what came to the bank."""
        people = self._demo.scene.village.participants
        places = [self._demo.participant(person) for person in people]
        balances = read_all(self._contracts, [Read("EnergyMarket", "balanceOf", (place,)) for place in places])
        calls = []
        for person, place, balance in zip(people, places, balances, strict=True):
            if balance < 0:
                amount = (-balance // NANO_EUR_PER_EUR + 1 + _DEPOSIT_EUR) * NANO_EUR_PER_EUR
                reference = self._demo.community.keys.commitment(f"deposit {person.meter_id} {label}")
                calls.append(self._call("CommunityEuro", "mintToAccount", place, amount, reference))
        for sent in self._demo.community.treasurer.send_all(calls):
            if sent.error is not None:
                raise sent.error

    def _consent(self, person: Participant, granularity: int, directions: int, text: Text, now: int) -> tuple[Any, ...]:
        grantee = self._demo.sender(Role.THIRD_PARTY).address
        until = now + _CONSENT_LIFE_S
        return (self._demo.participant(person), grantee, directions, granularity, 4, text.code, now, until)

    def _held(self, person: Participant, day: IntervalRange) -> list[tuple[int, int]]:
        device = self._demo.community.devices[person.meter_id]
        ids = [device << 32 | interval for interval in day]
        wallet = self._wallet(person)
        reads = [Read("GuaranteeOfOrigin", "balanceOf", (wallet, one)) for one in ids]
        held = [(one, wh) for one, wh in zip(ids, read_all(self._contracts, reads), strict=True) if wh]
        return held[:_MOST_IDS]

    def _order(self, person: Participant, buy: int, sell: int, period: IntervalRange | None) -> Order:
        place = ParticipantIndex(self._demo.participant(person))
        return Order(
            participant=place,
            kind=LimitKind.FIXED,
            standing=period is None,
            buy_limit=buy,
            sell_limit=sell,
            buy_cap_wh=Wh(NO_CAP),
            sell_cap_wh=Wh(NO_CAP),
            from_interval=IntervalIndex(0) if period is None else period.first,
            to_interval=FOREVER if period is None else period.end,
            nonce=self._read("OrderBook", "lastNonce", place) + 1,
            deadline=self._now() + _HOUR_S,
        )

    def _place(self, orders: list[Order]) -> None:
        domain = domain_of(self._contracts.deployment, "OrderBook")
        keys = self._demo.community.keys
        signed = [
            (
                order_struct(one),
                sign(keys.member(self._demo.community.name_of(one.participant)), order_message(domain, one)),
            )
            for one in orders
        ]
        self._demo.community.relay.send(self._call("OrderBook", "placeOrders", signed))

    def _member(self, person: Participant) -> Sender:
        # Made anew each time: a member's own wallet may have sent something since.
        account = self._demo.community.keys.member(person.meter_id)
        return Sender(self._contracts.web3, account, gas=TRANSACTION_GAS)

    def _wallet(self, person: Participant) -> str:
        return str(self._demo.community.keys.member(person.meter_id).address)

    def _now(self) -> int:
        return self._demo.community.clock.now()

    def _read(self, contract: str, function: str, *arguments: Any) -> int:
        return int(self._contracts.read(contract, function, *arguments))

    def _call(self, contract: str, function: str, *arguments: Any) -> Call:
        return call_of(self._contracts, contract, function, *arguments)
