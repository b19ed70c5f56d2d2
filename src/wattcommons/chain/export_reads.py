"""What a node knows of export groups and of an account's certificates, as of one block.

Which certificates there are is read from the logs; how many Wh lie where, from the contracts alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event, decode_logs
from wattcommons.chain.logs import ChainLogs
from wattcommons.chain.state import StateReader, StoredGroup
from wattcommons.domain.devices import SupportScheme
from wattcommons.domain.export_book import GroupState
from wattcommons.domain.export_file import ExportedDevice, ExportFile, Item
from wattcommons.domain.export_groups import BegunGroup
from wattcommons.domain.guarantees import CertificateId
from wattcommons.domain.units import DeviceIndex, IntervalIndex
from wattcommons.errors import RuleError

_CONTRACTS: Final = ("GuaranteeOfOrigin", "ExportGroups")


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group by its number, from 1."""

    number: int
    kept: StoredGroup

    @property
    def state(self) -> GroupState:
        """Where it stands."""
        return GroupState(self.kept.state)


class ExportReads:
    """Groups, certificates, members and devices at a block (None: the newest). Raises NodeUnavailable."""

    def __init__(self, contracts: Contracts, block: int | None = None) -> None:
        self._contracts = contracts
        self._state = StateReader(contracts, contracts.web3.eth.block_number if block is None else block)

    @property
    def at(self) -> int:
        """The block's time, unix seconds."""
        return self._state.timestamp

    @cached_property
    def groups(self) -> list[KnownGroup]:
        """All groups, by number."""
        return [KnownGroup(number, kept) for number, kept in enumerate(self._state.groups(), 1)]

    def group(self, number: int) -> KnownGroup:
        """A group by its number. Raises RuleError when there is none."""
        if not 1 <= number <= len(self.groups):
            raise RuleError(f"there is no export group {number}", f"there are {len(self.groups)}, counted from 1")
        return self.groups[number - 1]

    def contents(self, number: int) -> dict[CertificateId, int]:
        """Certificate -> Wh of it in a group, by number."""
        told = (event for event in self._events if event.name == "GroupAdded" and event.args["group"] == number)
        ids = sorted({int(one) for event in told for one in event.args["ids"]})
        kept = self._state.locked_in([(number, one) for one in ids])
        return {CertificateId(one): wh for one, wh in zip(ids, kept, strict=True) if wh}

    def holdings(self, account: str) -> dict[CertificateId, int]:
        """Certificate -> Wh that an account (checksummed) holds of it, by number."""
        ids: set[int] = set()
        for event in self._events:
            if event.name == "TransferSingle" and event.args["to"] == account:
                ids.add(event.args["id"])
            elif event.name == "TransferBatch" and event.args["to"] == account:
                ids.update(event.args["ids"])
        wanted = sorted(ids)
        kept = self._state.certificate_balances([(account, one) for one in wanted])
        return {CertificateId(one): wh for one, wh in zip(wanted, kept, strict=True) if wh}

    def begun(self, member: int) -> list[BegunGroup]:
        """The open groups of a member that are not full."""
        return [
            BegunGroup(one.number, DeviceIndex(one.kept.device), IntervalIndex(one.kept.first_interval), one.kept.wh)
            for one in self.groups
            if one.kept.member == member and one.state is GroupState.OPEN and one.kept.wh < self._size
        ]

    def member_of(self, account: str) -> int:
        """The member whose wallet an account is, 0 for nobody's."""
        [found] = self._read([Read("MemberRegistry", "memberOfWallet", (account,))])
        return int(found)

    def wallet_of(self, member: int) -> str:
        """A member's wallet. Raises RuleError when there is no such member."""
        members, _, _ = self._state.registered()
        if not 1 <= member <= members:
            raise RuleError(f"nobody is member {member}", f"members are 1 to {members}")
        return self._state.members([member])[0][0]

    def device(self, index: int) -> ExportedDevice:
        """A device as registered."""
        [found] = self._read([Read("MemberRegistry", "deviceInfo", (index,))])
        technology, fuel, capacity_w, commissioned_at, country, scheme, _allows, _storage, _until, commitment = found
        return ExportedDevice(
            DeviceIndex(index),
            technology.decode("ascii", "replace"),
            fuel.decode("ascii", "replace"),
            capacity_w,
            commissioned_at,
            country.decode("ascii", "replace"),
            SupportScheme(scheme),
            f"0x{commitment.hex()}",
        )

    def file(self, number: int, device: ExportedDevice | None = None) -> ExportFile:
        """The file of a group (`device`: with its record). Raises RuleError for one that is not full."""
        group = self.group(number)
        issued = {
            event.args["id"]: event.timestamp
            for event in self._events
            if event.key == "GuaranteeOfOrigin.Issued" and event.args["id"] >> 32 == group.kept.device
        }
        deployment = self._contracts.deployment
        exported = group.state is GroupState.EXPORTED
        return ExportFile(
            deployment.terms.name,
            deployment.chain_id,
            deployment.address("ExportGroups"),
            number,
            f"0x{group.kept.reference.hex()}" if exported else None,
            device or self.device(group.kept.device),
            deployment.terms.length,
            tuple(Item(one, wh, issued[one]) for one, wh in self.contents(number).items()),
        )

    @cached_property
    def _size(self) -> int:
        [found] = self._read([Read("ExportGroups", "groupSize")])
        return int(found)

    @cached_property
    def _events(self) -> list[Event]:
        """All events of the two contracts up to the block."""
        deployment = self._contracts.deployment
        wanted = replace(deployment, addresses={name: deployment.address(name) for name in _CONTRACTS})
        logs = ChainLogs(self._contracts.web3, wanted).logs(deployment.block, self._state.block)
        return list(decode_logs(deployment, logs))

    def _read(self, reads: Iterable[Read]) -> list[Any]:
        return read_all(self._contracts, list(reads), block=self._state.block)
