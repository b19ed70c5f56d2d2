"""Pages of bundles: which certificates, and which of their bundles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from wattcommons.domain.devices import EnergySource
from wattcommons.domain.guarantees import CertificateId, certificate_id
from wattcommons.domain.intervals import interval_starting, parse_utc
from wattcommons.domain.units import MAX_INDEX, DeviceIndex
from wattcommons.errors import RuleError
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import PageOf, cursor_of
from wattcommons.services.api.problems import invalid
from wattcommons.services.api.registry import views
from wattcommons.services.api.registry.models import Query, Source
from wattcommons.services.api.registry.scope import Scope
from wattcommons.services.api.registry.views import Part, Surroundings
from wattcommons.services.store.app import registry as kept
from wattcommons.services.store.app.private import names_of
from wattcommons.services.store.reads import bundles, certificates, exports
from wattcommons.services.store.reads.bundles import IssueRow, Wanted
from wattcommons.services.store.reads.snapshot import Snapshot
from wattcommons.services.store.reads.standing import holders_of

MOST_RESERVATIONS: Final = 1_000
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Found(NamedTuple):
    """A page of bundles with what they are shown with. `next`: cursor of the next page."""

    parts: list[Part]
    around: Surroundings
    next: str | None


def found(ctx: Context, snapshot: Snapshot, scope: Scope, query: Query, now: int) -> Found:
    """One page. Raises ApiProblem 422 for what cannot be asked."""
    wanted = wanted_of(ctx, query)
    after = PageOf(query.cursor, query.limit).after(1)
    below = after[0] if after else None
    rows = rows_of(snapshot, scope, wanted, below, query.limit + 1)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    around = surroundings(ctx, snapshot, rows, now)
    reserved = reserved_of(snapshot, scope, now)
    parts = [part for row in rows for part in views.parts(row, scope, reserved.get(row.id, 0))]
    shown = list(views.only(parts, query.certificate_bundle_status, around))
    return Found(shown, around, cursor_of(rows[-1].id) if more else None)


def rows_of(snapshot: Snapshot, scope: Scope, wanted: Wanted, below: int | None, limit: int) -> list[IssueRow]:
    """Certificates of a scope, by number, the highest first."""
    if wanted.first >= wanted.end:
        return []
    if scope.wallet is None:
        return bundles.of_all(snapshot, wanted, below, limit)
    return bundles.of_account(snapshot, scope.wallet, scope.participants, wanted, below, limit)


def surroundings(ctx: Context, snapshot: Snapshot, rows: list[IssueRow], now: int) -> Surroundings:
    """What the bundles of some certificates are shown with."""
    statements = sorted({one.statement for row in rows for one in row.events if one.statement is not None})
    return Surroundings(
        ctx.length,
        now,
        bundles.device_rows(snapshot, sorted({row.device for row in rows})),
        {one.statement: one.beneficiary for one in certificates.statements_by_number(snapshot, statements)},
        exports.references(snapshot, {one.export_group for row in rows for one in row.events if one.export_group}),
        _issuing_body(snapshot, now),
        ctx.settings.certificate_word,
    )


def reserved_of(snapshot: Snapshot, scope: Scope, now: int) -> dict[int, int]:
    """Certificate -> Wh that the scope's wallet keeps back; nothing for the whole registry."""
    return {} if scope.wallet is None else kept.reserved_wh(snapshot, scope.wallet, now, MOST_RESERVATIONS)


def pages(ctx: Context, scope: Scope, query: Query, now: int) -> Iterator[Found]:
    """All pages, each read as it is used: no transaction waits for a slow reader."""
    cursor = query.cursor
    while True:
        with ctx.store.read() as snapshot:
            page = found(ctx, snapshot, scope, query.model_copy(update={"cursor": cursor}), now)
        yield page
        cursor = page.next
        if cursor is None:
            return


def wanted_of(ctx: Context, query: Query) -> Wanted:
    """The certificates that a query is about. Raises ApiProblem 422 for a certificate that cannot be."""
    first, end = _interval(ctx, query.certificate_period_start, 0), _interval(
        ctx, query.certificate_period_end, MAX_INDEX + 1
    )  # fmt: skip
    numbers = None
    if query.issuance_ids is not None:
        numbers = tuple(number_of(ctx, text, "issuance_ids") for text in query.issuance_ids)
    others = query.energy_source is Source.OTHER
    fuels = tuple(one.fuel for one in EnergySource if others or one.value == query.energy_source)
    return Wanted(first, end, query.device_id, fuels, others, numbers)


def number_of(ctx: Context, text: str, where: str) -> CertificateId:
    """A certificate's number by its issuance id. Raises ApiProblem 422 for one that cannot be."""
    device, _, start = text.partition("-")
    try:
        number = certificate_id(DeviceIndex(int(device)), interval_starting(parse_utc(start), ctx.length))
    except RuleError as error:
        raise invalid(where, error.message, error.hint) from None
    if number >= 2**63:
        raise invalid(where, f"there is no device {device}", "see /registry/v1/device")
    return number


def _interval(ctx: Context, at: datetime | None, otherwise: int) -> int:
    """The first interval that begins at a moment or later."""
    if at is None:
        return otherwise
    seconds = int((at - _EPOCH).total_seconds() // 1)
    return min(max(-(-seconds // ctx.length.seconds), 0), MAX_INDEX + 1)


def _issuing_body(snapshot: Snapshot, now: int) -> str | None:
    """The organisation behind the issuing body's account, else the account."""
    accounts = holders_of(snapshot, "issuing_body", now)
    names = names_of(snapshot, accounts)
    return next((names.get(one, one) for one in accounts), None)
