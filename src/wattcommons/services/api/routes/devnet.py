"""Wallets of a development chain, whose keys everybody knows."""

from __future__ import annotations

from fastapi import APIRouter

from wattcommons.services.api.dependencies import Ctx
from wattcommons.services.api.models.session import DevnetWallet
from wattcommons.services.api.problems import not_found


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["devnet"])

    @routes.get("/v1/devnet/wallets")
    def wallets(ctx: Ctx) -> list[DevnetWallet]:
        """Wallets to try the pages with; 404 on every real chain."""
        if not ctx.is_devnet:
            raise not_found()
        return [
            DevnetWallet(name=one.name, role=one.role, account=one.account, private_key=one.private_key)
            for one in ctx.settings.keys
        ]

    return routes
