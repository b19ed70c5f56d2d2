"""Rules for every test: it says its kind, and a unit test reaches no network."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

KINDS = {"unit", "contracts", "fuzz", "integration", "e2e"}
ORDER = ("fuzz", "integration", "e2e", "contracts", "unit")

# The same cases at every run: a failure found once stays found. Deep runs look further.
settings.register_profile(
    "quick", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", settings.get_profile("quick"), max_examples=2_000, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="also run the deep tests, and many more generated cases")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("deep" if config.getoption("--deep") else "quick")
    # Begun in the background of a script, a suite ignores Ctrl-C, and so would every program that its tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    without_kind = sorted(
        {item.nodeid.partition("::")[0] for item in items if not KINDS & {mark.name for mark in item.iter_markers()}}
    )
    if without_kind:
        raise pytest.UsageError(
            f"no kind: {', '.join(without_kind)}. Write `pytestmark = pytest.mark.unit` "
            f"(or {', '.join(sorted(KINDS - {'unit'}))}) at the top of the file."
        )
    # The longest files first: of two processes neither then ends up alone with one of them.
    items.sort(key=_begins)
    if not config.getoption("--deep"):
        for item in items:
            if item.get_closest_marker("deep"):
                item.add_marker(pytest.mark.skip(reason="deep: run with --deep"))


def _begins(item: pytest.Item) -> int:
    if item.get_closest_marker("long"):
        return 0
    return next((at for at, kind in enumerate(ORDER, 1) if item.get_closest_marker(kind)), len(ORDER) + 1)


@pytest.fixture(autouse=True)
def no_network_for_unit_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.node.get_closest_marker("unit"):

        def refuse(_socket: socket.socket, address: object, *_rest: object) -> NoReturn:
            pytest.fail(f"a unit test opened a socket to {address!r}: mark it integration, or give it a double")

        for method in ("connect", "connect_ex", "bind", "sendto"):
            monkeypatch.setattr(socket.socket, method, refuse)
    yield
