"""Corrections of a participant's settled readings, as they happened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from wattcommons.chain.stored import reading_of
from wattcommons.domain.corrections import reason_text
from wattcommons.domain.intervals import IntervalRange
from wattcommons.domain.readings import Reading
from wattcommons.services.store.index_tables import participant_changes


class CorrectionRow(NamedTuple):
    """What stood there and what stands there now; money in n€, received is positive: what it is worth, and what of that
    the community booked. `at`: unix seconds.
    """

    interval: int
    before: Reading
    after: Reading
    value_neur: int
    booked_neur: int
    reason: str
    at: int


def corrections_of(connection: Connection, participant: int, covered: IntervalRange) -> list[CorrectionRow]:
    """Those of the intervals of a range: by interval, then in the order of the chain."""
    one = participant_changes
    query = (
        select(one.c.from_interval, one.c.detail, one.c.at)
        .where(
            one.c.participant == participant,
            one.c.kind == "correction",
            one.c.from_interval >= covered.first,
            one.c.from_interval < covered.end,
        )
        .order_by(one.c.from_interval, one.c.block, one.c.log_index)
    )
    return [_row(row.from_interval, json.loads(row.detail), row.at) for row in connection.execute(query)]


def value_of(rows: Iterable[CorrectionRow]) -> int:
    """What corrections changed, n€."""
    return sum(row.value_neur for row in rows)


def _row(interval: int, detail: dict[str, int | str], at: int) -> CorrectionRow:
    before, _ = reading_of(int(detail["before"]))
    after, _ = reading_of(int(detail["corrected"]))
    reason = reason_text(bytes.fromhex(str(detail["reason"])[2:]))
    return CorrectionRow(interval, before, after, int(detail["valueNeur"]), int(detail["bookedNeur"]), reason, at)
