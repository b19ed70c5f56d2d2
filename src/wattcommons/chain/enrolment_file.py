"""The enrolment file: JSON that travels from whoever writes the terms to those who sign them and who submits them.

    version, kind ("enrolment" or "rotation"), code, interval_minutes
    member                 index and wallet, as the chain said when the file was made
    terms                  what is signed, units in the names; the moments stand beside their numbers, for people
    signatures             member and metering_operator: null, or signer and signature (65 bytes r, s, v)

It holds no secret, and nothing in it is believed: the code carries its own proof, the terms are what the signatures
are over, a moment has to be the one its number says, and a field that does not belong there is refused.
"""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from wattcommons.chain.enrolment import Enrolment, Kind, Party, Signature
from wattcommons.chain.enrolment_code import parse_code
from wattcommons.chain.enrolment_terms import Basis, EnrolmentTerms, RotationTerms, Source, Terms
from wattcommons.chain.keystore import checked_address
from wattcommons.domain.intervals import IntervalLength, start_utc
from wattcommons.errors import InputError, RuleError

FILE_VERSION: Final = 1

_MOST_OCTETS: Final = 64 * 1024
_HINT: Final = "make a new one with `watt enrolment new`"
_HEX: Final = re.compile(r"0x((?:[0-9a-f]{2})*)", re.ASCII)
_SIGNATURE_OCTETS: Final = 65
_KEY: Final = {Party.MEMBER: "member", Party.METERING_OPERATOR: "metering_operator"}

Word = TypeVar("Word", bound=IntEnum)


