"""How signing in begins."""

from __future__ import annotations

from wattcommons.services.api.models.common import Account, Model


class ChallengeRequest(Model):
    """The account that is going to sign."""

    account: Account
