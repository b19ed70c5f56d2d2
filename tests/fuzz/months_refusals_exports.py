"""What the groups refuse, by the name of its error and in the order of its checks; None where they must obey.

Written from IExportGroups, with what the token refuses at the lock and the release.
"""

from __future__ import annotations

from tests.fuzz.model import Model
from tests.fuzz.months_refusals import UNAUTHORISED, Entries, lock_refusal, unlock_refusal
from wattcommons.domain.export_book import NO_REFERENCE, ExportGroup, GroupState
from wattcommons.domain.guarantees import STANDARD_WH, certificate_id
from wattcommons.domain.units import IntervalIndex

UNKNOWN = "ExportGroupUnknown"
STATE = "ExportGroupState"


def grouping_refusal(model: Model, wallet: str, number: int | None, entries: Entries) -> str | None:
    """`open` (no number) and `add`."""
    device, missing = entries[0][0] >> 32, STANDARD_WH
    if number is not None:
        refusal = _caller_refusal(model, number, wallet)
        if refusal is not None:
            return refusal
        group = model.exports.group(number)
        if group.state is not GroupState.OPEN:
            return STATE
        device, missing = group.device, STANDARD_WH - group.wh
    if sum(wh for _, wh in entries) > missing:
        return "ExportTooMuch"
    if any(one >> 32 != device for one, _ in entries):
        return "ExportOtherDevice"
    return lock_refusal(model, wallet, entries)


def release_refusal(model: Model, wallet: str, number: int, entries: Entries) -> str | None:
    refusal = _caller_refusal(model, number, wallet)
    return refusal or _leaving_refusal(model, model.exports.group(number), entries)


def return_refusal(model: Model, by_body: bool, number: int, entries: Entries) -> str | None:
    """`giveBack`."""
    if not by_body:
        return UNAUTHORISED
    group = _group(model, number)
    return UNKNOWN if group is None else _leaving_refusal(model, group, entries)


def decline_refusal(model: Model, by_body: bool, number: int) -> str | None:
    if not by_body:
        return UNAUTHORISED
    group = _group(model, number)
    if group is None:
        return UNKNOWN
    return None if group.state is GroupState.COMPLETE else STATE


def export_refusal(model: Model, by_body: bool, number: int, reference: bytes) -> str | None:
    refusal = decline_refusal(model, by_body, number)
    if refusal is not None:
        return refusal
    if reference == NO_REFERENCE:
        return "ExportReferenceZero"
    if any(group.reference == reference for group in model.exports.groups):
        return "ExportReferenceUsed"
    group = model.exports.group(number)
    oldest = certificate_id(group.device, group.first_interval or IntervalIndex(0))
    late = model.now >= model.certificates.lifetime(oldest).transferable_until
    return "ExportTooLate" if late else None


def _group(model: Model, number: int) -> ExportGroup | None:
    groups = model.exports.groups
    return groups[number - 1] if 0 < number <= len(groups) else None


def _caller_refusal(model: Model, number: int, wallet: str) -> str | None:
    group = _group(model, number)
    if group is None:
        return UNKNOWN
    member = model.member_of(wallet)
    return None if member and member.index == group.member else "ExportNotGroupMember"


def _leaving_refusal(model: Model, group: ExportGroup, entries: Entries) -> str | None:
    if group.state is GroupState.EXPORTED:
        return STATE
    left = group.locked.copy()
    for one, wh in entries:
        left[one] -= wh
        if left[one] < 0:
            return "ExportNotInGroup"
    return unlock_refusal(model, model.members[group.member].wallet, entries)
