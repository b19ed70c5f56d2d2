"""Whatever blocks come and go, the index ends as one made from scratch of the chain that is left."""

from __future__ import annotations

import copy
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.index import ABOUT_THE_INDEX, caught_up, contents
from tests.support.paper_chain import DEPLOYMENT, PaperChain
from tests.support.paper_village import ACTS, PaperVillage
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.indexer.rebuild import rebuild
from wattcommons.services.store.engine import Store, open_store

pytestmark = pytest.mark.fuzz


@dataclass
class Story:
    """A chain, its village after every block, and an indexer that looks now and then."""

    store: Store
    depth: int
    dice: random.Random
    chain: PaperChain = field(init=False)
    villages: list[PaperVillage] = field(init=False)
    indexer: Indexer = field(init=False)

    def __post_init__(self) -> None:
        self.chain = PaperChain(depth=self.depth)
        village = PaperVillage()
        self.villages = [PaperVillage() for _ in self.chain.blocks]
        self._mine(village, village.begin() + village.join(self.dice) + village.join(self.dice))
        self.restart()

    def grow(self) -> None:
        village = copy.deepcopy(self.villages[-1])
        acts = self.dice.choices(ACTS, k=self.dice.randint(0, 5))
        events = []
        for number, act in enumerate(acts):
            found = getattr(village, act)(self.dice)
            events += [replace(one, tx=number) for one in found]
        self._mine(village, events)

    def replace(self) -> None:
        """Some blocks that are not final for the indexer are gone; as many and more may follow, or fewer."""
        removable = len(self.chain.blocks) - 1 - max(self.indexer.state.final_block, 4)
        gone = self.dice.randint(0, max(0, removable))
        self.chain.drop(gone)
        del self.villages[len(self.chain.blocks) :]
        for _ in range(self.dice.randint(0, gone + 2)):
            self.grow()

    def look(self) -> None:
        for _ in range(self.dice.randint(1, 4)):
            self.indexer.step()

    def lag(self) -> None:
        """The node shows old blocks for a moment."""
        self.chain.lag = self.dice.randint(0, max(0, min(3, len(self.chain.blocks) - 5)))
        self.indexer.step()
        self.chain.lag = 0

    def restart(self) -> None:
        self.indexer = Indexer(self.store, self.chain, DEPLOYMENT)
        self.indexer.open()

    def rebuild(self) -> None:
        rebuild(self.store, DEPLOYMENT, "Europe/Paris")
        self.restart()

    def _mine(self, village: PaperVillage, events: list) -> None:  # type: ignore[type-arg]
        self.chain.mine(events)
        self.villages.append(village)


@cache
def _empty() -> bytes:
    """A store with its tables: they take longer to make than an example to run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        store = open_store(path)
        store.migrate()
        store.close()
        return path.read_bytes()


@contextmanager
def fresh() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        path.write_bytes(_empty())
        with closing(open_store(path)) as store:
            yield store


# A story takes a second: a third of the usual number, in a quick run and in a deep one.
@settings(max_examples=settings().max_examples // 3)
@given(
    depth=st.integers(0, 6),
    seed=st.integers(0, 2**32),
    steps=st.lists(
        st.sampled_from(["grow", "grow", "grow", "look", "look", "replace", "lag", "restart", "rebuild"]),
        min_size=12,
        max_size=60,
    ),
)
def test_index__any_reorganisations__as_from_scratch(depth: int, seed: int, steps: list[str]) -> None:
    with fresh() as store, fresh() as scratch, fresh() as plain:
        story = Story(store, depth, random.Random(seed))
        for step in steps:
            getattr(story, step)()
        for _ in range(8):  # whatever was final for the indexer is so for everybody by now
            story.chain.mine([])
        caught_up(store, story.chain, DEPLOYMENT)
        caught_up(scratch, story.chain, DEPLOYMENT)
        assert contents(store) == contents(scratch)
        # Taken in as if everything were final, in long stretches and without any journal: the same again.
        story.chain.depth, story.chain.marks = 0, {}
        caught_up(plain, story.chain, DEPLOYMENT)
        assert contents(store, ABOUT_THE_INDEX) == contents(plain, ABOUT_THE_INDEX)
        rebuild(store, DEPLOYMENT, "Europe/Paris")
        assert contents(store, ABOUT_THE_INDEX) == contents(plain, ABOUT_THE_INDEX)
