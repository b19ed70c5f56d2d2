"""Handing signed runs to a community's relay.

A relay is not trusted: it can alter nothing, for every run is signed, and what it drops is handed in again. It could
say that a run is final when it is not, or refused when it would be taken. The gateway therefore keeps its readings for
its retention time, parks only what it says to be refused, and believes a node of its own where it has one
(`checked_carrier`). A relay that only ever says "waiting" is left for the next one after a while.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from wattcommons.domain.packing import READING_BYTES, RUN_HEADER_BYTES, SignedRun, encode_batch
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import InputError, NodeUnavailable
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate

MOST_RUNS: Final = 500
MOST_BYTES: Final = 250_000
PATIENCE_S: Final = 600.0
"""A relay that has had nothing but "waiting" to say for so long is left for the next one."""
_MOST_ANSWER: Final = 1 << 20
_CONNECT_S: Final = 5.0
_MOST_DETAIL: Final = (1 << 256) - 1
_MOST_DIGITS: Final = 78
_BINARY: Final = {"Content-Type": "application/octet-stream"}
# No compression: a few bytes could otherwise grow to any size on a small gateway.
_PLAIN: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}


class RelayCarrier:
    """A Carrier over one or several relays: when one fails or answers oddly, the next is asked.

    `timeout_s`: for one request and its whole answer. `ca_file`: PEM of one's own authority. Nothing is opened before
    the first question. Raises InputError for a file of authorities that cannot be read.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        timeout_s: float = 30.0,
        ca_file: Path | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._urls = [url.rstrip("/") for url in urls]
        self._first = 0
        self._timeout_s, self._monotonic = timeout_s, monotonic
        self._useful: float | None = None
        try:
            verify = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        except (OSError, ssl.SSLError):
            raise InputError("this is no file of certificates (PEM)", file=ca_file) from None
        # Neither the environment's proxies nor redirects: the relay is who the settings name.
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
            verify=verify,
            trust_env=False,
            follow_redirects=False,
            transport=transport,
        )
        # A loop of one's own, because only a loop can end an exchange as a whole: a relay that trickles its answer
        # byte by byte stays within every time-out between two bytes.
        self._runner = asyncio.Runner()

    def __repr__(self) -> str:
        return f"RelayCarrier({', '.join(_public(url) for url in self._urls)})"

    def close(self) -> None:
        """Close what is open."""
        self._runner.run(self._client.aclose())
        self._runner.close()

    def check(self) -> str:
        """The first relay's address without secrets, when it answers and is well. Raises NodeUnavailable."""
        url = self._urls[0]
        status, answer = self._exchange("GET", url, "/v1/health", None)
        if status not in (200, 503) or not isinstance(answer, dict):
            raise _unwanted(url, status, answer)
        if answer.get("ok") is not True:
            raise NodeUnavailable(
                f"{_public(url)} is not well: {str(answer.get('troubles'))[:400]}", "ask the community's operator"
            )
        return _public(url)

    def carry(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        """See Carrier. When a relay fails after it answered a part, the rest is said to be waiting."""
        found: list[RunFate] = []
        for part in _parts(runs):
            try:
                found += self._anybody(part)
            except NodeUnavailable:
                if not found:
                    raise
                # Else a relay that takes a few requests at once would never have its first answers written down.
                found += [RunFate(Fate.WAITING)] * (len(runs) - len(found))
                break
        self._note(found)
        return found

    def _anybody(self, part: Sequence[SignedRun]) -> list[RunFate]:
        body = encode_batch(part)
        failures: list[str] = []
        for step in range(len(self._urls)):
            place = (self._first + step) % len(self._urls)
            url = self._urls[place]
            try:
                status, answer = self._exchange("POST", url, "/v1/runs", body)
                if status != 200:
                    raise _unwanted(url, status, answer)
                fates = _fates(url, answer, part)
            except NodeUnavailable as error:
                failures.append(error.message)
                continue
            self._first = place
            return fates
        raise NodeUnavailable(
            "; ".join(failures) or "no relay is named",
            "it is tried again" if failures else "name one as delivery.relays",
        )

    def _note(self, fates: Sequence[RunFate]) -> None:
        now = self._monotonic()
        if self._useful is None or not fates or any(one.fate is not Fate.WAITING for one in fates):
            self._useful = now
        elif now - self._useful > PATIENCE_S:
            self._first = (self._first + 1) % len(self._urls)
            self._useful = now

    def _exchange(self, method: str, url: str, path: str, body: bytes | None) -> tuple[int, Any]:
        """Status and JSON value of an answer. Raises NodeUnavailable when there is none in time."""
        shown = _public(url)
        try:
            status, content = self._runner.run(self._within_time(method, url + path, body))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise NodeUnavailable(f"{shown} does not answer ({type(error).__name__})") from error
        try:
            return status, json.loads(content)
        except (ValueError, RecursionError) as error:
            if status != 200:  # a page of some proxy's: the status says more
                return status, None
            raise NodeUnavailable(f"{shown} answers with something that is not JSON") from error

    async def _within_time(self, method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
        headers = _PLAIN if body is None else _PLAIN | _BINARY
        async with (
            asyncio.timeout(self._timeout_s),
            self._client.stream(method, url, content=body, headers=headers) as response,
        ):
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise NodeUnavailable(f"{_public(url)} answers in a form that was not asked for")
            content = bytearray()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > _MOST_ANSWER:
                    raise NodeUnavailable(f"{_public(url)} answers with more than {_MOST_ANSWER} bytes")
            return response.status_code, bytes(content)


def _unwanted(url: str, status: int, answer: Any) -> NodeUnavailable:
    said = f": {str(answer.get('title', ''))[:200]}" if isinstance(answer, dict) else ""
    return NodeUnavailable(f"{_public(url)} answers {status}{said}")


def _parts(runs: Sequence[SignedRun]) -> Iterator[Sequence[SignedRun]]:
    """Runs as one request each takes them."""
    start = size = 0
    for position, signed in enumerate(runs):
        length = RUN_HEADER_BYTES + len(signed.run.readings) * READING_BYTES
        if position > start and (position - start == MOST_RUNS or size + length > MOST_BYTES):
            yield runs[start:position]
            start, size = position, 0
        size += length
    if start < len(runs):
        yield runs[start:]


def _fates(url: str, answer: Any, runs: Sequence[SignedRun]) -> list[RunFate]:
    """The answer's entries, one a run in order, checked as strictly as a stranger's."""
    if not isinstance(answer, list) or len(answer) != len(runs):
        raise NodeUnavailable(f"the answer of {_public(url)} has not one entry for each run")
    try:
        return [_fate(entry, signed) for entry, signed in zip(answer, runs, strict=True)]
    except (KeyError, TypeError, ValueError) as error:
        raise NodeUnavailable(f"the answer of {_public(url)} is not of the agreed form") from error


def _fate(entry: Any, signed: SignedRun) -> RunFate:
    run = signed.run
    if (entry["participant"], entry["first"], entry["count"]) != (run.participant, run.first, len(run.readings)):
        raise ValueError("an answer to another run")
    fate = Fate(entry["fate"])
    conflicts = tuple(_whole(one, run.first, run.end - 1) for one in _listed(entry["conflicts"]))
    if (fate is Fate.CONFLICT) != bool(conflicts) or len(set(conflicts)) != len(conflicts):
        raise ValueError("a conflict without its intervals, or the other way round")
    reason = Refusal(_whole(entry["reason"], 0, max(Refusal)))
    if fate is not Fate.REFUSED and reason is not Refusal.NONE:
        raise ValueError("a reason for what was not refused")
    return RunFate(fate, _whole(entry["block"], 0, 2**63), reason, _detail(entry["detail"]), conflicts)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("something else where a list belongs")
    return value


def _detail(value: Any) -> int:
    """A number as text: a detail may have more bits than other languages' JSON numbers."""
    if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
        raise ValueError("a detail that is no number")
    return _whole(int(value), 0, _MOST_DETAIL)


def _whole(value: Any, least: int, most: int = MAX_INDEX) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("a number out of range")
    return value


def _public(url: str) -> str:
    """The address without user, password, path and query."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "an address that cannot be read"
