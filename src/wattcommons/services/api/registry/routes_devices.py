"""Devices and what they measured. Registering a device is a transaction of the issuing body's own wallet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from wattcommons.domain.intervals import IntervalRange, end_utc, start_utc
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Page, Signed, Visitor, cursor_of
from wattcommons.services.api.downloads import CSV, headers, streamed
from wattcommons.services.api.exports.csv_text import csv_line
from wattcommons.services.api.problems import not_yours
from wattcommons.services.api.registry import models_more as models
from wattcommons.services.api.registry import views
from wattcommons.services.api.registry.readings import submitted
from wattcommons.services.api.registry.scope import READS_ALL, own_scope
from wattcommons.services.api.routes.exports import rows_of, span
from wattcommons.services.api.views.common import BASES, kind_of, quality_of
from wattcommons.services.store.reads import bundles
from wattcommons.services.store.reads.bundles import DeviceRow
from wattcommons.services.store.reads.export_rows import ExportRow, export_rows
from wattcommons.services.store.reads.members import basis_of
from wattcommons.services.store.reads.snapshot import Snapshot

READS_MEASUREMENTS: Final = (*READS_ALL, "metering_operator")
TEMPLATE: Final = ("interval_start_datetime", "interval_end_datetime", "interval_usage", "gross_net_indicator")
_FILE: Any = {200: {"content": {"text/csv": {}}, "description": "The file"}}
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="device")]
Begin = Annotated[int, Query(alias="from", ge=0, le=2**40, description="Unix seconds")]
End = Annotated[int, Query(alias="to", ge=0, le=2**40, description="Unix seconds, exclusive")]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["registry"], prefix="/registry/v1")
    _add_devices(routes)
    _add_measurements(routes)
    return routes


def _add_devices(routes: APIRouter) -> None:
    @routes.get("/device")
    def devices(ctx: Ctx, visitor: Signed) -> models.RegistryDevices:
        """One's own devices; for auditors and the issuing body all of them."""
        with ctx.store.read() as snapshot:
            rows = bundles.device_rows(snapshot, None if visitor.has(*READS_ALL) else _own(snapshot, visitor))
        return models.RegistryDevices(items=[_device(row) for row in rows.values()])

    @routes.get("/device/{device_id}")
    def device(ctx: Ctx, visitor: Signed, device_id: Number) -> models.RegistryDevice:
        """One device."""
        with ctx.store.read() as snapshot:
            return _device(_seen(snapshot, visitor, device_id, READS_ALL))


def _add_measurements(routes: APIRouter) -> None:
    @routes.get("/measurement/meter_readings_template", response_class=StreamingResponse, responses=_FILE)
    def template() -> Response:
        """The header of a file of readings, as `export` gives it."""
        return Response(csv_line(TEMPLATE), media_type=CSV, headers=headers("meter_readings_template.csv"))

    @routes.post("/measurement/submit_readings")
    def submit(ctx: Ctx, visitor: Signed, given: models.SignedReadings) -> models.SubmittedReadings:
        """Readings that their gateways have signed: how the ledger would take them, and the transaction for it."""
        return submitted(ctx, visitor, given)

    @routes.get("/measurement/{device_id}")
    def measurements(
        ctx: Ctx, visitor: Signed, device_id: Number, page: Page, begin: Begin, end: End
    ) -> models.Measurements:
        """What a device produced, as recorded: of the participant to which it is bound now."""
        after = page.after(1)
        part = span(ctx, begin, end)
        first = min(max(part.first, after[0] + 1 if after else 0, 0), part.end)
        with ctx.store.read() as snapshot:
            participant = _participant(snapshot, visitor, device_id)
            basis = BASES[basis_of(snapshot, participant)]
            part = IntervalRange(IntervalIndex(first), part.end)
            rows = export_rows(snapshot, participant, part, page.limit + 1)
        more = len(rows) > page.limit
        items = [_measurement(ctx, device_id, basis, row) for row in rows[: page.limit]]
        return models.Measurements(items=items, next=cursor_of(rows[page.limit - 1].interval) if more else None)

    @routes.get("/measurement/{device_id}/export", response_class=StreamingResponse, responses=_FILE)
    def export(ctx: Ctx, visitor: Signed, device_id: Number, begin: Begin, end: End) -> StreamingResponse:
        """The same as CSV, with the template's columns."""
        part = span(ctx, begin, end)
        with ctx.store.read() as snapshot:
            participant = _participant(snapshot, visitor, device_id)
            basis = BASES[basis_of(snapshot, participant)]
        return streamed(_lines(ctx, participant, basis, part), f"device-{device_id}.csv", CSV)


def _lines(ctx: Context, participant: int, basis: str, part: IntervalRange) -> Iterator[str]:
    yield csv_line(TEMPLATE)
    for row in rows_of(ctx, participant, part):
        moments = (start_utc(row.interval, ctx.length), end_utc(row.interval, ctx.length))
        yield csv_line((*(f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in moments), row.production_wh, basis))


def _measurement(ctx: Context, device: int, basis: str, row: ExportRow) -> models.Measurement:
    return models.Measurement(
        device_id=device,
        issuance_id=views.issuance_of(device, row.interval, ctx.length),
        interval_start_datetime=start_utc(row.interval, ctx.length),
        interval_end_datetime=end_utc(row.interval, ctx.length),
        interval_usage=row.production_wh,
        gross_net_indicator=basis,
        quality=quality_of(row.quality),
    )


def _device(row: DeviceRow) -> models.RegistryDevice:
    return models.RegistryDevice(
        id=row.device,
        device_name=f"device-{row.device}",
        technology_type=row.technology,
        fuel=row.fuel,
        energy_source=kind_of(row.fuel),
        capacity=row.capacity_w,
        operational_date=views.moment(row.commissioned_at),
        country=row.country,
        support_received=views.scheme_of(row.scheme),
        scheme_allows_certificates=row.scheme_allows,
        is_storage=row.storage,
        suspended=row.suspended,
        registered_until=views.moment(row.valid_until),
        owed_wh=row.debt_wh,
        commitment=row.commitment,
    )


def _participant(snapshot: Snapshot, visitor: Visitor, device: int) -> int:
    row = _seen(snapshot, visitor, device, READS_MEASUREMENTS)
    if row.participant is None:
        raise not_yours()
    return row.participant


def _seen(snapshot: Snapshot, visitor: Visitor, device: int, roles: tuple[str, ...]) -> DeviceRow:
    """A device of the visitor's, or any for who holds one of the roles. Raises ApiProblem 404."""
    row = bundles.device_rows(snapshot, [device]).get(device)
    if row is None or not (visitor.has(*roles) or device in _own(snapshot, visitor)):
        raise not_yours()
    return row


def _own(snapshot: Snapshot, visitor: Visitor) -> list[int]:
    return bundles.devices_of(snapshot, own_scope(snapshot, visitor).participants)
