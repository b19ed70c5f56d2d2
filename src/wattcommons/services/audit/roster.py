"""Members and participants as the registry's events tell them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.chain.state import StoredEpoch
from wattcommons.domain.intervals import IntervalLength, interval_at
from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Gate, Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State
from wattcommons.services.audit.traces import Trace

MAX_SUCCESSIONS: Final = 16
"""Replacements in a row that the contracts follow at once."""


@dataclass(slots=True)
class Member:
    """A member as of now: wallet and whether the account is open."""

    wallet: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Epoch:
    """A participant's state in an interval; powers in W. Without a gateway it is not active."""

    gateway: str = NO_ADDRESS
    import_w: int = 0
    export_w: int = 0
    source: int = 0
    suspended: bool = False
    silent: bool = False

    @property
    def active(self) -> bool:
        """Whether the participant is on the roster."""
        return self.gateway != NO_ADDRESS


NOT_ACTIVE: Final = Epoch()


class Participant:
    """A metering point of a member for [first, until)."""

    def __init__(self, index: int, member: int, basis: int, first: int) -> None:
        self.index = index
        self.member = member
        self.basis = basis
        self.first = first
        self.until = MAX_INDEX
        self.epochs: Trace[Epoch] = Trace(NOT_ACTIVE)

    def change(self, first: int, **fields: object) -> None:
        """Changes fields of the state from `first` on, never beyond the participant's life."""
        self.epochs.update(first, lambda epoch: replace(epoch, **fields))  # type: ignore[arg-type]
        if self.until != MAX_INDEX:
            self.epochs.set(self.until, NOT_ACTIVE)

    def close(self, until: int) -> None:
        """Ends the participant's life before `until`."""
        self.until = until
        self.epochs.set(until, NOT_ACTIVE)


class Roster:
    """Who took part when, and whose wallet is whose now."""

    def __init__(self, gate: Gate, findings: Findings) -> None:
        self._gate = gate
        self._findings = findings
        self.members: dict[int, Member] = {}
        self.participants: dict[int, Participant] = {}
        self.successor: dict[str, str] = {}
        self._member_of: dict[str, int] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "MemberRegistry.MemberRegistered": self._registered,
            "MemberRegistry.MemberActiveSet": self._active,
            "MemberRegistry.WalletReplaced": self._replaced,
            "MemberRegistry.ParticipantEnrolled": self._enrolled,
            "MemberRegistry.GatewayRotated": self._rotated,
            "MemberRegistry.LimitsSet": self._limits,
            "MemberRegistry.SuspensionSet": self._suspended,
            "MemberRegistry.SilenceSet": self._silent,
            "MemberRegistry.ParticipantClosed": self._closed,
        }

    def compare(self, state: State, length: IntervalLength, devices: int) -> None:
        """Members and participants are those the registry keeps; of the latter, their state now and at their last date.

        `devices`: how many devices are known.
        """
        found = state.registered()
        expected = (len(self.members), len(self.participants), devices)
        self._findings.equal(checks.REGISTRY, "number of members, participants and devices", expected, found)
        indices = list(self.members)
        for index, kept in zip(indices, state.members(indices), strict=True):
            self._findings.count(checks.REGISTRY)
            member = self.members[index]
            entry = f"wallet of member {index}, and whether the account is open"
            self._findings.equal(checks.REGISTRY, entry, (member.wallet, member.active), tuple(kept))
        now = interval_at(state.timestamp, length)
        places = [
            (index, interval) for index, one in self.participants.items() for interval in sorted({now, one.epochs.last})
        ]
        for (index, interval), stored in zip(places, state.epochs(places), strict=True):
            self._findings.count(checks.REGISTRY)
            one = self.participants[index]
            epoch = one.epochs.at(interval)
            basis = one.basis if epoch.active else 0
            wanted = StoredEpoch(
                epoch.gateway, epoch.import_w, epoch.export_w, epoch.source, basis, epoch.suspended, epoch.silent
            )
            entry = f"state of participant {index}"
            self._findings.equal(checks.REGISTRY, entry, wanted, stored, interval=interval)

    def active(self, interval: int) -> Iterator[tuple[int, Epoch]]:
        """The roster of an interval, in index order."""
        for index, participant in self.participants.items():
            if participant.first <= interval < participant.until:
                epoch = participant.epochs.at(interval)
                if epoch.active:
                    yield index, epoch

    def epoch(self, participant: int, interval: int) -> Epoch:
        """A participant's state in an interval; NOT_ACTIVE for an unknown one."""
        known = self.participants.get(participant)
        return known.epochs.at(interval) if known else NOT_ACTIVE

    def wallet_of(self, participant: int) -> tuple[str, bool]:
        """The wallet of a participant's member now, and whether the account is open."""
        known = self.participants.get(participant)
        member = self.members.get(known.member) if known else None
        return (member.wallet, member.active) if member else (NO_ADDRESS, False)

    def is_holder(self, account: str) -> bool:
        """Whether the account is the present wallet of an open member's account."""
        member = self.members.get(self._member_of.get(account, 0))
        return member is not None and member.active and member.wallet == account

    def heir_of(self, account: str) -> str | None:
        """The wallet that finally took over from one; None when it was never replaced."""
        heir = None
        following = self.successor.get(account)
        for _ in range(MAX_SUCCESSIONS):
            if following is None:
                break
            heir = following
            following = self.successor.get(heir)
        return heir

    def _registered(self, event: Event) -> None:
        self.members[event.args["member"]] = Member(event.args["wallet"])
        self._member_of[event.args["wallet"]] = event.args["member"]

    def _active(self, event: Event) -> None:
        member = self.members.get(event.args["member"])
        if member is None:
            self._unknown(event, f"member {event.args['member']}")
        else:
            member.active = event.args["active"]

    def _replaced(self, event: Event) -> None:
        old, new = event.args["oldWallet"], event.args["newWallet"]
        member = self.members.get(event.args["member"])
        if member is None:
            self._unknown(event, f"member {event.args['member']}")
            return
        member.wallet = new
        self._member_of[new] = event.args["member"]
        self.successor[old] = new

    def _enrolled(self, event: Event) -> None:
        args = event.args
        self._gate.check(event, args["fromInterval"])
        participant = Participant(args["participant"], args["member"], args["basis"], args["fromInterval"])
        participant.epochs.set(
            args["fromInterval"], Epoch(args["gateway"], args["importW"], args["exportW"], args["source"])
        )
        self.participants[participant.index] = participant

    def _rotated(self, event: Event) -> None:
        self._change(event, gateway=event.args["gateway"], source=event.args["source"])

    def _limits(self, event: Event) -> None:
        self._change(event, import_w=event.args["importW"], export_w=event.args["exportW"])

    def _suspended(self, event: Event) -> None:
        self._change(event, suspended=event.args["suspended"])

    def _silent(self, event: Event) -> None:
        self._change(event, silent=event.args["silent"])

    def _closed(self, event: Event) -> None:
        self._gate.check(event, event.args["untilInterval"])
        known = self.participants.get(event.args["participant"])
        if known is None:
            self._unknown(event, f"participant {event.args['participant']}")
        else:
            known.close(event.args["untilInterval"])

    def _change(self, event: Event, **fields: object) -> None:
        self._gate.check(event, event.args["fromInterval"])
        known = self.participants.get(event.args["participant"])
        if known is None:
            self._unknown(event, f"participant {event.args['participant']}")
        else:
            known.change(event.args["fromInterval"], **fields)

    def _unknown(self, event: Event, who: str) -> None:
        self._findings.broken(checks.DATES, event.key, f"{who} registered before", "no such event", event=event)
