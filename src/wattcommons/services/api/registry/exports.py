"""Export groups as their members and the issuing body see them, and the transactions that are prepared for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from wattcommons.chain.batch import Read
from wattcommons.domain.devices import SupportScheme
from wattcommons.domain.export_book import GroupState
from wattcommons.domain.export_file import ExportedDevice, ExportFile, Item
from wattcommons.domain.export_groups import DevicePlan, Part, batches, plan_exports
from wattcommons.domain.guarantees import (
    STANDARD_WH,
    CertificateId,
    certificate_id,
    lifetime_of,
)
from wattcommons.domain.intervals import end_unix, start_unix
from wattcommons.domain.units import DeviceIndex, IntervalIndex
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Visitor
from wattcommons.services.api.problems import ApiProblem, not_yours
from wattcommons.services.api.registry import actions, queries
from wattcommons.services.api.registry import models_exports as models
from wattcommons.services.api.registry.scope import READS_ALL, own_scope
from wattcommons.services.store.reads import bundles
from wattcommons.services.store.reads import exports as reads
from wattcommons.services.store.reads.exports import GroupRow
from wattcommons.services.store.reads.snapshot import Snapshot

_CONTRACT: Final = "ExportGroups"


def shown(ctx: Context, row: GroupRow) -> models.ExportGroup:
    """A group as it is answered."""
    return models.ExportGroup(**_fields(ctx, row))


def shown_full(ctx: Context, snapshot: Snapshot, row: GroupRow) -> models.ExportGroupFull:
    """The same with what lies in it."""
    items = reads.contents(snapshot, row.export_group)
    parts = [models.ExportPart(certificate_id=one.id, wh=one.wh) for one in items]
    return models.ExportGroupFull(**_fields(ctx, row), parts=parts)


def seen(snapshot: Snapshot, visitor: Visitor, number: int) -> GroupRow:
    """A group of the visitor's, or any for auditors and the issuing body. Raises ApiProblem 404."""
    row = reads.group(snapshot, number)
    if row is None or not (visitor.has(*READS_ALL) or row.member == visitor.member):
        raise not_yours()
    return row


def file_of(ctx: Context, snapshot: Snapshot, row: GroupRow) -> ExportFile:
    """The file of a whole group. Raises ApiProblem 409 for another."""
    if row.wh != STANDARD_WH:
        what = f"group {row.export_group} has {row.wh} of {STANDARD_WH} Wh"
        raise ApiProblem(409, "group_incomplete", what, "fill it first")
    device = bundles.device_rows(snapshot, [row.device])[row.device]
    return ExportFile(
        ctx.deployment.terms.name,
        ctx.deployment.chain_id,
        ctx.deployment.address(_CONTRACT),
        row.export_group,
        row.reference,
        ExportedDevice(
            DeviceIndex(device.device),
            device.technology,
            device.fuel,
            device.capacity_w,
            device.commissioned_at,
            device.country,
            SupportScheme(device.scheme),
            device.commitment,
        ),
        ctx.length,
        tuple(Item(CertificateId(one.id), one.wh, one.at) for one in reads.contents(snapshot, row.export_group)),
    )


def plan(ctx: Context, snapshot: Snapshot, visitor: Visitor, device: int | None = None) -> Sequence[DevicePlan]:
    """What the visitor's certificates make, less what is reserved."""
    now = ctx.now()
    held = reads.held(snapshot, visitor.wallet, device)
    for number, wh in queries.reserved_of(snapshot, own_scope(snapshot, visitor), now).items():
        one = CertificateId(number)
        if one in held:
            held[one] = max(held[one] - wh, 0)
    begun = [] if visitor.member is None else reads.begun(snapshot, visitor.member)
    found = plan_exports(held, begun, ctx.length, now)
    return [one for one in found if device is None or one.device == device]


def towards(snapshot: Snapshot, visitor: Visitor, found: DevicePlan) -> models.DeviceExports:
    """How far a device's certificates are from the next group."""
    filled = {group.number for group in found.groups}
    left = [] if visitor.member is None else reads.begun(snapshot, visitor.member)
    stale = [one.number for one in found.stale]
    open_wh = [one.wh for one in left if one.device == found.device and one.number not in {*filled, *stale}]
    begun_wh = max(open_wh, default=0)
    towards_wh = begun_wh + found.carried_over_wh
    return models.DeviceExports(
        device=found.device,
        whole_groups=len(found.groups),
        towards_wh=towards_wh,
        begun_wh=begun_wh,
        missing_wh=STANDARD_WH - towards_wh,
        too_late_wh=sum(part.wh for part in found.too_late),
        stale_groups=stale,
    )


