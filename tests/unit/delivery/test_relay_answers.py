"""A gateway's side of the relay: whatever a relay may answer, there is a fate or one named error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wattcommons.domain.packing import SignedRun, decode_batch
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.errors import InputError, NodeUnavailable
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate
from wattcommons.services.delivery.relay_carrier import MOST_RUNS, PATIENCE_S, RelayCarrier

pytestmark = pytest.mark.unit

A, B = "https://key:word@a.example/secret", "https://b.example"
Answer = Callable[[httpx.Request], httpx.Response]


def run(participant: int = 1, first: int = 10, count: int = 2) -> SignedRun:
    readings = tuple(Reading(0, at, Quality.MEASURED) for at in range(count))  # type: ignore[arg-type]
    return SignedRun(Run(participant, first, readings), bytes(64))  # type: ignore[arg-type]


def entry(signed: SignedRun, word: str = "waiting", **changes: Any) -> dict[str, Any]:
    one = signed.run
    values = {"participant": one.participant, "first": one.first, "count": len(one.readings), "fate": word}
    return values | {"block": 0, "reason": 0, "detail": "0", "conflicts": []} | changes


def all_are(word: str = "waiting", **changes: Any) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[entry(one, word, **changes) for one in decode_batch(request.content)])

    return answer


class Net:
    """What each host answers, and which were asked."""

    def __init__(self, **hosts: Answer) -> None:
        self.hosts, self.asked = hosts, ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host[0]
        self.asked += host
        return self.hosts[host](request)


@pytest.fixture
def carriers() -> Iterator[list[RelayCarrier]]:
    made: list[RelayCarrier] = []
    yield made
    for one in made:
        one.close()


@pytest.fixture
def carrier(carriers: list[RelayCarrier]) -> Callable[..., RelayCarrier]:
    def make(net: Any, *urls: str, **options: Any) -> RelayCarrier:
        carriers.append(RelayCarrier(urls or (A,), transport=httpx.MockTransport(net), **options))
        return carriers[-1]

    return make


def raising(error: Exception) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


ODD = {
    "a page": lambda _: httpx.Response(200, text="<html>"),
    "nothing": lambda _: httpx.Response(200),
    "an object": lambda _: httpx.Response(200, json={}),
    "null entries": lambda _: httpx.Response(200, json=[None]),
    "texts": lambda _: httpx.Response(200, json=["final"]),
    "deep nesting": lambda _: httpx.Response(200, text="[" * 100_000),
    "too few": lambda _: httpx.Response(200, json=[]),
    "too large": lambda _: httpx.Response(200, text=" " * (2 << 20)),
    "compressed": lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=b"\x1f\x8b" + bytes(9)),
    "redirect": lambda _: httpx.Response(302, headers={"Location": B}),
    "failure": lambda _: httpx.Response(500, text="oh"),
    "too many": lambda _: httpx.Response(429, json={"title": "too many requests"}, headers={"Retry-After": "9"}),
    "no connection": raising(httpx.ConnectError("refused")),
    "time-out": raising(httpx.ReadTimeout("late")),
    "broken": raising(httpx.RemoteProtocolError("no HTTP")),
    "unknown fate": all_are("lost"),
    "list as fate": all_are("final", fate=[]),
    "another run": all_are(first=11),
    "truth as block": all_are("final", block=True),
    "negative block": all_are("final", block=-1),
    "fraction": all_are("final", block=1.5),
    "infinite": lambda request: httpx.Response(200, text=all_are("final")(request).text.replace('"0"', "Infinity")),
    "detail as number": all_are("refused", detail=7),
    "long detail": all_are("refused", detail="9" * 5_000),
    "other digits": all_are("refused", detail="١"),
    "unknown reason": all_are("refused", reason=8),
    "reason of a final run": all_are("final", reason=5),
    "conflict without": all_are("conflict"),
    "conflicts of a final run": all_are("final", conflicts=[10]),
    "conflict outside": all_are("conflict", conflicts=[12]),
    "conflict twice": all_are("conflict", conflicts=[10, 10]),
    "conflicts as text": all_are("conflict", conflicts="10"),
}


@pytest.mark.parametrize("how", ODD)
def test_carry__odd_answer__named_error_without_secrets(how: str, carrier: Callable[..., RelayCarrier]) -> None:
    with pytest.raises(NodeUnavailable) as caught:
        carrier(Net(a=ODD[how])).carry([run()])
    assert "https://a.example" in str(caught.value)
    assert "word" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("how", ["a page", "unknown fate", "failure", "no connection", "too many"])
def test_carry__odd_answer_of_the_first__the_next_is_asked_and_stays(
    how: str, carrier: Callable[..., RelayCarrier]
) -> None:
    net = Net(a=ODD[how], b=all_are("final", block=7))
    two = carrier(net, A, B)
    assert two.carry([run()]) == [RunFate(Fate.FINAL, 7)]
    assert two.carry([run()]) == [RunFate(Fate.FINAL, 7)]
    assert net.asked == "abb"


def test_carry__all_fail__every_one_is_named(carrier: Callable[..., RelayCarrier]) -> None:
    with pytest.raises(NodeUnavailable) as caught:
        carrier(Net(a=ODD["failure"], b=ODD["a page"]), A, B).carry([run()])
    assert "a.example answers 500" in caught.value.message
    assert "b.example" in caught.value.message


def test_carry__answer_that_trickles__ended_as_a_whole(carrier: Callable[..., RelayCarrier]) -> None:
    class Trickle(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            while True:
                await asyncio.sleep(0.02)
                yield b" "

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Trickle())

    with pytest.raises(NodeUnavailable, match="TimeoutError"):
        carrier(answer, timeout_s=0.1).carry([run()])


def test_carry__second_part_fails__first_is_told_and_the_rest_waits(carrier: Callable[..., RelayCarrier]) -> None:
    answers = iter([all_are("final", block=3), ODD["too many"]])
    net = Net(a=lambda request: next(answers)(request))
    fates = carrier(net).carry([run(first=at) for at in range(MOST_RUNS + 2)])
    assert fates == [RunFate(Fate.FINAL, 3)] * MOST_RUNS + [RunFate(Fate.WAITING)] * 2


def test_carry__large_runs__parts_within_the_size(carrier: Callable[..., RelayCarrier]) -> None:
    sizes: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sizes.append(len(request.content))
        return all_are()(request)

    assert len(carrier(Net(a=answer)).carry([run(count=10_000) for _ in range(7)])) == 7
    assert len(sizes) == 3
    assert max(sizes) <= 250_000


def test_carry__nothing__nobody_is_asked(carrier: Callable[..., RelayCarrier]) -> None:
    net = Net()
    assert carrier(net).carry([]) == []
    assert net.asked == ""


def test_carry__every_fate__read_as_it_stands(carrier: Callable[..., RelayCarrier]) -> None:
    runs = [run(participant=at) for at in range(1, 6)]
    detail = (1 << 256) - 1
    answer = [
        entry(runs[0], "final", block=9),
        entry(runs[1], "recorded"),
        entry(runs[2], "refused", block=9, reason=7, detail=str(detail)),
        entry(runs[3], "conflict", block=9, conflicts=[11]),
        entry(runs[4], "refused", block=9, reason=0, detail="30000000"),
    ]
    assert carrier(Net(a=lambda _: httpx.Response(200, text=json.dumps(answer)))).carry(runs) == [
        RunFate(Fate.FINAL, 9),
        RunFate(Fate.RECORDED),
        RunFate(Fate.REFUSED, 9, Refusal.IMPLAUSIBLE, detail),
        RunFate(Fate.CONFLICT, 9, conflicts=(11,)),
        RunFate(Fate.REFUSED, 9, Refusal.NONE, 30_000_000),
    ]


def test_carry__relay_that_only_ever_waits__left_for_the_next_after_a_while(
    carrier: Callable[..., RelayCarrier],
) -> None:
    now = [0.0]
    net = Net(a=all_are(), b=all_are("final"))
    two = carrier(net, A, B, monotonic=lambda: now[0])
    for at in (0.0, PATIENCE_S, PATIENCE_S + 1, PATIENCE_S + 2):
        now[0] = at
        two.carry([run()])
    assert net.asked == "aaab"


def test_check__relay_not_well__says_what(carrier: Callable[..., RelayCarrier]) -> None:
    def sick(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/secret/v1/health"
        return httpx.Response(503, json={"ok": False, "troubles": ["queue: stuck"]})

    with pytest.raises(NodeUnavailable, match="queue: stuck"):
        carrier(Net(a=sick)).check()
    assert carrier(Net(a=lambda _: httpx.Response(200, json={"ok": True}))).check() == "https://a.example"
    with pytest.raises(NodeUnavailable, match="answers 404"):
        carrier(Net(a=lambda _: httpx.Response(404, text="no"))).check()


def test_make__file_that_holds_no_certificates__refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "absent.pem"):
        with pytest.raises(InputError, match="no file of certificates"):
            RelayCarrier([A], ca_file=tmp_path / name)


def test_repr__address_with_secrets__shows_the_public_part(carrier: Callable[..., RelayCarrier]) -> None:
    assert repr(carrier(Net(), A, B)) == "RelayCarrier(https://a.example, https://b.example)"
