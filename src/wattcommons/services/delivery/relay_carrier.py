"""Handing signed runs to a community's relay.

A relay is not trusted: it can alter nothing, for every run is signed, and what it drops is handed in again. It could
say that a run is final when it is not, or refused when it would be taken. The gateway therefore keeps its readings for
its retention time, parks only what it says to be refused, and believes a node of its own where it has one.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
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
_MOST_ANSWER: Final = 1 << 20
_CONNECT_S: Final = 5.0
_MOST_DETAIL: Final = 1 << 260  # no detail of the ledger is longer than a word and some room


class RelayCarrier:
    """A Carrier over one or several relays: when one fails, the next is asked. `ca_file`: PEM of one's own authority.
    `transport`: another way than the network.

    Nothing is opened before the first question. Raises InputError for a file of authorities that cannot be read.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        timeout_s: float = 30.0,
        ca_file: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._urls = [url.rstrip("/") for url in urls]
        self._first = 0
        try:
            verify = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        except (OSError, ssl.SSLError):
            raise InputError("this is no file of certificates (PEM)", file=ca_file) from None
        # Neither the environment's proxies nor redirects: the relay is who the settings name.
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=_CONNECT_S),
            verify=verify,
            trust_env=False,
            follow_redirects=False,
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"RelayCarrier({', '.join(_public(url) for url in self._urls)})"

    def close(self) -> None:
        """Close what is open."""
        self._client.close()

    def check(self) -> str:
        """The first relay's address without secrets, when it answers and is well. Raises NodeUnavailable."""
        url = self._urls[0]
        answer = self._ask("GET", url, "/v1/health", None)
        if answer.get("ok") is not True:
            raise NodeUnavailable(
                f"{_public(url)} is not well: {answer.get('troubles')}", "ask the community's operator"
            )
        return _public(url)

    def carry(self, runs: Sequence[SignedRun]) -> list[RunFate]:
        """See Carrier."""
        found: list[RunFate] = []
        for part in _parts(runs):
            answer = self._anybody(encode_batch(part))
            found += _fates(answer, part)
        return found

    def _anybody(self, body: bytes) -> Any:
        last: NodeUnavailable | None = None
        for number in range(len(self._urls)):
            place = (self._first + number) % len(self._urls)
            try:
                answer = self._ask("POST", self._urls[place], "/v1/runs", body)
            except NodeUnavailable as error:
                last = error
                continue
            self._first = place
            return answer
        raise last or NodeUnavailable("no relay is named", "name one as delivery.relays")

    def _ask(self, method: str, url: str, path: str, body: bytes | None) -> Any:
        shown = _public(url)
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"} if body else {}
        try:
            with self._client.stream(method, url + path, content=body, headers=headers) as response:
                content = bytearray()
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > _MOST_ANSWER:
                        raise NodeUnavailable(f"{shown} answers with more than {_MOST_ANSWER} bytes")
                status, retry = response.status_code, response.headers.get("Retry-After", "")
                answer = httpx.Response(status, content=bytes(content)).json() if content else None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise NodeUnavailable(f"{shown} does not answer ({type(error).__name__})") from error
        except (ValueError, RecursionError) as error:
            raise NodeUnavailable(f"{shown} answers with something that is not JSON") from error
        if status in (200, 503) and method == "GET" and isinstance(answer, dict):
            return answer
        if status != 200:
            said = answer.get("title", "") if isinstance(answer, dict) else ""
            later = f", again in {retry[:8]} s" if retry.isdigit() else ""
            raise NodeUnavailable(f"{shown} answers {status}{later} {str(said)[:200]}".rstrip())
        return answer


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


def _fates(answer: Any, runs: Sequence[SignedRun]) -> list[RunFate]:
    """The answer's entries, one a run in order, checked as strictly as a stranger's."""
    if not isinstance(answer, list) or len(answer) != len(runs):
        raise NodeUnavailable("the relay's answer has not one entry for each run")
    try:
        return [_fate(entry, signed) for entry, signed in zip(answer, runs, strict=True)]
    except (KeyError, TypeError, ValueError) as error:
        raise NodeUnavailable("the relay's answer is not of the agreed form") from error


def _fate(entry: Any, signed: SignedRun) -> RunFate:
    run = signed.run
    if (entry["participant"], entry["first"], entry["count"]) != (run.participant, run.first, len(run.readings)):
        raise ValueError("an answer to another run")
    conflicts = tuple(_whole(one, run.first, run.end - 1) for one in entry["conflicts"])
    fate = Fate(entry["fate"])
    if (fate is Fate.CONFLICT) != bool(conflicts):
        raise ValueError("conflicts without their intervals")
    block = _whole(entry["block"], 0, 2**63)
    # As text: a detail may have more bits than other languages' JSON numbers.
    detail = _whole(int(entry["detail"]), 0, _MOST_DETAIL)
    return RunFate(fate, block, Refusal(_whole(entry["reason"], 0, 7)), detail, conflicts)


def _whole(value: Any, least: int, most: int = MAX_INDEX) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{value!r} is out of range")
    return value


def _public(url: str) -> str:
    """The address without user, password, path and query."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "an address that cannot be read"
