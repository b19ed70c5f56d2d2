"""What holds of export groups after every act, by name and in words."""

from __future__ import annotations

from collections import Counter

from tests.fuzz.checks_exports import check_group
from tests.fuzz.months_look import EXPIRED, TRANSFERABLE, Look
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId
from wattcommons.domain.units import DeviceIndex


def groups_keep_the_deadlines(look: Look) -> None:
    """Nothing is locked or exported after its 12 months, and nothing leaves a group after its 18 months."""
    before, after = look.before.groups, look.after.groups
    for (number, one), wh in after.locked.items():
        was, state = before.locked.get((number, one), 0), look.after.states[one]
        assert wh <= was or state == TRANSFERABLE, f"{one} went into group {number} too late"
        assert wh >= was or state != EXPIRED, f"{one} left group {number} after it had expired"
    for number in range(1, after.count + 1):
        if after.is_exported(number) and not (number <= before.count and before.is_exported(number)):
            late = [one for one in after.inside(number) if look.after.states[one] != TRANSFERABLE]
            assert not late, f"{late} were exported too late in group {number}"


def other_groups_are_left_alone(look: Look) -> None:
    """Whatever is done, only the group that it names changes: a correction, an issue, a withdrawal, a cancellation, a
    transfer and a new key touch none (I31).
    """
    before, after = look.before.groups, look.after.groups
    assert before.count <= after.count <= before.count + (look.group > before.count)
    for number in range(1, before.count + 1):
        if number != look.group:
            assert before.info(number) == after.info(number), f"group {number}"
            assert before.inside(number) == after.inside(number), f"group {number}"


def exported_groups_are_final(look: Look) -> None:
    """An exported group never changes again, nor what lies in it; its reference is no other group's; a device has
    1,000,000 exported Wh for each of its exported groups (I30).
    """
    before, after = look.before.groups, look.after.groups
    exported = [number for number in range(1, after.count + 1) if after.is_exported(number)]
    for number in range(1, before.count + 1):
        if before.is_exported(number):
            assert before.info(number) == after.info(number), f"group {number}"
            assert before.inside(number) == after.inside(number), f"group {number}"
    references = [after.info(number)[6] for number in exported]
    assert len(set(references)) == len(references)
    for device, wh in after.exported.items():
        mine = [number for number in exported if after.info(number)[0] == device]
        assert wh == STANDARD_WH * len(mine), f"device {device}"


def a_wh_lies_in_one_group(look: Look) -> None:
    """Of every certificate, what the exports contract holds is the sum of what lies in the groups, exported ones
    included, and what the register says is locked or exported (I28).
    """
    register, groups = look.world.model.certificates, look.after.groups
    inside: Counter[int] = Counter()
    for (_, one), wh in groups.locked.items():
        inside[one] += wh
    assert groups.kept == dict(+inside)
    for one in look.after.issued:
        found = register.locked(CertificateId(one)) + register.exported(CertificateId(one))
        assert groups.kept.get(one, 0) == found, f"certificate {one}"


def groups_are_as_the_book_says(look: Look) -> None:
    """Every group has the device, member, Wh, state and reference of the domain's book, and 1,000,000 Wh when it is
    complete or exported (I29, I31).
    """
    book, groups = look.world.model.exports, look.after.groups
    assert groups.count == len(book.groups)
    for number, group in enumerate(book.groups, 1):
        inside = {CertificateId(one): wh for one, wh in groups.inside(number).items()}
        assert inside == +group.locked, f"group {number}"
        check_group(group, groups.info(number), inside)
    for device, wh in groups.exported.items():
        assert wh == book.exported(DeviceIndex(device)), f"device {device}"


EXPORT_CHECKS = (
    groups_keep_the_deadlines,
    other_groups_are_left_alone,
    exported_groups_are_final,
    a_wh_lies_in_one_group,
    groups_are_as_the_book_says,
)
