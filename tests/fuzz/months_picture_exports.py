"""All that the contracts say of export groups at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.fuzz.world import World
from wattcommons.chain.batch import Read
from wattcommons.domain.export_book import GroupState

EXPORTS = "ExportGroups"
GroupInfo = tuple[int, int, int, int, int, int, bytes]
"""Device, member, first and last interval, Wh, state, national reference."""


@dataclass(frozen=True)
class Groups:
    """Of the newest block. `infos`: of each group, from number 1 on; `locked`: Wh by group and certificate, also of
    those that left it; `kept`: what the exports contract holds of each certificate; `exported`: Wh of each device.
    """

    count: int
    infos: Sequence[GroupInfo]
    locked: Mapping[tuple[int, int], int]
    kept: Mapping[int, int]
    exported: Mapping[int, int]

    def info(self, number: int) -> GroupInfo:
        return self.infos[number - 1]

    def is_exported(self, number: int) -> bool:
        return self.info(number)[5] == GroupState.EXPORTED

    @property
    def unexported(self) -> dict[int, int]:
        """Certificates and their Wh in the groups that are not exported."""
        found: Counter[int] = Counter()
        for (number, one), wh in self.locked.items():
            found[one] += 0 if self.is_exported(number) else wh
        return +found

    def inside(self, number: int) -> dict[int, int]:
        """Certificates of a group and their Wh."""
        return {one: wh for (group, one), wh in self.locked.items() if group == number and wh}


def take_groups(world: World, ids: Sequence[int], before: Groups | None) -> Groups:
    """Every group, with whatever lies in it by the model or lay there before."""
    model = world.model
    groups = model.exports.groups
    pairs: dict[tuple[int, int], int] = {
        (number, one): 0 for number, group in enumerate(groups, 1) for one in group.locked
    }
    pairs.update(before.locked if before else {})
    keeper = world.chain.deployment.address(EXPORTS)
    reads = [
        Read(EXPORTS, "groupCount"),
        Read("GuaranteeOfOrigin", "balanceOfBatch", ((keeper,) * len(ids), tuple(ids))),
        *(Read(EXPORTS, "groupInfo", (number,)) for number in range(1, len(groups) + 1)),
        *(Read(EXPORTS, "exportedOf", (device,)) for device in model.devices),
        *(Read(EXPORTS, "lockedIn", pair) for pair in pairs),
    ]
    count, kept, *answers = world.chain.read(reads)
    further = answers[len(groups) :]
    return Groups(
        count=count,
        infos=answers[: len(groups)],
        exported=dict(zip(model.devices, further[: len(model.devices)], strict=True)),
        locked=dict(zip(pairs, further[len(model.devices) :], strict=True)),
        kept={one: wh for one, wh in zip(ids, kept, strict=True) if wh},
    )
