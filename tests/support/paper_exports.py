"""Export groups of the village on paper. They are full at any size: an index does not weigh them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.support.paper_chain import DEPLOYMENT, Said, said

if TYPE_CHECKING:
    from tests.support.paper_village import PaperVillage

EXPORTS = DEPLOYMENT.address("ExportGroups")


def grouped(village: PaperVillage, dice: random.Random) -> list[Said]:
    """Some of a certificate into a group, new or begun; or out of one; or a decision on one."""
    if village.groups and dice.random() < 0.5:
        return _end(village, dice)
    held = [(one, holder, wh) for (one, holder), wh in sorted(village.held.items()) if wh]
    if not held:
        return []
    one, holder, wh = dice.choice(held)
    moved = dice.choice([wh, dice.randint(1, wh)])
    village.held[one, holder] -= moved
    mine = [number for number, (owner, _) in village.groups.items() if owner == holder]
    events = []
    if not mine or dice.random() < 0.3:
        mine = [village.next("export group")]
        village.groups[mine[0]] = (holder, {})
        events.append(said("ExportGroups.GroupOpened", group=mine[0], device=one >> 32, member=one >> 32))
    inside = village.groups[mine[-1]][1]
    inside[one] = inside.get(one, 0) + moved
    return [*events, *_moves("GroupAdded", mine[-1], holder, {one: moved}, sum(inside.values()), (holder, EXPORTS))]


def _end(village: PaperVillage, dice: random.Random) -> list[Said]:
    number = dice.choice(sorted(village.groups))
    holder, inside = village.groups[number]
    kind = dice.randrange(3)
    if kind == 0:
        return [said("ExportGroups.GroupDeclined", group=number, reason=b"\x0b" * 32)]
    if kind == 1 or not inside:
        del village.groups[number]
        return [said("ExportGroups.GroupExported", group=number, nationalReference=number.to_bytes(32, "big"))]
    one = dice.choice(sorted(inside))
    wh = inside.pop(one)
    village.held[one, holder] = village.held.get((one, holder), 0) + wh
    return _moves("GroupReleased", number, holder, {one: wh}, sum(inside.values()), (EXPORTS, holder))


def _moves(
    name: str, number: int, holder: str, amounts: dict[int, int], total: int, way: tuple[str, str]
) -> list[Said]:
    ids, values = list(amounts), list(amounts.values())
    args: dict[str, Any] = {"group": number, "holder": holder, "ids": ids, "amounts": values, "totalWh": total}
    parties = {"operator": EXPORTS, "from": way[0], "to": way[1]}
    return [
        said(f"ExportGroups.{name}", **args),
        said("GuaranteeOfOrigin.TransferBatch", **parties, ids=ids, values=values),
    ]
