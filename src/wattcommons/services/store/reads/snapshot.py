"""What a read goes through. Only the store knows the database's library; others name this."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import Connection

Snapshot: TypeAlias = Connection
"""A connection of `Store.read` or `Store.write`: everything read through it belongs together."""
