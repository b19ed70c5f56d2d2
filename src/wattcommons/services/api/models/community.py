"""The community as everybody sees it: settings, sums, never anyone's intervals."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import Freshness, Interval, Model, Neur, Period, Price, Unix, WhCount


class Community(Model):
    """What the page needs to know before anybody signs in."""

    name: str
    chain_id: int
    chain_name: str
    interval_minutes: int
    gate_lead_s: int
    zone: str = Field(examples=["Europe/Paris"])
    country: str = Field(examples=["FR"])
    contracts: dict[str, str]
    certificate_word: str = Field(description="community_certificate, or guarantee_of_origin where the law says so")
    devnet: bool = Field(description="a development chain: keys are public and money is play money")
    speed: int = Field(description="how many times faster than real time its clock runs, 1 for a real one")
    now: Unix = Field(description="the chain's time as the server knows it")
    first_open_interval: Interval
    collects_grid: bool
    collects_network_fee: bool
    k_ppm: int
    points_per_kwh: int
    controller: str = Field(description="who answers for personal data")
    version: str
    index: Freshness


class MixPart(Model):
    """Share of a kind of plant in the community's production."""

    kind: str
    production_wh: WhCount
    plants: int


class CommunityBucket(Model):
    """One column of a chart: [start, end). `price`: mean local price weighted by Wh, None without a trade."""

    start: Unix
    end: Unix
    production_wh: WhCount
    consumption_wh: WhCount
    own_use_wh: WhCount
    matched_wh: WhCount
    grid_import_wh: WhCount
    grid_export_wh: WhCount
    price: Price | None
    retail: Price | None
    feed_in: Price | None


class Overview(Model):
    """Sums over a period. Rates in ppm: own use and local trade over production, or over consumption."""

    period: Period
    start: Unix
    end: Unix
    members: int
    participants: int
    producers: int
    production_wh: WhCount
    consumption_wh: WhCount
    own_use_wh: WhCount
    matched_wh: WhCount
    grid_import_wh: WhCount
    grid_export_wh: WhCount
    saved_neur: Neur
    self_consumption_ppm: int | None
    self_sufficiency_ppm: int | None
    price: Price | None
    mix: list[MixPart]
    buckets: list[CommunityBucket]
    withheld: bool = Field(
        description="the sums would tell somebody's own: too few participants or producers, or, to who is not signed "
        "in, no day of it has ended"
    )
    freshness: Freshness
