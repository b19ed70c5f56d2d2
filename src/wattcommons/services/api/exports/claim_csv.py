"""A consumption claim as CSV: the month, each of its days, each of its settled intervals. Whole Wh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from wattcommons.services.api.exports.csv_text import BOM, csv_line
from wattcommons.services.api.models.claim import ClaimInterval, ClaimSums, ConsumptionClaim

COLUMNS: Final = (
    "part",
    "begins",
    "participant",
    "basis",
    "kind",
    "intervals_settled",
    "intervals_estimated",
    "consumption_wh",
    "own_use_wh",
    "bought_wh",
    "cancelled_wh",
    "matched_wh",
    "uncertified_wh",
    "matched_share_percent_hundredths",
    "statements",
    "data_file_sha256",
)


def claim_csv(claim: ConsumptionClaim, digest: str) -> Iterator[str]:
    """The file in pieces, a header first. `begins`: local month and day, UTC moment of an interval."""
    yield BOM + csv_line(COLUMNS)
    yield _sums("month", claim.month, claim, claim.total, digest)
    for day in claim.days:
        yield _sums("day", day.day, claim, day.sums, digest)
    for one in claim.intervals:
        yield _interval(claim, one, digest)


def _sums(part: str, begins: str, claim: ConsumptionClaim, sums: ClaimSums, digest: str) -> str:
    return csv_line(
        (
            *(part, begins, claim.participant, claim.basis, claim.kind),
            *(sums.intervals, sums.unmeasured, sums.consumption_wh),
            *(sums.own_use_wh, sums.bought_wh, sums.cancelled_wh, sums.matched_wh, sums.uncertified_wh),
            *(sums.share, None, digest),
        )
    )


def _interval(claim: ConsumptionClaim, one: ClaimInterval, digest: str) -> str:
    matched = one.own_use_wh + one.bought_wh + one.cancelled_wh
    return csv_line(
        (
            *("interval", f"{datetime.fromtimestamp(one.start, UTC):%Y-%m-%dT%H:%M:%SZ}"),
            *(claim.participant, claim.basis, claim.kind, 1, int(not one.measured), one.consumption_wh),
            *(one.own_use_wh, one.bought_wh, one.cancelled_wh, matched, one.uncertified_wh),
            matched * 10_000 // one.consumption_wh if one.consumption_wh else None,
            " ".join(str(number) for number in sorted({use.statement for use in one.uses})),
            digest,
        )
    )
