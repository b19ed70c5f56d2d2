"""The token contracts, with the groups among them."""

from tests.contracts.tokens.conftest import built, stage  # noqa: F401
