"""All routes of the registry. Fixed paths come before those with a parameter."""

from __future__ import annotations

from fastapi import APIRouter

from wattcommons.services.api.registry import (
    routes_accounts,
    routes_actions,
    routes_certificates,
    routes_devices,
    routes_exports,
    routes_reserve,
)


def router() -> APIRouter:
    """The routes under /registry/v1."""
    routes = APIRouter()
    for part in (routes_actions, routes_reserve, routes_certificates, routes_devices, routes_exports, routes_accounts):
        routes.include_router(part.router())
    return routes
