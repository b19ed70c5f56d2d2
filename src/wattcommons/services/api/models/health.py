"""The server's own state."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import Model, Unix


class Health(Model):
    """Whether all is well. `block`, `final_block`, `at`: newest and final block of the index, and the newest's time."""

    ok: bool
    troubles: list[str]
    block: int = Field(ge=-1)
    final_block: int = Field(ge=-1)
    at: Unix
