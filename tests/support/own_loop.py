"""Coroutines run to their end, wherever the test stands."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(asked: Coroutine[Any, Any, Result]) -> Result:
    """In a thread of its own: browser tests leave a running event loop in the main one."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, asked).result()
