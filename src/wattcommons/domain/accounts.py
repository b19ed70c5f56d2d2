"""Accounts as the domain knows them: opaque names that own certificates and points."""

from __future__ import annotations

from typing import NewType

Account = NewType("Account", str)
"""On chain a checksummed address; compared as text, so write one account one way."""