def fill(ctx: Context, visitor: Visitor, given: models.Fill) -> models.ExportAnswer:
    """Transactions that make the next group. Raises ApiProblem 409 where there is not enough."""
    with ctx.store.read() as snapshot:
        found = [one for one in plan(ctx, snapshot, visitor, given.device_id) if one.groups]
    if not found:
        what = f"your certificates of device {given.device_id} make no whole group"
        raise ApiProblem(409, "group_incomplete", what, "wait for more, or see the plan", where="device_id")
    group = found[0].groups[0]
    calls = batches(group.parts)
    if group.number is None:
        taken = list(calls[0])
        reads_ = [Read(_CONTRACT, "open", _arguments(taken))]
    else:
        taken = list(group.parts)
        reads_ = [Read(_CONTRACT, "add", (group.number, *_arguments(part))) for part in calls]
    complete = len(taken) == len(group.parts)
    return _answer(ctx, visitor, group.number, taken, reads_, complete=complete)


def release(ctx: Context, visitor: Visitor, given: models.Release) -> models.ExportAnswer:
    """Transactions that take certificates out of an own group."""
    return _taken_out(ctx, visitor, given, "release")


def give_back(ctx: Context, visitor: Visitor, given: models.GiveBack) -> models.ExportAnswer:
    """The same by the issuing body, of any group."""
    return _taken_out(ctx, visitor, given, "giveBack")


def _taken_out(
    ctx: Context, visitor: Visitor, given: models.Release | models.GiveBack, function: str
) -> models.ExportAnswer:
    with ctx.store.read() as snapshot:
        row = reads.group(snapshot, given.group)
        own = row is not None and visitor.member is not None and row.member == visitor.member
        if row is None or not (own or function == "giveBack"):
            raise not_yours()
        items = reads.contents(snapshot, given.group)
    wanted = None if given.certificate_ids is None else set(given.certificate_ids)
    parts = [Part(CertificateId(one.id), one.wh) for one in items if wanted is None or one.id in wanted]
    if not parts or (wanted is not None and len(parts) < len(wanted)):
        what = f"group {given.group} does not have all of these certificates"
        raise ApiProblem(409, "balance", what, "look at the group again", where="certificate_ids")
    if row.state == GroupState.EXPORTED:
        what = "the group was exported, which is final"
        raise ApiProblem(409, "group_state", what, "leave it as it is", where="group")
    reads_ = [Read(_CONTRACT, function, (given.group, *_arguments(part))) for part in batches(parts)]
    return _answer(ctx, visitor, given.group, parts, reads_, complete=False)


def decide(ctx: Context, visitor: Visitor, given: models.Accept | models.Decline) -> models.ExportAnswer:
    """The issuing body's transaction for a complete group."""
    with ctx.store.read() as snapshot:
        seen(snapshot, visitor, given.group)
    if isinstance(given, models.Accept):
        read = Read(_CONTRACT, "exportGroup", (given.group, bytes.fromhex(given.national_reference[2:])))
    else:
        read = Read(_CONTRACT, "decline", (given.group, bytes.fromhex(given.reason[2:])))
    return _answer(ctx, visitor, given.group, [], [read], complete=True)


def _answer(
    ctx: Context,
    visitor: Visitor,
    number: int | None,
    parts: Sequence[Part],
    calls: Sequence[Read],
    *,
    complete: bool,
) -> models.ExportAnswer:
    return models.ExportAnswer(
        group=number,
        parts=[models.ExportPart(certificate_id=part.certificate, wh=part.wh) for part in parts],
        wh=sum(part.wh for part in parts),
        complete=complete,
        transactions=actions.prepared(ctx, visitor.wallet, calls),
    )


def _arguments(parts: Sequence[Part]) -> tuple[list[int], list[int]]:
    return [int(part.certificate) for part in parts], [part.wh for part in parts]


def _fields(ctx: Context, row: GroupRow) -> dict[str, Any]:
    oldest = certificate_id(DeviceIndex(row.device), IntervalIndex(row.first_interval))
    return {
        "group": row.export_group,
        "device": row.device,
        "member": row.member,
        "state": GroupState(row.state).name.lower(),
        "wh": row.wh,
        "missing_wh": STANDARD_WH - row.wh,
        "production_start": start_unix(row.first_interval, ctx.length),
        "production_end": end_unix(row.last_interval, ctx.length),
        "exportable_until": lifetime_of(oldest, ctx.length).transferable_until,
        "national_reference": row.reference,
        "reason": row.reason,
        "opened": row.at,
        "exported": row.exported_at,
    }
