"""A participant's consumption claim of a month: its data file, to the byte (see `views/claim.py`)."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import BigId, Hash, Model, Unix, WhCount


class ClaimSums(Model):
    """Sums over settled intervals, in Wh. matched = own use + bought + cancelled, never above consumption.

    `uncertified_wh`: own use and purchases that no certificate stands behind, not claimed. `share`: hundredths of a
    percent of consumption that are matched, rounded down, null where nothing was used.
    """

    intervals: int
    unmeasured: int = Field(description="of the intervals, those with an estimated reading: nothing is claimed in them")
    consumption_wh: WhCount
    own_use_wh: WhCount
    bought_wh: WhCount
    cancelled_wh: WhCount
    matched_wh: WhCount
    uncertified_wh: WhCount
    share: int | None = Field(ge=0, le=10_000)


class ClaimDay(Model):
    """A local day."""

    day: str = Field(examples=["2026-04-01"])
    sums: ClaimSums


class ClaimUse(Model):
    """Wh of a certificate that a statement cancelled and that this claim takes."""

    statement: int
    certificate: BigId
    wh: WhCount


class ClaimInterval(Model):
    """A settled interval."""

    start: Unix
    measured: bool
    consumption_wh: WhCount
    own_use_wh: WhCount
    bought_wh: WhCount
    cancelled_wh: WhCount
    uncertified_wh: WhCount
    uses: list[ClaimUse]


class ClaimStatement(Model):
    """A cancellation statement that this claim takes from; `claimed_wh`: how much."""

    statement: int
    beneficiary: Hash
    purpose: Hash
    period_from: Unix
    period_to: Unix
    country: str
    statement_hash: Hash
    claimed_wh: WhCount


class ConsumptionClaim(Model):
    """The same-interval matched share of what a participant used in a month.

    `kind`: community_certificate, or guarantee_of_origin where the country's designated body accepts the registry. Of
    `expected_intervals` (ended, of the participant's ownership) `unread` have no reading and `waiting` are not settled:
    nothing is known, and nothing claimed, of these. `left_wh`: cancelled by the member's statements in intervals of the
    month and claimed at none of the member's points. `excluded`: the member's statements that were left out, because
    they are somebody else's to claim. `proofs`: SHA-256 of proof files handed over with it.
    """

    format: str = Field(examples=["watt-commons/consumption-claim"])
    version: int = Field(examples=[1])
    chain_id: int
    registry: str
    community: str
    kind: str
    participant: int
    basis: str = Field(description="net: own use is what an interval nets; gross: it is self-consumption")
    source: str
    month: str = Field(examples=["2026-04"])
    over: bool
    zone: str
    interval_minutes: int
    start: Unix
    end: Unix
    expected_intervals: int
    unread: int
    waiting: int
    order_of_use: list[str]
    total: ClaimSums
    days: list[ClaimDay]
    intervals: list[ClaimInterval]
    statements: list[ClaimStatement]
    left_wh: WhCount
    excluded: list[int]
    proofs: list[str]
