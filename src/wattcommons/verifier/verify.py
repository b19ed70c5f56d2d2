"""Checking a proof file: what is anchored, what follows, and that nothing in the file is beside the point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wattcommons.errors import InputError, ProofBroken
from wattcommons.verifier import items, layout, proof_file
from wattcommons.verifier.anchors import Anchor, Trust
from wattcommons.verifier.hashing import HASH_BYTES, keccak, shown, word
from wattcommons.verifier.headers import Header, parse
from wattcommons.verifier.mpt import Nodes, lookup
from wattcommons.verifier.proof_file import ProofFile
from wattcommons.verifier.qbft import block_hash, check_form, extra_of, is_qbft
from wattcommons.verifier.receipts import happenings
from wattcommons.verifier.report import Line, Report, Standing
from wattcommons.verifier.stored import Stored
from wattcommons.verifier.story import Story, Told

NOTHING = Anchor()


def verify(data: bytes, anchor: Anchor = NOTHING) -> Report:
    """Checks a proof file's bytes against what the reader trusts. Raises InputError for what is no proof file."""
    file = proof_file.load(data)
    if file.layout != layout.current().identity:
        raise InputError(
            "this proof file was made for contracts of another version", "check it with the program of that version"
        )
    try:
        headers = _headers(file)
    except ProofBroken as error:
        return Report(file.certificate, (Line("block", Standing.BROKEN, error.part, error.reason),), {})
    return _Check(file, headers, anchor).report()


def without_spare_nodes(file: ProofFile) -> ProofFile:
    """The file with the nodes alone that its check needs: what a node gives may be more. Raises ProofBroken."""
    check = _Check(file, _headers(file), NOTHING)
    check.report()
    return replace(file, nodes=check.needed)


class _Check:
    """One file's check, with what its parts share."""

    def __init__(self, file: ProofFile, headers: Sequence[Header], anchor: Anchor) -> None:
        self._file = file
        self._headers = headers
        self._anchor = anchor
        self._nodes = Nodes(file.nodes)
        self._roots: dict[str, bytes] = {}
        self._trusted: dict[int, str] = {}

    def report(self) -> Report:
        lines = [self._block(), self._contracts()]
        last = self._headers[-1]
        lines += self._votes()
        story = Story(self._file, Stored(self._word, layout.current()), last.timestamp)
        story.tell(self._told)
        lines += story.lines
        if not any(line.standing is Standing.BROKEN for line in lines) and self._nodes.unused:
            lines.append(Line("file", Standing.BROKEN, "the file", f"holds {self._nodes.unused} nodes for nothing"))
        facts = {"block": last.number, "block_hash": shown(block_hash(last)), "at": last.timestamp, **story.facts}
        return Report(self._file.certificate, tuple(lines), facts)

    @property
    def needed(self) -> tuple[bytes, ...]:
        """The nodes asked for."""
        return self._nodes.used

    def _block(self) -> Line:
        last = self._headers[-1]
        text = f"block {last.number}, {shown(block_hash(last))}, is of the community's chain"
        try:
            self._trusted = Trust().of(self._headers, self._anchor).reasons
        except ProofBroken as error:
            return Line("block", Standing.BROKEN, text, f"{error.part} {error.reason}")
        place = len(self._headers) - 1
        if place in self._trusted:
            return Line("block", Standing.PROVED, f"{text}: {self._trusted[place]}")
        checkpoint = self._anchor.checkpoint
        if checkpoint is not None and last.number < checkpoint.number:
            return Line("block", Standing.OPEN, text, f"it is older than the checkpoint, block {checkpoint.number}")
        if checkpoint is not None or self._anchor.hashes:
            return Line("block", Standing.BROKEN, text, "what you trust does not lead to it")
        sealed = "give a checkpoint" if is_qbft(last) else "its chain seals nothing: give a block hash you trust"
        return Line("block", Standing.OPEN, text, f"nothing was given to anchor it ({sealed})")

    def _votes(self) -> list[Line]:
        """Headers that are there for their votes alone, where what the reader trusts does not reach them."""
        used = {place for place, _ in self._file.receipts} | {len(self._headers) - 1, *self._trusted}
        return [
            Line("block", Standing.OPEN, f"the vote in block {header.number}", "what you trust does not lead to it")
            for place, header in enumerate(self._headers)
            if place not in used
        ]

    def _contracts(self) -> Line:
        named, given = self._anchor.named, self._file.community
        text = f"the contracts on chain {given.chain_id} ({given.interval_minutes} min intervals) are the community's"
        if named is None:
            return Line("contracts", Standing.OPEN, text, "nothing was given that names the community's contracts")
        if named != given:
            return Line("contracts", Standing.BROKEN, text, "what you trust names others")
        return Line("contracts", Standing.PROVED, text)

    def _word(self, contract: str, slot: int) -> int:
        """A word of the state of the last block, proved."""
        what = f"the state of {contract}"
        root = self._roots.get(contract)
        if root is None:
            root = self._roots[contract] = self._storage_root(contract, what)
        found = lookup(self._nodes, root, keccak(word(slot)), what)
        if found is None:
            return 0
        return items.scalar(items.string(found, what), what)

    def _storage_root(self, contract: str, what: str) -> bytes:
        address = self._file.community.contracts[contract]
        account = lookup(self._nodes, self._headers[-1].state_root, keccak(address), what)
        if account is None:
            raise ProofBroken(what, "does not exist: there is no such account")
        fields = items.decoded(account, what)
        if len(fields) != 4:
            raise ProofBroken(what, "is that of no account")
        return items.octets(fields[2], what, HASH_BYTES)

    def _told(self) -> list[Told]:
        token = self._file.community.contracts["GuaranteeOfOrigin"]
        told = []
        for place, position in self._file.receipts:
            header = self._headers[place]
            key = items.encoded(position.to_bytes((position.bit_length() + 7) // 8, "big"))
            what = f"receipt {position} of block {header.number}"
            receipt = lookup(self._nodes, header.receipts_root, key, what)
            if receipt is None:
                raise ProofBroken(what, "does not exist")
            found = happenings(receipt, token, self._file.certificate)
            if not found:
                raise ProofBroken(what, "tells nothing of the certificate")
            told += [Told(one, header.timestamp, place in self._trusted) for one in found]
        return told


def _headers(file: ProofFile) -> list[Header]:
    """The file's headers. Raises ProofBroken unless they ascend and each has a use: a receipt, a vote, or the state."""
    headers = [parse(raw) for raw in file.headers]
    for header in headers:
        check_form(header)
    if not headers:
        raise ProofBroken("the file", "holds no block header")
    used = {place for place, _ in file.receipts}
    for place, header in enumerate(headers[:-1]):
        if header.number >= headers[place + 1].number:
            raise ProofBroken("the block headers", "are not in ascending order")
        votes = is_qbft(header) and extra_of(header).vote is not None
        if place not in used and not votes:
            raise ProofBroken(f"the header of block {header.number}", "is there for nothing")
    return headers
