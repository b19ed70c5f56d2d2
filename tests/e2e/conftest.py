"""Fixtures of the browser tests: one living village, one Chromium, a visitor whenever a test needs one."""

from __future__ import annotations

from tests.support.app import app, visit  # noqa: F401
from tests.support.browser import browser  # noqa: F401
from tests.support.wallet import wallet_script  # noqa: F401