def save_enrolment(enrolment: Enrolment, path: Path, *, new: bool = False) -> None:
    """Write the file whole or not at all. Raises OSError; `new`: InputError when it is there already."""
    if new:
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            raise InputError("it is there already", "choose another name: nothing was written", file=path) from None
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("w", encoding="utf-8") as output:
            output.write(json.dumps(as_dict(enrolment), indent=2) + "\n")
            output.flush()
            os.fsync(output.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        if new:
            path.unlink(missing_ok=True)
        raise


def load_enrolment(path: Path) -> Enrolment:
    """Read a file strictly. The signatures in it are not checked here: see `require_sound`.

    Raises InputError naming the file and what is wrong in it.
    """
    try:
        with path.open("rb") as opened:
            content = opened.read(_MOST_OCTETS + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", _HINT, file=path) from None
    except OSError as error:
        raise InputError(f"it cannot be read ({type(error).__name__})", file=path) from None
    return parse_enrolment(content, path)


def parse_enrolment(content: bytes, path: Path | None = None) -> Enrolment:
    """As `load_enrolment`, of content that is there already; `path` is where an error says it came from."""
    if len(content) > _MOST_OCTETS:
        raise InputError("it is too large for an enrolment file", _HINT, file=path)
    try:
        found = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InputError("it is no enrolment file (JSON)", _HINT, file=path) from None
    except RuleError as error:
        raise InputError(error.message, _HINT, file=path) from None
    try:
        return _enrolment(_Fields(found, "the file"))
    except RuleError as error:
        raise InputError(error.message, error.hint or _HINT, file=path) from None


def as_dict(enrolment: Enrolment) -> dict[str, Any]:
    """The content of the file."""
    return {
        "version": FILE_VERSION,
        "kind": enrolment.kind.value,
        "code": enrolment.code.text,
        "interval_minutes": enrolment.length.minutes,
        "member": {"index": enrolment.member, "wallet": enrolment.wallet},
        "terms": _terms_dict(enrolment.terms, enrolment.length),
        "signatures": {
            _KEY[party]: None
            if (one := enrolment.signatures.get(party)) is None
            else {"signer": one.signer, "signature": f"0x{one.octets.hex()}"}
            for party in Party
        },
    }


def word_of(value: IntEnum) -> str:
    """A basis or a source as files and options write it."""
    return value.name.lower()


def _terms_dict(terms: Terms, length: IntervalLength) -> dict[str, Any]:
    key = {"gateway": terms.gateway, "source": word_of(terms.source)}
    when = {
        "from_interval": terms.from_interval,
        "from_utc": _from_text(terms.from_interval, length),
        "deadline_unix": terms.deadline,
        "deadline_utc": _moment_text(datetime.fromtimestamp(terms.deadline, UTC)),
    }
    if isinstance(terms, RotationTerms):
        return {"participant": terms.participant, "nonce": terms.nonce, **key, **when}
    return {
        "member": terms.member,
        "basis": word_of(terms.basis),
        "import_w": terms.import_w,
        "export_w": terms.export_w,
        **key,
        **when,
        "commitment": f"0x{terms.commitment.hex()}",
    }


def _enrolment(top: _Fields) -> Enrolment:
    if (version := top.whole("version")) != FILE_VERSION:
        raise RuleError(f"it is of version {version}, not {FILE_VERSION}", "use the version of watt that made it")
    kind = top.text("kind")
    if kind not in tuple(Kind):
        raise RuleError(f"its kind is {kind[:40]!r}, neither enrolment nor rotation")
    code = parse_code(top.text("code"))
    minutes = top.whole("interval_minutes")
    if minutes not in tuple(IntervalLength):
        raise RuleError(f"its intervals have {minutes} minutes")
    length = IntervalLength(minutes)
    owner = top.inner("member")
    member, wallet = owner.whole("index"), owner.address("wallet")
    terms = _terms(top.inner("terms"), Kind(kind), length)
    gathered = top.inner("signatures")
    signatures = {}
    for party, key in _KEY.items():
        if gathered.take(key) is not None:
            one = gathered.inner(key)
            signatures[party] = Signature(one.address("signer"), one.octets("signature", _SIGNATURE_OCTETS))
            one.finish()
    for fields in (top, owner, gathered):
        fields.finish()
    return Enrolment(code, length, member, wallet, terms, signatures)


def _terms(found: _Fields, kind: Kind, length: IntervalLength) -> Terms:
    terms: Terms
    gateway, source = found.address("gateway"), found.word("source", Source)
    first, deadline = found.whole("from_interval"), found.whole("deadline_unix")
    if kind is Kind.ROTATION:
        participant, nonce = found.whole("participant"), found.whole("nonce")
        terms = RotationTerms(participant, gateway, source, first, nonce, deadline)
    else:
        terms = EnrolmentTerms(
            found.whole("member"),
            found.word("basis", Basis),
            source,
            found.whole("import_w"),
            found.whole("export_w"),
            gateway,
            first,
            found.octets("commitment", 32),
            deadline,
        )
    # The moments are for people, who are not to be shown another one than they sign.
    for name, wanted in _terms_dict(terms, length).items():
        if name.endswith("_utc") and found.text(name) != wanted:
            raise RuleError(f"{name} does not belong to its number: that is {wanted}")
    found.finish()
    return terms


class _Fields:
    """A JSON object whose fields are asked for one by one, and none may be left over."""

    def __init__(self, content: object, name: str) -> None:
        if not isinstance(content, dict):
            raise RuleError(f"{name} is no JSON object")
        self._content: dict[str, Any] = content
        self._name = name
        self._asked: set[str] = set()

    def take(self, key: str) -> Any:
        self._asked.add(key)
        if key not in self._content:
            raise RuleError(f"{self._name} lacks {key}")
        return self._content[key]

    def inner(self, key: str) -> _Fields:
        return _Fields(self.take(key), key)

    def text(self, key: str) -> str:
        value = self.take(key)
        if not isinstance(value, str):
            raise RuleError(f"{key} is no text")
        return value

    def whole(self, key: str) -> int:
        value = self.take(key)
        if type(value) is not int:
            raise RuleError(f"{key} is no whole number")
        return value

    def address(self, key: str) -> str:
        value = self.text(key)
        if checked_address(value) != value:
            raise RuleError(f"{key} is written without its checksum")
        return value

    def octets(self, key: str, length: int) -> bytes:
        found = _HEX.fullmatch(self.text(key))
        if found is None or len(found[1]) != 2 * length:
            raise RuleError(f"{key} is not 0x and {2 * length} hexadecimal digits in lower case")
        return bytes.fromhex(found[1])

    def word(self, key: str, kind: type[Word]) -> Word:
        words = {word_of(one): one for one in kind}
        value = self.text(key)
        if value not in words:
            raise RuleError(f"{key} is none of {', '.join(words)}")
        return words[value]

    def finish(self) -> None:
        strange = sorted(self._content.keys() - self._asked)
        if strange:
            raise RuleError(f"{self._name} has a field {strange[0][:40]!r} that does not belong there")


def _from_text(interval: int, length: IntervalLength) -> str:
    try:
        return _moment_text(start_utc(interval, length))
    except OverflowError:
        raise RuleError(f"interval {interval} begins after the year 9999") from None


def _moment_text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RuleError("a field stands twice in one object")
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError
