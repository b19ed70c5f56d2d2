"""The groups on the chain: their sums without any model, and each as the model has it."""

from __future__ import annotations

from tests.fuzz.world import World
from wattcommons.chain.batch import Read
from wattcommons.domain.export_book import ExportGroup, GroupState
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId, device_and_interval
from wattcommons.domain.units import DeviceIndex

EXPORTS = "ExportGroups"


def check_exports(world: World, *, whole: bool = False) -> None:
    """I28 to I30 over every id that ever was in a group; with `whole`, over every id and group."""
    model = world.model
    groups = model.exports.groups
    if not groups and not whole:
        return
    ids = sorted({CertificateId(one) for one in model.ids} if whole else {i for g in groups for i in g.locked})
    pairs = [(n, one) for n, group in enumerate(groups, 1) for one in (ids if whole else sorted(group.locked))]
    keeper = world.chain.deployment.address(EXPORTS)
    answers = iter(
        world.chain.read(
            [
                Read(EXPORTS, "groupCount"),
                *(Read(EXPORTS, "groupInfo", (number,)) for number in range(1, len(groups) + 1)),
                *(Read(EXPORTS, "exportedOf", (device,)) for device in model.devices),
                *(Read(EXPORTS, "lockedIn", pair) for pair in pairs),
                Read("GuaranteeOfOrigin", "balanceOfBatch", ((keeper,) * len(ids), tuple(ids))),
            ]
        )
    )
    assert next(answers) == len(groups), "I31"
    infos = [next(answers) for _ in groups]
    exported = [next(answers) for _ in model.devices]
    locked = {pair: next(answers) for pair in pairs}
    for one, wh in zip(ids, next(answers), strict=True):
        assert wh == sum(locked.get((number, one), 0) for number in range(1, len(groups) + 1)), "I28"
        assert wh == model.certificates.locked(one) + model.certificates.exported(one), "I28"
    for number, (group, info) in enumerate(zip(groups, infos, strict=True), 1):
        inside = {one: wh for (n, one), wh in locked.items() if n == number and wh}
        assert inside == +group.locked, "I29, I30, I31"
        check_group(group, info, inside)
    references = [info[6] for info in infos if info[5] == GroupState.EXPORTED]
    assert len(set(references)) == len(references), "I30"
    for device, wh in zip(model.devices, exported, strict=True):
        full = [info for info in infos if info[0] == device and info[5] == GroupState.EXPORTED]
        assert wh == STANDARD_WH * len(full) == model.exports.exported(DeviceIndex(device)), "I29, I30"


def check_group(group: ExportGroup, info: tuple[object, ...], inside: dict[CertificateId, int]) -> None:
    """What the contract tells of a group, and what lies in it there."""
    device, member, first, last, wh, state, reference = info
    assert wh == sum(inside.values()) <= STANDARD_WH, "I29"
    assert {device_and_interval(one)[0] for one in inside} <= {device}, "I29"
    assert state == GroupState.OPEN or wh == STANDARD_WH, "I29"
    expected = (group.device, group.member, group.first_interval, group.last_interval, group.state, group.reference)
    assert (device, member, first, last, state, reference) == expected, "I30, I31"
