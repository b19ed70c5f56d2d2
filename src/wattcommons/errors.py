"""Every error this package raises on purpose.

    WattError                      message (what, where) and hint (what to do)
    ├── UserError                  somebody can correct it; the command line exits with 2
    │   ├── InputError             a file or a value that was handed in: file, line, reason
    │   ├── SettingsError          a community file, an option or an environment variable
    │   ├── DeploymentError        no contracts, other contracts or a used chain at the address given
    │   └── ToolMissing            a program that has to be installed first
    ├── ChainError                 the node or a contract said no
    │   ├── RetryableError         the same call may succeed later
    │   │   ├── NodeUnavailable    no connection, time-out, the node is starting
    │   │   ├── NonceConflict      another sender used the account's nonce
    │   │   └── ReceiptTimeout     sent, and not yet seen in a block
    │   └── FatalError             the same call can never succeed
    │       ├── RevertedError      a contract refused: error name and arguments
    │       ├── WrongChain         another chain id than expected
    │       └── ReorganisedError   a block that was taken as final is gone
    ├── RuleError                  domain rule broken by a caller (a defect, or a refused proposal)
    ├── MeterDataError             what a meter or its gateway sent is not usable: which way
    ├── SourceLost                 the line to a meter or broker is gone: it is opened again later
    ├── StoreError                 the local store failed; what was in it before is still there
    │   ├── StoreFull              the disk is full: free some space, then the same call may succeed
    │   └── StoreDamaged           the file is no whole store of ours: it is left as it is
    ├── AuditError                 the book cannot be re-derived: which entry, expected, found
    ├── ProofBroken                a part of a proof file does not hold: which, and why
    └── KeeperStalled              a keeper's cycle made no progress, and why

Whether something is worth retrying is a class, never a string comparison. Messages carry no key and
no other secret: put the public part (address, index) in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar


class WattError(Exception):
    """Root of the tree. `message` says what happened and where, `hint` what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


# --- what a person can correct -------------------------------------------------------------------


class UserError(WattError):
    """A mistake of whoever runs the program: one clear line and exit code 2."""

    exit_code: ClassVar[int] = 2


class InputError(UserError):
    """A file or a value handed in breaks a rule. `line` counts from 1, the header included."""

    def __init__(self, reason: str, hint: str = "", *, file: str | Path | None = None, line: int | None = None) -> None:
        self.reason = reason
        self.file = None if file is None else str(file)
        self.line = line
        place = ":".join(str(part) for part in (self.file, line) if part is not None)
        super().__init__(f"{place}: {reason}" if place else reason, hint)


class SettingsError(UserError):
    """A setting is missing, unknown or out of range. `setting` is its name as the user writes it."""

    def __init__(self, reason: str, hint: str = "", *, setting: str | None = None) -> None:
        self.reason = reason
        self.setting = setting
        super().__init__(f"{setting}: {reason}" if setting else reason, hint)


class DeploymentError(UserError):
    """The chain does not hold what the command needs (no contracts, a used or a foreign chain)."""


class ToolMissing(UserError):
    """A program this command starts is not installed."""

    def __init__(self, tool: str, hint: str) -> None:
        self.tool = tool
        super().__init__(f"{tool} was not found", hint)


# --- the chain -----------------------------------------------------------------------------------


class ChainError(WattError):
    """The node or a contract refused or failed."""


class RetryableError(ChainError):
    """The same call may succeed later, unchanged."""


class NodeUnavailable(RetryableError):
    """The node cannot be reached or does not answer in time."""


class NonceConflict(RetryableError):
    """The nonce was used by another transaction of the same account: read it again."""


class ReceiptTimeout(RetryableError):
    """A transaction was sent and is not in a block yet. `tx_hash` is 0x-prefixed hex."""

    def __init__(self, tx_hash: str, hint: str = "") -> None:
        self.tx_hash = tx_hash
        super().__init__(f"transaction {tx_hash} has no receipt yet", hint)


class FatalError(ChainError):
    """The same call can never succeed: retrying is a defect."""


class RevertedError(FatalError):
    """A contract reverted.

    `error` is the custom error's name (`Error` for a reason string, `Panic` for a panic, empty when
    the node gave no data) and `arguments` its decoded arguments by name; `raw` keeps undecoded data.
    """

    def __init__(
        self,
        error: str,
        arguments: Mapping[str, object] | Sequence[object] = (),
        *,
        contract: str = "",
        raw: bytes = b"",
        hint: str = "",
    ) -> None:
        self.error = error
        self.arguments: dict[str, object] = (
            dict(arguments)
            if isinstance(arguments, Mapping)
            else {str(position): value for position, value in enumerate(arguments)}
        )
        self.contract = contract
        self.raw = raw
        shown = ", ".join(f"{name}={_show(value)}" for name, value in self.arguments.items())
        what = f"{error}({shown})" if error else f"no reason given{f' (0x{raw.hex()})' if raw else ''}"
        super().__init__(f"{contract or 'contract'} refused: {what}", hint)


class WrongChain(FatalError):
    """The node serves another chain than the deployment was made on."""

    def __init__(self, expected: int, found: int) -> None:
        self.expected = expected
        self.found = found
        super().__init__(
            f"the node serves chain {found}, not {expected}",
            "point the command at a node of the community's chain",
        )


class ReorganisedError(FatalError):
    """A block below the finality depth changed: nothing derived from it may be trusted."""


# --- rules, books, progress ----------------------------------------------------------------------


class RuleError(WattError):
    """A value breaks a rule of the domain (units, ranges, order of time)."""


class MeterDataError(WattError):
    """A frame, telegram, message or sample that yields no reading.

    `kind` is one word for counting, such as `checksum`, `truncated`, `encoding`, `too-large`, `negative`,
    `absurd`, `unit` or `index-drop`.
    """

    def __init__(self, kind: str, reason: str, hint: str = "") -> None:
        self.kind = kind
        super().__init__(reason, hint)


class SourceLost(WattError):
    """A source of readings cannot be read at present: no such port, no connection, nothing heard for too long."""


class StoreError(WattError):
    """The local store cannot be read or written. What was committed before is not lost by it."""


class StoreFull(StoreError):
    """No space is left on the disk that holds the store."""


class StoreDamaged(StoreError):
    """The file is damaged, or of another program or version; it is never overwritten."""


class AuditError(WattError):
    """An entry of the book does not follow from the evidence."""

    def __init__(self, entry: str, expected: object, found: object, hint: str = "") -> None:
        self.entry = entry
        self.expected = expected
        self.found = found
        super().__init__(f"{entry}: expected {_show(expected)}, found {_show(found)}", hint)


class ProofBroken(WattError):
    """A part of a proof file does not hold. `part` names it, `reason` says why."""

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(f"{part} {reason}")


class KeeperStalled(WattError):
    """A keeper's cycle made no progress. `interval` is the one it stands at, `reason` says why."""

    def __init__(self, interval: int, reason: str, hint: str = "") -> None:
        self.interval = interval
        self.reason = reason
        super().__init__(f"interval {interval} does not advance: {reason}", hint)


def _show(value: object) -> str:
    return f"0x{value.hex()}" if isinstance(value, (bytes, bytearray)) else str(value)
