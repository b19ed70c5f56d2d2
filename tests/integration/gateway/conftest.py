"""Fixtures of the gateway's tests on a chain."""

from __future__ import annotations

from tests.support.devnet import chain, node  # noqa: F401
from tests.support.village import founded_village, village  # noqa: F401
