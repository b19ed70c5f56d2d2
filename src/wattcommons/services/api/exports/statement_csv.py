"""Monthly statements as CSV: a line for a statement's month, and one for each of its tariffs where it has several.

Exact integers with their unit in the column's name; every line says that it is provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wattcommons.domain.statements import Sums, mean_price
from wattcommons.domain.tariffs import Tariff
from wattcommons.services.api.exports.csv_text import BOM, csv_line, plain
from wattcommons.services.api.exports.statement import Statement

COLUMNS: Final = (
    "status",
    "number",
    "month",
    "first_day",
    "last_day",
    "participant",
    "label",
    "prm",
    "basis",
    "part",
    "retail_micro_eur_per_kwh",
    "feed_in_micro_eur_per_kwh",
    "network_fee_micro_eur_per_kwh",
    "intervals_expected",
    "intervals_settled",
    "intervals_unread",
    "intervals_waiting",
    "intervals_estimated",
    "intervals_corrected",
    "intervals_late",
    "production_wh",
    "consumption_wh",
    "own_use_wh",
    "PROD_wh",
    "AUTOPROD_wh",
    "SURPLUS_wh",
    "CONS_wh",
    "AUTOCONS_wh",
    "COMPLEMENT_wh",
    "AUTOCONS_mean_price_micro_eur_per_kwh",
    "AUTOPROD_mean_price_micro_eur_per_kwh",
    "AUTOCONS_nano_eur",
    "AUTOPROD_nano_eur",
    "network_fee_nano_eur",
    "COMPLEMENT_nano_eur",
    "SURPLUS_nano_eur",
    "total_nano_eur",
    "supplier_only_nano_eur",
    "saving_nano_eur",
    "corrections_nano_eur",
)


def statements_csv(statements: Iterable[Statement]) -> Iterator[str]:
    """The file in pieces, a header first."""
    yield BOM + csv_line(COLUMNS)
    for one in statements:
        counts = one.sums
        yield _line(one, "total", None, counts.total, first=True)
        if len(counts.parts) > 1:
            for part in counts.parts:
                yield _line(one, "tariff", part.tariff, part.sums, first=False)


def _line(one: Statement, part: str, tariff: Tariff | None, sums: Sums, *, first: bool) -> str:
    head, month = one.head, one.sums
    prices = (tariff.retail, tariff.feed_in, tariff.network_fee) if tariff else (None, None, None)
    gaps = (month.unread, month.waiting, month.estimated, month.corrected, month.late) if first else (None,) * 5
    return csv_line(
        (
            *("provisional", head.number, one.month, one.day(last=False), one.day(last=True)),
            *(head.participant, plain(head.label or ""), head.prm, head.basis, part, *prices),
            *(month.expected if first else None, sums.intervals, *gaps),
            *(sums.production_wh, sums.consumption_wh, sums.own_use_wh),
            *(sums.injected_wh, sums.sold_wh, sums.grid_export_wh),
            *(sums.withdrawn_wh, sums.bought_wh, sums.grid_import_wh),
            *(mean_price(sums.bought_neur, sums.bought_wh), mean_price(sums.sold_neur, sums.sold_wh)),
            *(-sums.bought_neur, sums.sold_neur, -sums.fee_neur, -sums.grid_import_neur, sums.grid_export_neur),
            *(sums.value_neur, sums.grid_only_neur, sums.saved_neur, one.corrections_neur if first else None),
        )
    )
