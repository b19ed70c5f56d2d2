"""Export groups replayed by the domain's rules, and compared with what the contract keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from wattcommons.chain.events import Event
from wattcommons.chain.state import StoredGroup
from wattcommons.domain.export_book import ExportBook
from wattcommons.domain.guarantees import CertificateId
from wattcommons.domain.units import DeviceIndex, MemberIndex
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.certificates import Certificates
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World


class Exports:
    """Every group, and the Wh that went in and out. `account`: the contract that has what lies in groups."""

    def __init__(self, world: World, certificates: Certificates, account: str, findings: Findings) -> None:
        self._world = world
        self._certificates = certificates
        self._account = account
        self._findings = findings
        self._book = ExportBook(world.length)
        self._untold: dict[str, Counter[tuple[int, str]]] = {}
        self._last_tx: dict[int, str] = {}

    def handlers(self) -> Handlers:
        """What reads which event. After those of the certificates."""
        return {
            "ExportGroups.GroupOpened": self._opened,
            "ExportGroups.GroupAdded": self._added,
            "ExportGroups.GroupReleased": self._released,
            "ExportGroups.GroupDeclined": lambda event: self._do(event, self._book.decline),
            "ExportGroups.GroupExported": self._exported,
            "GuaranteeOfOrigin.TransferSingle": lambda event: self._moved(
                event, [event.args["id"]], [event.args["value"]]
            ),
            "GuaranteeOfOrigin.TransferBatch": lambda event: self._moved(
                event, event.args["ids"], event.args["values"]
            ),
        }

    def compare(self, state: State) -> None:
        """Groups, what is locked in each, and what was exported of each device are those that the contract keeps."""
        for tx, moves in self._untold.items():
            for (one, wallet), wh in moves.items():
                entry = f"Wh of certificate {one} of {wallet} into an export group, less those out of one"
                self._findings.broken(checks.EXPORTS, entry, "as many as the token moved", wh, tx=tx)
        self._compare_groups(state)
        places = [(n, int(one)) for n, group in enumerate(self._book.groups, 1) for one in sorted(group.locked)]
        for (number, one), found in zip(places, state.locked_in(places), strict=True):
            expected = self._book.group(number).locked[CertificateId(one)]
            self._equal(f"Wh of certificate {one} in export group {number}", expected, found, number)
        devices = sorted(self._world.devices.known)
        for device, found in zip(devices, state.exported_of(devices), strict=True):
            self._equal(f"Wh exported of device {device}", self._book.exported(DeviceIndex(device)), found)

    def _compare_groups(self, state: State) -> None:
        kept = state.groups()
        known = self._book.groups
        self._equal("number of export groups", len(known), len(kept))
        for number, (group, found) in enumerate(zip(known, kept, strict=False), 1):
            expected = StoredGroup(
                group.device,
                group.member,
                group.first_interval or 0,
                group.last_interval or 0,
                group.wh,
                int(group.state),
                group.reference,
            )
            self._equal(f"terms and state of export group {number}", tuple(expected), tuple(found), number)

    def _opened(self, event: Event) -> None:
        device, member = event.args["device"], event.args["member"]
        if device not in self._world.devices.known:
            self._broken(event, "a registered device", f"device {device}")

        def begin(number: int) -> None:
            found = self._book.open(DeviceIndex(device), MemberIndex(member))
            self._findings.equal(checks.EXPORTS, "number of an export group", found, number, event=event)

        self._do(event, begin)

    def _added(self, event: Event) -> None:
        amounts = self._amounts(event)
        self._do(event, lambda number: self._book.add(number, amounts, event.timestamp))
        self._total(event)
        self._tell(event, event.args["holder"], amounts.items())

    def _released(self, event: Event) -> None:
        amounts = self._amounts(event)
        self._do(event, lambda number: self._book.release(number, amounts, event.timestamp))
        self._total(event)
        self._tell(event, event.args["holder"], ((one, -wh) for one, wh in amounts.items()))

    def _exported(self, event: Event) -> None:
        def export(number: int) -> None:
            group = self._book.export(number, event.args["nationalReference"], event.timestamp)
            for certificate, wh in group.locked.items():
                if wh:
                    self._certificates.ledger.export(certificate, wh)

        self._do(event, export)

    def _moved(self, event: Event, ids: Iterable[int], amounts: Iterable[int]) -> None:
        """What the token says of the same: each Wh into the contract and out of it belongs to a group."""
        sender, receiver = event.args["from"], event.args["to"]
        moves = list(zip(ids, amounts, strict=True))
        if receiver == self._account:
            self._tell(event, sender, ((one, -wh) for one, wh in moves))
        if sender == self._account:
            self._tell(event, receiver, moves)

    def _amounts(self, event: Event) -> Counter[CertificateId]:
        amounts: Counter[CertificateId] = Counter()
        for one, wh in zip(event.args["ids"], event.args["amounts"], strict=True):
            amounts[CertificateId(one)] += wh
        return amounts

    def _total(self, event: Event) -> None:
        """The group's Wh as announced, and that it is its member's wallet of the day that acts."""
        number = event.args["group"]
        if not 1 <= number <= len(self._book.groups):
            return
        group = self._book.group(number)
        self._findings.equal(
            checks.EXPORTS, f"Wh in export group {number}", group.wh, event.args["totalWh"], event=event
        )
        member = self._world.roster.members.get(group.member)
        wallet = member.wallet if member else "no known member"
        if wallet != event.args["holder"]:
            self._broken(event, f"a step of {wallet}, the wallet of its member", event.args["holder"])

    def _tell(self, event: Event, wallet: str, moves: Iterable[tuple[int, int]]) -> None:
        """Adds up, per transaction, what the groups announced less what the token moved."""
        told = self._untold.setdefault(event.tx_hash, Counter())
        for one, wh in moves:
            told[int(one), wallet] += wh
            if not told[int(one), wallet]:
                del told[int(one), wallet]
        if not told:
            del self._untold[event.tx_hash]

    def _do(self, event: Event, change: Callable[[int], object]) -> None:
        self._findings.count(checks.EXPORTS)
        number = event.args["group"]
        self._last_tx[number] = event.tx_hash
        try:
            change(number)
        except RuleError as error:
            self._broken(event, "a step within the rules", error)

    def _broken(self, event: Event, expected: object, found: object) -> None:
        entry = f"{event.name} of export group {event.args['group']}"
        self._findings.broken(checks.EXPORTS, entry, expected, found, event=event)

    def _equal(self, entry: str, expected: object, found: object, group: int = 0) -> None:
        self._findings.count(checks.EXPORTS)
        self._findings.equal(checks.EXPORTS, entry, expected, found, tx=self._last_tx.get(group, ""))
