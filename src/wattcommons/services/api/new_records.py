"""Drafts of personal records, each with the salted commitment that the chain is given in their place."""

from __future__ import annotations

import secrets
from typing import Any, Final

from wattcommons.chain.commitments import commitment_of, new_salt
from wattcommons.services.api.models.operator import NewPoint, NewProfile
from wattcommons.services.store.app.private import Draft

MEMBER: Final = "member"
POINT: Final = "participant"


def member_draft(given: NewProfile, now: int) -> Draft:
    """Of a member's record. `now`: unix seconds."""
    content = given.model_dump()
    return _draft(MEMBER, content, content, now)


def point_draft(given: NewPoint, now: int) -> Draft:
    """Of a metering point's record. What its member calls it may change, so the commitment is to the rest."""
    content = given.model_dump()
    return _draft(POINT, content, {name: content[name] for name in ("prm", "address")}, now)


def _draft(kind: str, content: dict[str, Any], committed: dict[str, Any], now: int) -> Draft:
    salt = new_salt()
    return Draft(secrets.token_hex(16), kind, content, salt, f"0x{commitment_of(committed, salt).hex()}", now)
