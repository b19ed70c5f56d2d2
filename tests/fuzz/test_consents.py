"""Consents under any order of acts by anybody, against the domain's book: see consent_machine.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fuzz.consent_machine import ConsentMachine
from tests.fuzz.consent_world import ConsentOrigin
from wattcommons.chain.devnet import DevnetOptions, devnet

pytestmark = pytest.mark.fuzz

QUICK = settings(max_examples=25, stateful_step_count=60, print_blob=True)
DEEP = settings(max_examples=300, stateful_step_count=80, derandomize=False, print_blob=True)


@pytest.fixture(scope="module")
def origin() -> Iterator[ConsentOrigin]:
    with devnet(DevnetOptions(genesis_time=1_767_225_600)) as node:
        made = ConsentOrigin(node.ipc_path)
        yield made
        made.ipc.close()


def test_consents__any_acts_by_anyone__are_the_books(origin: ConsentOrigin) -> None:
    run_state_machine_as_test(lambda: ConsentMachine(origin), settings=QUICK)


@pytest.mark.deep
def test_consents__many_acts_by_anyone__are_the_books(origin: ConsentOrigin) -> None:
    run_state_machine_as_test(lambda: ConsentMachine(origin), settings=DEEP)
