"""What the meter ledger holds of signed runs at a block, and whether it would take them there, many in one request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from wattcommons.chain.batch import call_of
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.reverts import reverted
from wattcommons.chain.rpc import Answer, ask_all, octets, useless
from wattcommons.chain.stored import reading_of
from wattcommons.chain.words import WORD
from wattcommons.domain.packing import READING_BYTES, RUN_HEADER_BYTES, SignedRun, encode_batch
from wattcommons.errors import RuleError

_REQUESTS: Final = 200
_ANSWER_WORDS: Final = 20_000
_QUESTION_BYTES: Final = 200_000
_REASONS: Final = 8


class Holding(NamedTuple):
    """A run against the ledger: how many of its readings are not recorded, and the intervals of differing ones."""

    missing: int
    differing: tuple[int, ...]


class Verdict(NamedTuple):
    """What `MeterLedger.check` says of a run: reason 0 when it would be taken, else IMeterLedger.Refusal."""

    reason: int
    detail: int


def holdings(contracts: Contracts, runs: Sequence[SignedRun], block: int) -> list[Holding | None]:
    """What the ledger holds of each run at a block; None where the node has no state of that block.

    Raises NodeUnavailable.
    """
    web3 = contracts.web3
    found: list[Holding | None] = []
    for part in _parts(runs, lambda signed: len(signed.run.readings), _ANSWER_WORDS):
        calls = [("readingsOf", (one.run.participant, one.run.first, len(one.run.readings))) for one in part]
        for one, answer in zip(part, _asked(contracts, calls, block), strict=True):
            if "error" in answer:
                found.append(None)
                continue
            words = _words(octets(web3, answer["result"]))
            if words is None or len(words) != len(one.run.readings):
                raise useless(web3, "the node gave something else where readings belong")
            try:
                found.append(_holding(one, words))
            except RuleError as error:
                raise useless(web3, "the node gave a reading that cannot be") from error
    return found


def verdicts(contracts: Contracts, runs: Sequence[SignedRun], block: int) -> list[Verdict | None]:
    """Whether the ledger would take each run at a block; None where the node does not execute the call there.

    Raises NodeUnavailable.
    """
    web3 = contracts.web3
    found: list[Verdict | None] = []
    size = RUN_HEADER_BYTES
    for part in _parts(runs, lambda signed: size + len(signed.run.readings) * READING_BYTES, _QUESTION_BYTES):
        calls = [("check", (encode_batch([one]),)) for one in part]
        for one, answer in zip(part, _asked(contracts, calls, block), strict=True):
            if "error" not in answer:
                octets(web3, answer["result"], 0)
                found.append(Verdict(0, 0))
            else:
                found.append(_verdict(contracts, one, answer))
    return found


def _parts(runs: Sequence[SignedRun], size_of: Callable[[SignedRun], int], most: int) -> Iterator[Sequence[SignedRun]]:
    """Runs in groups for one request each: at most so many, and of at most so much together."""
    start = size = 0
    for position, signed in enumerate(runs):
        if position > start and (position - start == _REQUESTS or size + size_of(signed) > most):
            yield runs[start:position]
            start, size = position, 0
        size += size_of(signed)
    if start < len(runs):
        yield runs[start:]


def _asked(contracts: Contracts, calls: Sequence[tuple[str, tuple[Any, ...]]], block: int) -> list[Answer]:
    encoded = (call_of(contracts, "MeterLedger", function, *arguments) for function, arguments in calls)
    return ask_all(
        contracts.web3,
        [("eth_call", ({"to": call.to, "data": "0x" + call.data.hex()}, hex(block))) for call in encoded],
    )


def _holding(signed: SignedRun, words: Sequence[int]) -> Holding:
    missing = 0
    differing = []
    for (interval, reading), word in zip(signed.run.items(), words, strict=True):
        if not word:
            missing += 1
            continue
        recorded = reading_of(word)[0]
        if not recorded.is_present:
            raise RuleError(f"a stored reading of interval {interval} is absent and not zero")
        if recorded != reading:
            differing.append(int(interval))
    return Holding(missing, tuple(differing))


def _words(data: bytes) -> list[int] | None:
    """A returned uint256[]: where it starts, its length, its words. None when it is none."""
    if len(data) < 2 * WORD or len(data) % WORD or int.from_bytes(data[:WORD], "big") != WORD:
        return None
    count = int.from_bytes(data[WORD : 2 * WORD], "big")
    if len(data) != (count + 2) * WORD:
        return None
    return [int.from_bytes(data[at : at + WORD], "big") for at in range(2 * WORD, len(data), WORD)]


def _verdict(contracts: Contracts, signed: SignedRun, answer: Answer) -> Verdict | None:
    detail = answer["error"]
    data = detail.get("data") if isinstance(detail, dict) else None
    try:
        error = reverted(data)
    except ValueError:  # no hex, or a text that is none
        return None
    if error.error != "LedgerRunRefused":
        return None
    named = error.arguments
    if (named.get("participant"), named.get("firstInterval")) != (signed.run.participant, signed.run.first):
        raise useless(contracts.web3, "the node gave the verdict on another run")
    reason, told = named.get("reason"), named.get("detail")
    if not isinstance(reason, int) or not isinstance(told, int) or not 0 < reason < _REASONS:
        raise useless(contracts.web3, "the node gave a verdict without a reason")
    return Verdict(reason, told)
