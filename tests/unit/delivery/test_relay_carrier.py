"""The relay's client: what it believes of an answer, and what every other answer comes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from wattcommons.domain.packing import SignedRun, decode_batch
from wattcommons.domain.readings import Reading, Run
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.errors import NodeUnavailable
from wattcommons.services.delivery.checked_carrier import CheckedCarrier
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate
from wattcommons.services.delivery.relay_carrier import RelayCarrier

pytestmark = pytest.mark.unit

URL = "https://user:secret@relay.example/path?key=secret"


def run_of(participant: int = 1, first: int = 100, count: int = 2) -> SignedRun:
    readings = tuple(Reading(Wh(number), Wh(7)) for number in range(count))
    return SignedRun(Run(ParticipantIndex(participant), IntervalIndex(first), readings), bytes(64))


def entry(signed: SignedRun, **changes: Any) -> dict[str, Any]:
    run = signed.run
    place = {"participant": run.participant, "first": run.first, "count": len(run.readings)}
    return place | {"fate": "final", "block": 9, "reason": 0, "detail": "0", "conflicts": []} | changes


def carrier(answer: Callable[[httpx.Request], httpx.Response], *urls: str) -> RelayCarrier:
    return RelayCarrier(urls or (URL,), transport=httpx.MockTransport(answer))


def answering(*entries: Any) -> RelayCarrier:
    return carrier(lambda _: httpx.Response(200, json=list(entries)))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text="down"),
        httpx.Response(429, headers={"Retry-After": "7"}, json={"title": "too many"}),
        httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text=""),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(200, json={"fate": "final"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json=[entry(run_of()), entry(run_of())]),
        httpx.Response(200, content=b" " * 1_100_000),
        *(
            httpx.Response(200, json=[entry(run_of(), **changes)])
            for changes in (
                {"participant": 2},
                {"first": 101},
                {"count": 1},
                {"fate": "lost"},
                {"fate": 3},
                {"block": -1},
                {"block": "9"},
                {"block": True},
                {"reason": 8},
                {"detail": "many"},
                {"detail": "-1"},
                {"detail": "9" * 100},
                {"conflicts": [101]},
                {"fate": "conflict"},
                {"fate": "conflict", "conflicts": [102]},
                {"fate": "conflict", "conflicts": "101"},
            )
        ),
        httpx.Response(200, json=[{}]),
        httpx.Response(200, json=[None]),
    ],
)
def test_carry__answer_that_is_none__unavailable_and_no_secret_told(answer: httpx.Response) -> None:
    with pytest.raises(NodeUnavailable) as caught:
        carrier(lambda _: answer).carry([run_of()])
    assert "secret" not in str(caught.value)


def test_carry__no_connection__unavailable_and_no_secret_told() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    with pytest.raises(NodeUnavailable) as caught:
        carrier(refuse).carry([run_of()])
    assert "secret" not in str(caught.value)
    assert "https://relay.example does not answer (ConnectError)" in str(caught.value)


def test_repr__addresses_with_passwords__public_part_alone() -> None:
    assert repr(answering()) == "RelayCarrier(https://relay.example)"


def test_carry__every_fate__as_the_relay_says() -> None:
    runs = [run_of(first=100 + 10 * number) for number in range(4)]
    big = 2**250
    found = answering(
        entry(runs[0]),
        entry(runs[1], fate="waiting", block=0),
        entry(runs[2], fate="refused", reason=7, detail=str(big)),
        entry(runs[3], fate="conflict", conflicts=[131]),
    ).carry(runs)
    assert found == [
        RunFate(Fate.FINAL, 9),
        RunFate(Fate.WAITING),
        RunFate(Fate.REFUSED, 9, Refusal.IMPLAUSIBLE, big),
        RunFate(Fate.CONFLICT, 9, conflicts=(131,)),
    ]


def test_carry__more_than_one_request_takes__in_parts_and_in_order() -> None:
    asked: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        runs = decode_batch(request.read())
        asked.append(len(runs))
        return httpx.Response(200, json=[entry(one) for one in runs])

    runs = [run_of(participant) for participant in range(1, 1_202)]
    assert len(carrier(answer).carry(runs)) == 1_201
    assert asked == [500, 500, 201]


def test_carry__first_relay_fails__the_second_is_asked_and_stays_first() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "one.example":
            return httpx.Response(503)
        return httpx.Response(200, json=[entry(run_of())])

    both = carrier(answer, "https://one.example", "https://two.example")
    both.carry([run_of()])
    both.carry([run_of()])
    assert asked == ["one.example", "two.example", "two.example"]


class Fixed:
    """A carrier that always says the same and counts what it was given."""

    def __init__(self, *fates: Fate) -> None:
        self.fates, self.given = fates, 0

    def carry(self, runs: Any) -> list[RunFate]:
        self.given += len(runs)
        return [RunFate(fate) for fate in self.fates[: len(runs)]]


def test_checked_carrier__relay_says_final_and_the_node_does_not__waiting() -> None:
    relay, node = Fixed(Fate.FINAL), Fixed(Fate.WAITING)
    assert [fate.fate for fate in CheckedCarrier(relay, node).carry([run_of()])] == [Fate.WAITING]
    assert relay.given == 1


def test_checked_carrier__node_says_final__the_relay_is_not_asked() -> None:
    relay, node = Fixed(Fate.REFUSED), Fixed(Fate.FINAL)
    assert [fate.fate for fate in CheckedCarrier(relay, node).carry([run_of()])] == [Fate.FINAL]
    assert relay.given == 0
