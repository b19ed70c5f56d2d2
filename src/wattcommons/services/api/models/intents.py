"""Lists of what was sent on."""

from __future__ import annotations

from wattcommons.services.api.models.common import Model
from wattcommons.services.api.models.market import Intent


class Intents(Model):
    """A page, newest first. `next`: cursor of the next page."""

    items: list[Intent]
    next: str | None
