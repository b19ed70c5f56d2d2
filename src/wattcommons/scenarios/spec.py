"""A community as it is to be built on a development chain: terms, participants, prices. No keys, no addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.enrolment_terms import Basis, Source
from wattcommons.domain.local_time import DEFAULT_ZONE
from wattcommons.domain.orders import DEFAULT_BUY_SHARE_PPM, DEFAULT_SELL_SHARE_PPM, NO_CAP, LimitKind
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex


@dataclass(frozen=True)
class DeviceSpec:
    """A production installation. `capacity_w`: W. Codes are those of EECS: solar by default."""

    capacity_w: int
    technology: str = "T010100"
    fuel: str = "F01010100"
    country: str = "FR"
    scheme: int = 0
    scheme_allows: bool = True
    storage: bool = False
    commissioned_at: int | None = None


@dataclass(frozen=True)
class StandingOrder:
    """The order in force until replaced: limits in µ€/kWh, or in ppm of the spread; caps in Wh an interval."""

    kind: LimitKind = LimitKind.SHARE
    buy_limit: int = DEFAULT_BUY_SHARE_PPM
    sell_limit: int = DEFAULT_SELL_SHARE_PPM
    buy_cap_wh: int = NO_CAP
    sell_cap_wh: int = NO_CAP


@dataclass(frozen=True)
class ParticipantSpec:
    """One metering point. `meter_id`: its name in files and reports. Powers in W.

    `member`: name of its member, who may have several; default the meter's own. `order` None: grid only.
    """

    meter_id: str
    import_w: int = 9_000
    export_w: int = 9_000
    basis: Basis = Basis.GROSS
    source: Source = Source.OPERATOR_FILE
    device: DeviceSpec | None = None
    order: StandingOrder | None = field(default_factory=StandingOrder)
    member: str = ""

    @property
    def member_name(self) -> str:
        """Name of the member behind it."""
        return self.member or self.meter_id


@dataclass(frozen=True)
class CommunitySpec:
    """A whole community. `zone`: where its local months begin and end. `seed`: what its development keys come from.

    `prices`: tariffs of single intervals; elsewhere the terms' default tariff holds.
    """

    terms: CommunityTerms
    participants: tuple[ParticipantSpec, ...]
    prices: Mapping[IntervalIndex, Tariff] = field(default_factory=dict)
    zone: str = DEFAULT_ZONE
    seed: str = "watt devnet"
