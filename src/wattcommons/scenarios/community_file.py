"""The community file: one TOML file that says all there is to set, read strictly into typed values.

Money is written in euros and prices in €/kWh, exactly; they become n€ and µ€/kWh here. No key is ever in this file.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.enrolment_terms import Basis, Source
from wattcommons.chain.keystore import checked_address
from wattcommons.chain.roles import Role
from wattcommons.domain.auction import DEFAULT_K_PPM
from wattcommons.domain.devices import EnergySource, SupportScheme, check_country, check_fuel, check_technology
from wattcommons.domain.formatting import Language
from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_time import DEFAULT_ZONE, checked_zone
from wattcommons.domain.orders import DEFAULT_BUY_SHARE_PPM, DEFAULT_SELL_SHARE_PPM, NO_CAP, LimitKind
from wattcommons.domain.tariffs import MAX_TARIFF_PRICE
from wattcommons.domain.units import PPM
from wattcommons.scenarios.price_bands import PriceBand, prices_of, read_band
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec, StandingOrder
from wattcommons.services.runtime.toml_table import Table, read_toml

MAX_POWER_W: Final = 2**24 - 1
_DAY_S: Final = 86_400
_LENGTHS: Final = {length.minutes: length for length in IntervalLength}
_BASES: Final = {"gross": Basis.GROSS, "net": Basis.NET}
_SOURCES: Final = {"gateway": Source.GATEWAY, "operator-file": Source.OPERATOR_FILE, "declared": Source.DECLARED}
_SCHEMES: Final = {scheme.name.lower().replace("_", "-"): scheme for scheme in SupportScheme}
_ENERGY: Final = {source.value: source for source in EnergySource}


@dataclass(frozen=True)
class CommunityFile:
    """What a community file says.

    `wallets`: address by member; `gateways`: address by meter; both only where written. `roles`: address by role.
    `bands`: prices by local time, the first that applies counts; elsewhere the terms' default tariff.
    """

    path: Path
    language: Language
    spec: CommunitySpec
    roles: Mapping[Role, str]
    wallets: Mapping[str, str]
    gateways: Mapping[str, str]
    bands: tuple[PriceBand, ...]

    @property
    def terms(self) -> CommunityTerms:
        """What the contracts fix for good."""
        return self.spec.terms

    def spec_for(self, period: IntervalRange) -> CommunitySpec:
        """The community with the prices of each interval of a period."""
        return replace(self.spec, prices=prices_of(self.bands, period, self.terms.length, self.spec.zone))


def read_community(path: Path) -> CommunityFile:
    """Read and check a community file. Raises InputError naming the file, the key and what to write."""
    top = read_toml(path, "make one with `watt community new FILE`")
    community = top.table("community")
    name = community.text("name", most=40)
    language = community.choice("language", {one.value: one for one in Language}, "fr")
    zone = community.checked("time_zone", checked_zone, DEFAULT_ZONE)
    community.finish()
    tariff = top.table("tariff")
    terms = _terms(name, top, tariff)
    bands = tuple(read_band(one, terms.length) for one in tariff.tables("bands"))
    tariff.finish()
    roles = _roles(top.table("roles"))
    wallets, members = _members(top)
    participants, gateways = _participants(top, members)
    top.finish()
    spec = CommunitySpec(terms=terms, participants=participants, zone=zone)
    return CommunityFile(path, language, spec, roles, wallets, gateways, bands)


def _terms(name: str, top: Table, tariff: Table) -> CommunityTerms:
    market, coach = top.table("market"), top.table("coach")
    minutes = market.whole("interval_minutes", 30, 1, 60)
    if minutes not in _LENGTHS:
        raise market.wrong("interval_minutes", f"is {minutes}", "write 15, 30 or 60")
    days = market.scaled("silence_days", 7_000, 3, 1, 366_000)
    terms = CommunityTerms(
        name=name,
        interval_minutes=minutes,
        gate_lead_s=market.whole("gate_lead_seconds", 300, 0, 86_400),
        k_ppm=market.scaled("price_point", DEFAULT_K_PPM, 6, 0, PPM),
        deadline_s=market.whole("deadline_hours", 72, 1, 24 * 60) * 3_600,
        silence_after=max(1, days * 24 * 60 // (minutes * 1_000)),
        collect_grid=market.flag("collect_grid", default=False),
        collect_network_fee=market.flag("collect_network_fee", default=False),
        credit_limit_neur=market.scaled("credit_limit_eur", 300 * 10**9, 9, 0, 10**15),
        replacement_delay_s=market.whole("key_replacement_days", 7, 1, 365) * _DAY_S,
        retail=_price(tariff, "retail", 201_600),
        feed_in=_price(tariff, "feed_in", 40_000),
        network_fee=_price(tariff, "network_fee", 0),
        points_per_kwh=coach.whole("points_per_kwh", 1, 0, 1_000),
        max_award_mpt=coach.whole("most_points_a_month", 500, 0, 1_000_000) * 1_000,
        data_grace_s=coach.whole("data_grace_days", 7, 0, 365) * _DAY_S,
        correction_window_s=market.whole("correction_days", 60, 1, 300) * _DAY_S,
    )
    market.finish()
    coach.finish()
    return terms


def _price(table: Table, key: str, default: int) -> int:
    return table.scaled(key, default, 6, -MAX_TARIFF_PRICE, MAX_TARIFF_PRICE)


def _roles(table: Table) -> dict[Role, str]:
    holders: dict[Role, str] = {}
    for role in Role:
        key = role.name.lower()
        address = table.checked(key, checked_address, None)
        if address is None:
            continue
        for other, taken in holders.items():
            if taken == address:
                raise table.wrong(key, f"is the account of {other.name.lower()} too", "give each role a key of its own")
        holders[role] = address
    table.finish()
    return holders


def _members(top: Table) -> tuple[dict[str, str], set[str]]:
    names = _Once("name")
    wallets: dict[str, str] = {}
    taken = _Once("wallet")
    for table in top.tables("members"):
        name = names.add(table, table.text("name"))
        address = table.checked("wallet", checked_address, None)
        if address is not None:
            wallets[name] = taken.add(table, address)
        table.finish()
    return wallets, {str(name) for name in names.seen}


def _participants(top: Table, members: set[str]) -> tuple[tuple[ParticipantSpec, ...], dict[str, str]]:
    meters, keys = _Once("meter_id"), _Once("gateway")
    found, gateways = [], {}
    for table in top.tables("participants"):
        meter = meters.add(table, table.text("meter_id"))
        member = table.text("member", meter)
        if members and member not in members:
            raise table.wrong("member", f"is {member!r}, who is not among the members", "add it under [[members]]")
        gateway = table.checked("gateway", checked_address, None)
        if gateway is not None:
            gateways[meter] = keys.add(table, gateway)
        found.append(
            ParticipantSpec(
                meter_id=meter,
                member=member,
                basis=table.choice("basis", _BASES, "gross"),
                source=table.choice("source", _SOURCES, "gateway"),
                import_w=table.whole("import_power_w", 9_000, 0, MAX_POWER_W),
                export_w=table.whole("export_power_w", 0, 0, MAX_POWER_W),
                device=_device(table.table("device")) if table.has("device") else None,
                order=_order(table.table("order")) if table.flag("trades", default=True) else None,
            )
        )
        table.finish()
    return tuple(found), gateways


def _device(table: Table) -> DeviceSpec:
    usual = table.choice("energy", _ENERGY, "solar")
    device = DeviceSpec(
        capacity_w=table.whole("capacity_w", None, 1, 2**32 - 1),
        technology=table.checked("technology", check_technology, usual.technology),
        fuel=table.checked("fuel", check_fuel, usual.fuel),
        country=table.checked("country", check_country, "FR"),
        scheme=int(table.choice("support", _SCHEMES, "none")),
        scheme_allows=table.flag("certificates_allowed", default=True),
        storage=table.flag("storage", default=False),
        commissioned_at=table.day("commissioned"),
    )
    table.finish()
    return device


def _order(table: Table) -> StandingOrder:
    fixed = table.has("buy_up_to") or table.has("sell_from")
    if fixed and (table.has("buy_share") or table.has("sell_share")):
        raise table.wrong("buy_share", "and prices are both given", "write buy_up_to and sell_from, or shares")
    caps = {
        "buy_cap_wh": table.whole("buy_cap_wh", NO_CAP, 0, NO_CAP),
        "sell_cap_wh": table.whole("sell_cap_wh", NO_CAP, 0, NO_CAP),
    }
    if fixed:
        for key in ("buy_up_to", "sell_from"):
            if not table.has(key):
                raise table.wrong(key, "is missing", "write both prices, in €/kWh")
        order = StandingOrder(LimitKind.FIXED, _price(table, "buy_up_to", 0), _price(table, "sell_from", 0), **caps)
    else:
        order = StandingOrder(
            LimitKind.SHARE,
            table.scaled("buy_share", DEFAULT_BUY_SHARE_PPM, 6, 0, PPM),
            table.scaled("sell_share", DEFAULT_SELL_SHARE_PPM, 6, 0, PPM),
            **caps,
        )
    table.finish()
    return order


class _Once:
    """Refuses a value that another table of the list has already."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.seen: dict[Hashable, Table] = {}

    def add(self, table: Table, value: Any) -> Any:
        if value in self.seen:
            raise table.wrong(self._key, f"{value!r} is there twice", f"the other one is {self.seen[value].name}")
        self.seen[value] = table
        return value
