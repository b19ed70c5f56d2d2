"""Any order of enrolments, closures, suspensions, silences and limits against a plain model of every interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.registry.kit import OPEN_END, Community
from tests.support.devnet import rpc

pytestmark = [pytest.mark.contracts, pytest.mark.fuzz]

HORIZON = 14  # intervals looked at, counted from the first open one of the deployment
FEW = 3  # participants drawn; some are not enrolled when they are drawn

offsets = st.integers(0, HORIZON - 2)
numbers = st.integers(1, FEW)
actions = st.lists(
    st.one_of(
        st.tuples(st.just("enrol"), offsets),
        st.tuples(st.just("close"), numbers, offsets),
        st.tuples(st.just("limits"), numbers, offsets, st.integers(0, 2**24 - 1)),
        st.tuples(st.just("suspend"), numbers, st.booleans()),
        st.tuples(st.just("silence"), numbers, st.booleans()),
        st.tuples(st.just("wait"), st.integers(1, 3)),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class Life:
    """A participant as the rules say: offsets, and per offset its import limit and flags."""

    begin: int
    end: int = OPEN_END
    limit: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(HORIZON), 9_000))
    suspended: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(range(HORIZON), False))
    silent: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(range(HORIZON), False))

    def alive(self, offset: int) -> bool:
        return self.begin <= offset < self.end


def change(values: dict[int, Any], start: int, value: Any) -> None:
    """From `start` on."""
    values.update((offset, value) for offset in values if offset >= start)


class Model:
    """Applies each action to the registry and to the model, or finds both refusing it."""

    def __init__(self, community: Community, member: int) -> None:
        self.community = community
        self.member = member
        self.lives: dict[int, Life] = {}
        self.open = 0

    def step(self, action: tuple[Any, ...]) -> None:
        name, *arguments = action
        getattr(self, name)(*arguments)

    def wait(self, intervals: int) -> None:
        self.open += intervals
        self.community.travel_until_first_open(self.community.first + self.open)

    def enrol(self, offset: int) -> None:
        number = len(self.lives) + 1
        terms = self.community.terms(
            self.member, fromInterval=self.community.first + offset, commitment=number.to_bytes(32, "big")
        )
        if self._act(offset >= self.open, "enrol", *self.community.signed(terms, self.community.prosumer)):
            self.lives[number] = Life(offset)

    def close(self, number: int, offset: int) -> None:
        life = self.lives.get(number)
        allowed = life is not None and max(self.open, life.begin) <= offset <= life.end
        if self._act(allowed, "close", number, self.community.first + offset) and life is not None:
            life.end = offset

    def limits(self, number: int, offset: int, value: int) -> None:
        life = self.lives.get(number)
        allowed = life is not None and offset >= self.open and life.alive(offset)
        act = (number, value, 6_000, self.community.first + offset)
        if self._act(allowed, "setLimits", *act, by=self.community.metering) and life is not None:
            change(life.limit, offset, value)

    def suspend(self, number: int, value: bool) -> None:
        life = self.lives.get(number)
        allowed = life is not None and life.alive(max(self.open, life.begin))
        if self._act(allowed, "setSuspended", number, value) and life is not None:
            change(life.suspended, max(self.open, life.begin), value)

    def silence(self, number: int, value: bool) -> None:
        life = self.lives.get(number)
        if self._act(life is not None, "setSilent", number, value, by=self.community.ledger) and life is not None:
            change(life.silent, max(self.open, life.begin), value)

    def _act(self, allowed: bool, function: str, *arguments: Any, **by: Any) -> bool:
        if allowed:
            self.community.do(function, *arguments, **by)
        else:
            self.community.refused(function, *arguments, **by)
        return allowed

    def compare(self) -> None:
        """Every interval of the horizon, and every participant in it."""
        for offset in range(HORIZON):
            interval = self.community.first + offset
            alive = {number: life for number, life in self.lives.items() if life.alive(offset)}
            active = sum(1 << (number - 1) for number in alive)
            suspended = sum(1 << (number - 1) for number, life in alive.items() if life.suspended[offset])
            assert self.community.see("rosterWord", interval, 0) == [active, suspended]
            assert self.community.see("rosterCount", interval) == len(alive)
            waited = sum(not life.silent[offset] for life in alive.values())
            assert self.community.see("waitedCount", interval) == waited
            for number, life in self.lives.items():
                _, limit, _, _, _, is_suspended, is_silent = self.community.see("epochAt", number, interval)
                expected = (life.limit[offset], life.suspended[offset], life.silent[offset])
                assert (limit, is_suspended, is_silent) == (expected if number in alive else (0, False, False))


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(actions)
def test_registry__any_order_of_dated_changes__as_the_model(
    community: Community, member: int, drawn: list[tuple[Any, ...]]
) -> None:
    snapshot = rpc(community.web3, "evm_snapshot")
    try:
        model = Model(community, member)
        model.enrol(0)
        for action in drawn:
            model.step(action)
        model.compare()
    finally:
        rpc(community.web3, "evm_revert", snapshot)
