"""What the rules of the machine share: choosing from what exists, and agreeing with the chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from tests.fuzz.chain_driver import Done
from tests.fuzz.keys import STRANGER, key
from tests.fuzz.world import World

T = TypeVar("T")

WHICH = st.integers(0, 11)
SEED = st.integers(0, 2**20)


class Part(RuleBasedStateMachine):
    """A part of the machine: it acts on the world that the whole one begins."""

    world: World

    def pick(self, items: Sequence[T], which: int) -> T:
        """One of them; there is one."""
        return items[which % len(items)]

    def participant(self, which: int) -> int:
        return self.pick(sorted(self.world.model.participants), which)

    def anyone(self, which: int) -> str:
        """A member's wallet, present or past, or a stranger's."""
        return self.pick([*self.world.model.wallets, key(STRANGER).address], which)

    def agree(self, done: Done, allowed: bool | str | None) -> None:
        """The chain did (True, None) or refused (False, or the name of the error) what the model says.

        What was refused leaves the model as it was, with which the chain is compared after every step: I10.
        """
        if isinstance(allowed, bool):
            assert done.ok is allowed, f"model says {allowed}, chain says {done.error}"
        else:
            assert done.error == allowed, f"model says {allowed}, chain says {done.error}"
