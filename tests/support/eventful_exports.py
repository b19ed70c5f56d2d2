"""The end of the eventful day: export groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattcommons.chain.roles import Role

if TYPE_CHECKING:
    from tests.support.eventful import Eventful


def group_and_export(day: Eventful, producer: int) -> dict[str, int]:
    """The mill makes as much as a power station: one of its groups is exported, one opened again by a release, one
    declined and still full, one has just begun.
    """
    opened = day.opened
    day.act(Role.METERING_OPERATOR, "MemberRegistry", "setLimits", producer, 9_000, 6_000_000, opened)
    day.catch_up(opened)
    early, late = day.pass_by(2, mill=2_500_000)
    day.clear([early, late])
    first, second = 1 << 32 | early, 1 << 32 | late
    mill, body = "mill, second", Role.ISSUING_BODY
    day.act(mill, "ExportGroups", "open", [second], [5_000])
    day.act(mill, "ExportGroups", "add", 1, [first, second], [900_000, 10_000])
    day.act(mill, "ExportGroups", "release", 1, [second], [15_000])
    day.act(mill, "ExportGroups", "add", 1, [second], [100_000])
    day.act(body, "ExportGroups", "exportGroup", 1, b"\x0a" * 32)
    for number in (2, 3):
        day.act(mill, "ExportGroups", "open", [second], [1_000_000])
        day.act(body, "ExportGroups", "decline", number, b"\x0b" * 32)
    day.act(mill, "ExportGroups", "release", 3, [second], [1])
    day.act(mill, "ExportGroups", "open", [first], [7])
    return {"exported": first, "grouped": second}
