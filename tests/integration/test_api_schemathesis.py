"""Requests made up from the API's description, by everybody: none is answered by a 5xx or against the description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.support.api import ORIGIN, ApiWorld, anybody, world_of
from tests.support.community import KEYS, Community, made, member_key, used
from tests.support.devnet import rpc
from tests.support.village import BARN, FLAT, MILL, ROOF, SPA
from wattcommons.chain.roles import Role
from wattcommons.domain.intervals import IntervalLength
from wattcommons.services.api.app import describe
from wattcommons.services.api.registry.views import issuance_of

pytestmark = pytest.mark.integration

LEFT_OUT = {
    ("GET", "/v1/events"),  # never ends: tests/integration/test_api_events.py
    ("DELETE", "/v1/session"),  # would leave nobody signed in for what comes after
    ("DELETE", "/v1/me/data"),
}
OPERATIONS = sorted(
    (method.upper(), path)
    for path, operations in describe()["paths"].items()
    for method in operations
    if (method.upper(), path) not in LEFT_OUT
)
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
QUICK = 6


@pytest.fixture(scope="module", autouse=True)
def _checks() -> None:
    load_all_checks()


@pytest.fixture(scope="module")
def lived(chain: Any, founded_village: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    """A village with a settled interval, and its API, for all cases of this file."""
    taken = rpc(chain, "evm_snapshot")
    village = Community(chain, founded_village).arrive()
    interval = village.open()
    readings = {MILL: made(900), ROOF: made(0), SPA: used(800), FLAT: used(20), 5: used(0), BARN: used(0)}
    orders = {i: village.standing_order(i) for i in (MILL, ROOF, SPA, FLAT, 5)}
    village.record_interval(interval, readings)
    village.advance(village.settlement(interval, readings, orders))
    folder: Path = tmp_path_factory.mktemp("lived")
    with world_of(village, folder, auditors=frozenset({anybody(5).address})) as world:
        yield world
    assert rpc(chain, "evm_revert", taken)


@pytest.fixture(scope="module")
def tokens(lived: ApiWorld) -> dict[str, str | None]:
    """A session of everybody's."""
    return {
        "stranger": None,
        "member": lived.token(member_key(MILL)),
        "third party": lived.token(anybody(9)),
        "operator": lived.token(KEYS.role(Role.OPERATOR)),
        "auditor": lived.token(anybody(5)),
    }


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_api__any_request_of_anybody__no_5xx_and_as_described(
    request: pytest.FixtureRequest, lived: ApiWorld, tokens: dict[str, str | None], method: str, path: str
) -> None:
    operation = schemathesis.openapi.from_asgi("/v1/openapi.json", lived.app)[path][method]
    examples = 20 * QUICK if request.config.getoption("--deep") else QUICK
    for who, token in tokens.items():
        ask(operation, token, examples, own=who == "member", interval=lived.village.first)


def as_own(case: Any, interval: int) -> None:
    """Make a case ask for what the member has, so that it gets past the first refusals."""
    known = {"participant": MILL, "interval": interval, "id": str((1 << 32) | interval), "consent": 1, "device_id": 1}
    known |= {"account_id": member_key(MILL).address, "issuance_id": issuance_of(1, interval, IntervalLength.HALF_HOUR)}
    for name in (case.path_parameters or {}).keys() & known.keys():
        case.path_parameters[name] = known[name]
    parts = [case.body, case.body.get("order")] if isinstance(case.body, dict) else []
    wallet = member_key(MILL).address
    for part in parts:
        if isinstance(part, dict):
            own = {"participant": MILL, "holder": wallet, "wallet": wallet, "consent": 1, "source_id": wallet}
            own["granular_certificate_bundle_ids"] = [f"{(1 << 32) | interval}:900-900"]
            part.update({name: value for name, value in own.items() if name in part})


def ask(operation: Any, token: str | None, examples: int, *, own: bool, interval: int) -> None:
    """Ask made-up things in somebody's name; `own`: about what is the member's."""
    headers = {"origin": ORIGIN} | ({"authorization": f"Bearer {token}"} if token else {})

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def asks(case: Any) -> None:
        if own:
            as_own(case, interval)
        case.call_and_validate(headers=headers, checks=CHECKS)

    asks()
