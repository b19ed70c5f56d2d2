"""The life of every certificate replayed into a register of its own, and compared with the token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.domain.accounts import Account
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.guarantees import CancellationStatement, CertificateId
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.domain.units import ParticipantIndex, Wh
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World

UNKNOWN_COUNTRY = "ZZ"
"""User-assigned in ISO 3166-1: stands in for a statement's malformed country, which moves no Wh."""


class Certificates:
    """Replays issue, claim, transfer, cancellation, withdrawal, recovery, lock and unlock by the domain's rules.

    `exports`: the contract that has what lies in export groups.
    """

    def __init__(self, world: World, exports: str, findings: Findings) -> None:
        self._world = world
        self._exports = exports
        self._findings = findings
        self.ledger = CertificateLedger(world.length)
        self._ids: set[int] = set()
        self._holdings: set[tuple[int, str]] = set()
        self._cancelling: dict[int, Counter[CertificateId]] = {}
        self._numbers: list[tuple[int, str]] = []
        self._pending: dict[str, Counter[tuple[int, str]]] = {}
        self._last_tx: dict[tuple[int, str], str] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "MemberRegistry.MemberRegistered": lambda event: self.ledger.admit(event.args["wallet"]),
            "MemberRegistry.MemberActiveSet": self._holder,
            "MemberRegistry.WalletReplaced": self._replaced,
            "GuaranteeOfOrigin.Issued": self._issued,
            "GuaranteeOfOrigin.IssuedMore": self._issued_more,
            "GuaranteeOfOrigin.Claimed": self._claimed,
            "GuaranteeOfOrigin.Withdrawn": self._withdrawn,
            "GuaranteeOfOrigin.CertificateCancelled": self._cancelled,
            "GuaranteeOfOrigin.StatementIssued": self._statement,
            "GuaranteeOfOrigin.TransferSingle": self._single,
            "GuaranteeOfOrigin.TransferBatch": self._batch,
        }

    def compare(self, state: State) -> None:
        """Balances, claims, totals and statements are those of the chain, and the sum holds."""
        self._compare_moves()
        held = {(str(wallet), int(one)): wh for (one, wallet), wh in self.ledger.balances().items()}
        for known in map(CertificateId, self._ids):
            if grouped := self.ledger.locked(known) + self.ledger.exported(known):
                held[self._exports, int(known)] = grouped
        holdings = sorted({*held, *((wallet, one) for one, wallet in self._holdings)})
        for (wallet, one), found in zip(holdings, state.certificate_balances(holdings), strict=True):
            self._findings.count(checks.CERTIFICATES)
            entry = f"Wh of certificate {one} held by {wallet}"
            self._equal(entry, held.get((wallet, one), 0), found, one, self._last_tx.get((one, wallet), ""))
        ids = sorted(self._ids)
        for one, stored in zip(ids, state.certificates(ids), strict=True):
            claim = self.ledger.waiting(CertificateId(one))
            waiting = (claim.wh, claim.claimant) if claim else (0, 0)
            expected = (self.ledger.issued(CertificateId(one)), *waiting)
            self._equal(f"Wh issued, waiting and for whom of certificate {one}", expected, tuple(stored), one)
        self._compare_devices(state)
        for number, (told, tx) in enumerate(self._numbers, 1):
            self._equal("number of a statement", number, told, tx=tx)
        self._equal("number of statements", len(self._numbers), state.statements())
        totals = self.ledger.totals(state.timestamp)
        self._findings.note(
            checks.CONSERVATION,
            f"{totals.issued} Wh issued, {totals.held} held, {totals.cancelled} cancelled, "
            f"{totals.expired} expired, {totals.withdrawn} withdrawn, {totals.exported} exported",
        )
        if not totals.balanced:
            self._findings.broken(checks.CONSERVATION, "Wh of all certificates", totals.issued, totals.ended)

    def _compare_devices(self, state: State) -> None:
        devices = sorted(self._world.devices.known)
        sums: dict[int, list[int]] = {device: [0, 0, 0] for device in devices}
        for one in self._ids:
            certificate = CertificateId(one)
            of_device = sums.setdefault(one >> 32, [0, 0, 0])
            of_device[0] += self.ledger.issued(certificate)
            of_device[1] += self.ledger.cancelled(certificate)
            of_device[2] += self.ledger.withdrawn(certificate)
        for device, found in zip(devices, state.device_totals(devices), strict=True):
            self._findings.count(checks.CONSERVATION)
            entry = f"Wh issued, cancelled and withdrawn of device {device}"
            self._findings.equal(checks.CONSERVATION, entry, tuple(sums[device]), tuple(found))

    def _compare_moves(self) -> None:
        """Every unit that the token minted or burned had its reason in the same transaction."""
        for tx, moves in self._pending.items():
            for (one, wallet), wh in moves.items():
                if wh:
                    entry = f"Wh of certificate {one} of {wallet} made or ended"
                    self._findings.broken(
                        checks.CERTIFICATES, entry, "an issue, claim, cancellation or withdrawal", wh, tx=tx
                    )

    def _holder(self, event: Event) -> None:
        member = self._world.roster.members.get(event.args["member"])
        if member is not None:
            account = Account(member.wallet)
            if event.args["active"]:
                self.ledger.admit(account)
            else:
                self.ledger.dismiss(account)

    def _replaced(self, event: Event) -> None:
        self.ledger.dismiss(Account(event.args["oldWallet"]))
        if self._world.roster.is_holder(event.args["newWallet"]):
            self.ledger.admit(Account(event.args["newWallet"]))

    def _issued(self, event: Event) -> None:
        args = event.args
        split = CertificateSplit(Wh(args["ownUseWh"]), Wh(args["soldWh"]), Wh(args["mintedWh"]))
        self._ids.add(args["id"])
        self._do(
            event,
            lambda: self.ledger.issue(
                CertificateId(args["id"]), ParticipantIndex(args["participant"]), Account(args["holder"]), split
            ),
        )
        if args["holder"] != NO_ADDRESS and split.minted_wh:
            self._reason(event, args["id"], args["holder"], split.minted_wh)

    def _issued_more(self, event: Event) -> None:
        args = event.args
        one, holder, wh = CertificateId(args["id"]), args["holder"], args["wh"]
        self._do(event, lambda: self.ledger.issue_more(one, ParticipantIndex(args["participant"]), Account(holder), wh))
        if holder != NO_ADDRESS:
            self._reason(event, one, holder, wh)

    def _claimed(self, event: Event) -> None:
        one, holder = event.args["id"], event.args["holder"]
        self._do(event, lambda: self.ledger.claim(CertificateId(one), Account(holder), event.timestamp))
        self._reason(event, one, holder, event.args["wh"])

    def _withdrawn(self, event: Event) -> None:
        one, holder, wh = event.args["id"], event.args["holder"], event.args["wh"]
        owner = None if holder == NO_ADDRESS else Account(holder)
        self._do(event, lambda: self.ledger.withdraw(CertificateId(one), owner, wh, event.timestamp))
        if owner is not None:
            self._reason(event, one, holder, -wh)

    def _cancelled(self, event: Event) -> None:
        amounts = self._cancelling.setdefault(event.args["statement"], Counter())
        amounts[CertificateId(event.args["id"])] += event.args["wh"]

    def _statement(self, event: Event) -> None:
        args = event.args
        amounts = self._cancelling.pop(args["statement"], Counter())
        self._equal("Wh of a statement", sum(amounts.values()), args["totalWh"], tx=event.tx_hash)
        holder, terms = Account(args["holder"]), args["terms"]
        self._do(event, lambda: self.ledger.cancel(holder, amounts, statement_of(terms), event.timestamp))
        self._numbers.append((args["statement"], event.tx_hash))
        for one, wh in amounts.items():
            self._reason(event, one, args["holder"], -wh)

    def _single(self, event: Event) -> None:
        self._move(event, event.args["id"], event.args["value"])

    def _batch(self, event: Event) -> None:
        for one, wh in zip(event.args["ids"], event.args["values"], strict=True):
            self._move(event, one, wh)

    def _move(self, event: Event, one: int, wh: int) -> None:
        sender, receiver = event.args["from"], event.args["to"]
        for wallet in (sender, receiver):
            if wallet != NO_ADDRESS:
                self._holdings.add((one, wallet))
                self._last_tx[one, wallet] = event.tx_hash
        if sender == NO_ADDRESS:
            self._reason(event, one, receiver, -wh)
        elif receiver == NO_ADDRESS:
            self._reason(event, one, sender, wh)
        elif receiver == self._exports:
            self._do(event, lambda: self.ledger.lock(CertificateId(one), Account(sender), wh, event.timestamp))
        elif sender == self._exports:
            self._do(event, lambda: self.ledger.unlock(CertificateId(one), Account(receiver), wh, event.timestamp))
        elif self._world.roster.heir_of(sender) == receiver:
            self._do(event, lambda: self._recover(CertificateId(one), sender, receiver, wh, event.timestamp))
        else:
            certificate, giver, taker = CertificateId(one), Account(sender), Account(receiver)
            self._do(event, lambda: self.ledger.transfer(certificate, giver, taker, wh, event.timestamp))

    def _recover(self, one: CertificateId, old: str, heir: str, wh: int, at: int) -> None:
        self.ledger.recover(one, Account(old), Account(heir), at, wh)

    def _reason(self, event: Event, one: int, wallet: str, wh: int) -> None:
        """Adds up, per transaction, what was announced less what the token made (or, negative, ended)."""
        moves = self._pending.setdefault(event.tx_hash, Counter())
        moves[one, wallet] += wh
        if not moves[one, wallet]:
            del moves[one, wallet]
            if not moves:
                del self._pending[event.tx_hash]

    def _do(self, event: Event, change: Callable[[], object]) -> None:
        self._findings.count(checks.CERTIFICATES)
        try:
            change()
        except RuleError as error:
            entry = f"{event.name} in log {event.log_index}"
            self._findings.broken(checks.CERTIFICATES, entry, "a move within the rules", error, event=event)

    def _equal(self, entry: str, expected: object, found: object, certificate: int | None = None, tx: str = "") -> None:
        interval = None if certificate is None else certificate & 0xFFFFFFFF
        self._findings.equal(checks.CERTIFICATES, entry, expected, found, tx=tx, interval=interval)


def statement_of(terms: tuple[bytes, bytes, int, int, bytes, bytes]) -> CancellationStatement:
    """A statement as the contract published it. Raises RuleError when its period is empty."""
    beneficiary, purpose, period_from, period_to, country, statement_hash = terms
    text = country.decode("ascii", "replace")
    if not (text.isascii() and text.isalpha() and text.isupper()):
        text = UNKNOWN_COUNTRY
    return CancellationStatement(beneficiary, purpose, period_from, period_to, text, statement_hash)
