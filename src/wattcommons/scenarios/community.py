"""Building a community on a development chain: contracts, roles, members, meters, devices, orders, prices.

Every key is derived from the description's seed (`chain.devnet_keys`), so everybody knows all of them: this is for
trying out only. Each step is carried out by the role that may, with the signatures it needs, as in a real community.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of, read_all
from wattcommons.chain.clock import ChainClock
from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.deploy import deploy
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender, Sent
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, enrolment_message, order_message, order_struct
from wattcommons.domain.orders import FOREVER, Order
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.errors import RevertedError
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec, StandingOrder

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

TRANSACTION_GAS: Final = 24_000_000
_SIGNATURE_LIFE_S: Final = 30 * 86_400
_DEVICE_LIFE_S: Final = 4 * 365 * 86_400
_ORDERS_A_CALL: Final = 100
_CODES_A_CALL: Final = 2_048
_CODES_A_SLOT: Final = 16


def silent(_what: str, _done: int, _total: int) -> None:
    """A progress that tells nobody."""


class Community:
    """A community that was just built, with the keys of everybody in it."""

    def __init__(self, web3: Any, spec: CommunitySpec, progress: Progress = silent) -> None:
        """Deploys the contracts and schedules the prices; nobody has joined yet. Raises RevertedError."""
        self.spec = spec
        self.keys = DevnetKeys(spec.seed)
        self.clock = ChainClock(web3)
        self._web3 = web3
        self._progress = progress
        holders: dict[Role, str] = {role: self.keys.role(role).address for role in Role if role is not Role.ADMIN}
        deployer = Sender(web3, self.keys.service("deployer"), gas=TRANSACTION_GAS)
        admin = self.keys.role(Role.ADMIN).address
        self.deployment = deploy(web3, deployer, spec.terms, holders, admin=admin)
        self.contracts = Contracts(web3, self.deployment, check=False)
        self.relay = Sender(web3, self.keys.service("relay"), gas=TRANSACTION_GAS)
        self.operator = self._sender(Role.OPERATOR)
        self.issuing_body = self._sender(Role.ISSUING_BODY)
        self.treasurer = self._sender(Role.TREASURER)
        self.members: dict[str, int] = {}
        self.participants: dict[str, ParticipantIndex] = {}
        self.devices: dict[str, int] = {}
        self._codes: dict[Tariff, int] = {spec.terms.default_tariff: 0}
        self.schedule(spec.prices)

    def name_of(self, participant: int) -> str:
        """Meter of a participant."""
        return self._names[participant - 1]

    @property
    def _names(self) -> list[str]:
        return list(self.participants)

    def join(self, joining: Iterable[tuple[ParticipantSpec, IntervalIndex]]) -> None:
        """Take in participants, each from an interval whose gate is open. Raises RevertedError.

        Members, meters (signed by member and metering operator), devices and standing orders, in this order.
        """
        # In order of their dates: the registry's history of a word of participants is appended to, not rewritten.
        newcomers = sorted(joining, key=lambda one: one[1])
        deadline = self.clock.now() + _SIGNATURE_LIFE_S
        names = [spec.member_name for spec, _ in newcomers]
        self._register(name for name in dict.fromkeys(names) if name not in self.members)
        self._enrol(newcomers, deadline)
        self._install([(spec, spec.device, first) for spec, first in newcomers if spec.device is not None])
        self._order([(spec, spec.order) for spec, _ in newcomers if spec.order is not None], deadline)

    def close(self, leaving: Sequence[tuple[str, IntervalIndex]]) -> None:
        """End participants (by meter) at the first interval that is no longer theirs; its gate must be open."""
        ordered = sorted(leaving, key=lambda one: one[1])
        calls = [self._call("MemberRegistry", "close", self.participants[name], until) for name, until in ordered]
        self._send(self.operator, calls, "participants closed")

    def _register(self, names: Iterable[str]) -> None:
        fresh = list(names)
        calls = [
            self._call(
                "MemberRegistry",
                "registerMember",
                self.keys.member(name).address,
                self.keys.commitment(f"member {name}"),
            )
            for name in fresh
        ]
        self._send(self.operator, calls, "members registered")
        base = len(self.members)
        self.members |= {name: base + number for number, name in enumerate(fresh, 1)}

    def _enrol(self, newcomers: Sequence[tuple[ParticipantSpec, IntervalIndex]], deadline: int) -> None:
        domain = domain_of(self.deployment, "MemberRegistry")
        metering = self.keys.role(Role.METERING_OPERATOR)
        calls = []
        for spec, first in newcomers:
            terms = (
                self.members[spec.member_name],
                int(spec.basis),
                int(spec.source),
                spec.import_w,
                spec.export_w,
                self.keys.gateway(spec.meter_id).address,
                first,
                self.keys.commitment(f"metering point {spec.meter_id}"),
                deadline,
            )
            message = enrolment_message(domain, terms)
            member = sign(self.keys.member(spec.member_name), message)
            calls.append(
                self._call("MemberRegistry", "enrol", terms, member, metering.address, sign(metering, message))
            )
        self._send(self.operator, calls, "meters enrolled")
        base = len(self.participants)
        self.participants |= {
            spec.meter_id: ParticipantIndex(base + number) for number, (spec, _) in enumerate(newcomers, 1)
        }

    def _install(self, producers: Sequence[tuple[ParticipantSpec, DeviceSpec, IntervalIndex]]) -> None:
        now = self.clock.now()
        calls = []
        base = len(self.devices)
        for number, (spec, device, first) in enumerate(producers, base + 1):
            terms = _device_terms(device, now, self.keys.commitment(f"device {spec.meter_id}"))
            calls.append(self._call("MemberRegistry", "registerDevice", terms))
            calls.append(self._call("MemberRegistry", "bindDevice", number, self.participants[spec.meter_id], first))
            self.devices[spec.meter_id] = number
        self._send(self.issuing_body, calls, "devices registered")

    def _order(self, specs: Sequence[tuple[ParticipantSpec, StandingOrder]], deadline: int) -> None:
        domain = domain_of(self.deployment, "OrderBook")
        calls = []
        for start in range(0, len(specs), _ORDERS_A_CALL):
            signed = []
            for spec, wanted in specs[start : start + _ORDERS_A_CALL]:
                order = _standing(wanted, self.participants[spec.meter_id], deadline)
                signature = sign(self.keys.member(spec.member_name), order_message(domain, order))
                signed.append((order_struct(order), signature))
            calls.append(self._call("OrderBook", "placeOrders", signed))
        self._send(self.relay, calls, "standing orders placed")
        reads = [Read("OrderBook", "lastNonce", (self.participants[spec.meter_id],)) for spec, _ in specs]
        for (spec, _), nonce in zip(specs, read_all(self.contracts, reads), strict=True):
            if not nonce:
                raise RevertedError("OrderSkipped", {"meter": spec.meter_id}, contract="OrderBook.placeOrders")

    def schedule(self, prices: Mapping[IntervalIndex, Tariff]) -> None:
        """Prices of intervals whose gate is open. Raises RevertedError."""
        codes = self._codes
        calls = []
        for tariff in prices.values():
            if tariff not in codes:
                codes[tariff] = len(codes) + 1  # band 1 is the terms' own default
                calls.append(self._call("TariffSchedule", "addBand", tariff.retail, tariff.feed_in, tariff.network_fee))
        for first, stretch in _stretches(prices):
            at = first
            while at < first + len(stretch):
                end = min((at // _CODES_A_SLOT) * _CODES_A_SLOT + _CODES_A_CALL, first + len(stretch))
                part = [codes[tariff] for tariff in stretch[at - first : end - first]]
                if any(part):
                    calls.append(self._call("TariffSchedule", "schedule", at, part))
                at = end
        self._send(self.operator, calls, "prices scheduled")

    def _send(self, sender: Sender, calls: Sequence[Call], what: str) -> list[Sent]:
        done: list[Sent] = []
        for start in range(0, len(calls), 100):
            for sent in sender.send_all(calls[start : start + 100]):
                if sent.error is not None:
                    raise sent.error
                done.append(sent)
            self._progress(what, len(done), len(calls))
        return done

    def _call(self, contract: str, function: str, *arguments: Any) -> Call:
        return call_of(self.contracts, contract, function, *arguments)

    def _sender(self, role: Role) -> Sender:
        return Sender(self._web3, self.keys.role(role), gas=TRANSACTION_GAS)


def _standing(wanted: StandingOrder, participant: ParticipantIndex, deadline: int) -> Order:
    return Order(
        participant=participant,
        kind=wanted.kind,
        standing=True,
        buy_limit=wanted.buy_limit,
        sell_limit=wanted.sell_limit,
        buy_cap_wh=Wh(wanted.buy_cap_wh),
        sell_cap_wh=Wh(wanted.sell_cap_wh),
        from_interval=IntervalIndex(0),
        to_interval=FOREVER,
        nonce=1,
        deadline=deadline,
    )


def _device_terms(device: DeviceSpec, now: int, commitment: bytes) -> tuple[Any, ...]:
    commissioned = now - 86_400 if device.commissioned_at is None else device.commissioned_at
    return (
        device.technology.encode(),
        device.fuel.encode(),
        device.capacity_w,
        max(commissioned, 0),
        device.country.encode(),
        device.scheme,
        device.scheme_allows,
        device.storage,
        now + _DEVICE_LIFE_S,
        commitment,
    )


def _stretches(prices: Mapping[IntervalIndex, Tariff]) -> list[tuple[int, list[Tariff]]]:
    """Consecutive intervals with prices of their own."""
    found: list[tuple[int, list[Tariff]]] = []
    for interval, tariff in sorted(prices.items()):
        if found and interval == found[-1][0] + len(found[-1][1]):
            found[-1][1].append(tariff)
        else:
            found.append((interval, [tariff]))
    return found
