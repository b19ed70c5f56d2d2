"""What a receipt tells of one certificate: what was claimed, moved, used or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.errors import ProofBroken
from wattcommons.verifier import items
from wattcommons.verifier.hashing import ADDRESS_BYTES, HASH_BYTES, keccak, number, shown

_CLAIMED: Final = keccak(b"Claimed(uint256,uint32,address,uint256)")
_CANCELLED: Final = keccak(b"CertificateCancelled(uint256,uint256,uint256)")
_STATEMENT: Final = keccak(b"StatementIssued(uint256,address,(bytes32,bytes32,uint64,uint64,bytes2,bytes32),uint256)")
_WITHDRAWN: Final = keccak(b"Withdrawn(uint256,address,uint256,bytes32)")
_SINGLE: Final = keccak(b"TransferSingle(address,address,address,uint256,uint256)")
_BATCH: Final = keccak(b"TransferBatch(address,address,address,uint256[],uint256[])")
_WHAT: Final = "a receipt"
_TOPICS: Final = {_CLAIMED: 4, _CANCELLED: 3, _STATEMENT: 3, _WITHDRAWN: 3, _SINGLE: 4, _BATCH: 4}


@dataclass(frozen=True, slots=True)
class Statement:
    """A cancellation's statement: for whom, what for, which period (unix seconds), where, and the document's hash."""

    number: int
    beneficiary: str
    purpose: str
    period_from: int
    period_to: int
    country: str
    statement_hash: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to Wh: kind is claim, transfer, cancellation or withdrawal; wallets empty for none."""

    kind: str
    wh: int
    sender: str
    receiver: str
    statement: Statement | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Log:
    topics: tuple[bytes, ...]
    words: tuple[bytes, ...]

    def word(self, at: int) -> bytes:
        if at >= len(self.words):
            raise ProofBroken(_WHAT, "has a log cut short")
        return self.words[at]

    def number(self, at: int) -> int:
        return number(self.word(at))

    def array(self, at: int) -> tuple[int, ...]:
        """A dynamic array of words, whose place stands at word `at`."""
        place, rest = divmod(self.number(at), HASH_BYTES)
        count = self.number(place)
        if rest or place + count >= len(self.words):
            raise ProofBroken(_WHAT, "has a log cut short")
        return tuple(number(word) for word in self.words[place + 1 : place + 1 + count])


def happenings(receipt: bytes, token: bytes, certificate: int) -> list[Happening]:
    """What the token at `token` tells of a certificate in an encoded receipt. Raises ProofBroken when it is none."""
    found: list[Happening] = []
    cancelled: dict[int, int] = {}
    for log in _logs(receipt, token):
        kind, topics = log.topics[0], log.topics[1:]
        numbers = tuple(number(topic) for topic in topics)
        if kind == _CLAIMED and numbers[0] == certificate:
            found.append(Happening("claim", log.number(0), "", _address(topics[2])))
        elif kind == _WITHDRAWN and numbers[0] == certificate:
            found.append(Happening("withdrawal", log.number(0), _address(topics[1]), "", reason=shown(log.word(1))))
        elif kind == _CANCELLED and numbers[1] == certificate:
            cancelled[numbers[0]] = cancelled.get(numbers[0], 0) + log.number(0)
        elif kind == _STATEMENT and numbers[0] in cancelled:
            told = _statement(numbers[0], log)
            found.append(Happening("cancellation", cancelled.pop(numbers[0]), _address(topics[1]), "", told))
        elif kind in (_SINGLE, _BATCH) and numbers[1] and numbers[2]:
            single = kind == _SINGLE
            ids, amounts = ((log.number(0),), (log.number(1),)) if single else (log.array(0), log.array(1))
            if len(ids) != len(amounts):
                raise ProofBroken(_WHAT, "has a transfer of unequal lists")
            wh = sum(amount for one, amount in zip(ids, amounts, strict=True) if one == certificate)
            if wh:
                found.append(Happening("transfer", wh, _address(topics[1]), _address(topics[2])))
    if cancelled:
        raise ProofBroken(_WHAT, "tells of a cancellation without its statement")
    return found


def _logs(receipt: bytes, token: bytes) -> list[_Log]:
    # A transaction's type stands before the list, which itself begins at 0xc0.
    body = items.decoded(receipt[1:] if receipt[:1] < b"\x80" else receipt, _WHAT)
    if len(body) != 4 or body[0] != b"\x01":
        raise ProofBroken(_WHAT, "is not that of a transaction that went through")
    logs = []
    for item in items.listed(body[3], _WHAT):
        parts = items.listed(item, _WHAT)
        if len(parts) != 3:
            raise ProofBroken(_WHAT, "holds what is no log")
        topics = tuple(items.octets(topic, _WHAT, HASH_BYTES) for topic in items.listed(parts[1], _WHAT))
        data = items.octets(parts[2], _WHAT)
        if parts[0] == token and topics and len(topics) == _TOPICS.get(topics[0]):
            words = tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))
            logs.append(_Log(topics, words))
    return logs


def _statement(running: int, log: _Log) -> Statement:
    return Statement(
        running,
        shown(log.word(0)),
        shown(log.word(1)),
        log.number(2),
        log.number(3),
        log.word(4)[:2].decode("ascii", "replace"),
        shown(log.word(5)),
    )


def _address(topic: bytes) -> str:
    found = topic[-ADDRESS_BYTES:]
    return shown(found) if any(found) else ""
