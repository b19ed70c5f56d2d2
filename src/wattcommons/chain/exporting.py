"""Acting on export groups from one key: in calls of at most 64 certificates, each awaited before the next.

What was done stays done when a later call fails: an open group is continued by the next plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of, try_all
from wattcommons.chain.commitments import text_hash
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.export_refusals import explained
from wattcommons.chain.receipts import receipt_events
from wattcommons.chain.sender import Sender, Sent
from wattcommons.domain.export_groups import Part, PlannedGroup, batches
from wattcommons.errors import RevertedError, RuleError

CONTRACT: Final = "ExportGroups"
_WORD: Final = 32


@dataclass(frozen=True, slots=True)
class Step:
    """A call that landed. `wh`: what it moved, 0 for a decision; `group_wh`: in the group afterwards, None for one."""

    group: int
    certificates: int
    wh: int
    group_wh: int | None
    tx_hash: str
    block: int


def fill(contracts: Contracts, sender: Sender, planned: PlannedGroup) -> Iterator[Step]:
    """Open a group, or continue one, until it is full. Yields after each call.

    Raises RuleError where the contract refuses for what a person can put right, and the errors of sending.
    """
    number = planned.number
    for parts in batches(planned.parts):
        if number is None:
            step = _move(contracts, sender, "open", (), parts)
        else:
            step = _move(contracts, sender, "add", (number,), parts)
        number = step.group
        yield step


def release(contracts: Contracts, sender: Sender, group: int, parts: Sequence[Part]) -> Iterator[Step]:
    """Take Wh out of a group again. Yields after each call; raises as `fill`."""
    for part in batches(parts):
        yield _move(contracts, sender, "release", (group,), part)


def give_back(contracts: Contracts, sender: Sender, group: int, parts: Sequence[Part]) -> Iterator[Step]:
    """As `release`, by the issuing body: to the wallet of the group's member, where they can be withdrawn."""
    for part in batches(parts):
        yield _move(contracts, sender, "giveBack", (group,), part)


def accept(contracts: Contracts, sender: Sender, group: int, reference: bytes) -> Step:
    """The issuing body's word that a group lives on in the national registry, for good. Raises as `fill`."""
    return _decide(contracts, sender, "exportGroup", group, reference)


def decline(contracts: Contracts, sender: Sender, group: int, reason: bytes) -> Step:
    """The issuing body sends a full group back. Raises as `fill`."""
    return _decide(contracts, sender, "decline", group, reason)


def reference_of(text: str) -> bytes:
    """A national reference as the chain keeps it: 0x and 64 digits, or a text of at most 32 ASCII signs.

    Raises RuleError for anything else, and for one of zeros alone.
    """
    given = _digits(text)
    if given is None:
        if not text or not text.isascii() or not text.isprintable() or len(text) > _WORD:
            raise RuleError(
                f"{text!r} is no reference", f"give 1 to {_WORD} ASCII signs, or 0x and {2 * _WORD} hexadecimal digits"
            )
        given = text.encode().ljust(_WORD, b"\0")
    if not any(given):
        raise RuleError("a reference of zeros stands for none", "give the number that the national registry gave")
    return given


def reference_text(reference: bytes) -> str:
    """A reference as it is shown: the text in it, or 0x and its digits where it is none."""
    text = reference.rstrip(b"\0")
    if text.isascii() and (shown := text.decode("ascii")) and shown.isprintable():
        return shown
    return f"0x{reference.hex()}"


def reason_of(text: str) -> bytes:
    """What stands on the chain of a reason: 0x and 64 digits as they are, of any other text its hash."""
    if not text.strip():
        raise RuleError("a reason is missing", "say why, so that the member can put it right")
    return _digits(text) or text_hash(text)


def _digits(text: str) -> bytes | None:
    if not text.startswith("0x") or len(text) != 2 + 2 * _WORD:
        return None
    try:
        return bytes.fromhex(text[2:])
    except ValueError:
        return None


def _move(contracts: Contracts, sender: Sender, function: str, first: tuple[int, ...], parts: Sequence[Part]) -> Step:
    arguments = (*first, [int(part.certificate) for part in parts], [part.wh for part in parts])
    sent = _send(contracts, sender, function, arguments)
    told = [one for one in receipt_events(contracts.deployment, sent) if one.name in ("GroupAdded", "GroupReleased")]
    args = told[0].args
    return Step(args["group"], len(parts), sum(part.wh for part in parts), args["totalWh"], sent.tx_hash, sent.block)


def _decide(contracts: Contracts, sender: Sender, function: str, group: int, word: bytes) -> Step:
    sent = _send(contracts, sender, function, (group, word))
    return Step(group, 0, 0, None, sent.tx_hash, sent.block)


def _send(contracts: Contracts, sender: Sender, function: str, arguments: tuple[Any, ...]) -> Sent:
    """Tried without sending first: a refusal costs nothing and is told in words."""
    try:
        [answer] = try_all(contracts, [Read(CONTRACT, function, arguments)], sender=sender.address)
        if isinstance(answer, RevertedError):
            raise answer
        return sender.send(call_of(contracts, CONTRACT, function, *arguments))
    except RevertedError as error:
        raise explained(error) from error
