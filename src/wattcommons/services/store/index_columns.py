"""Columns that the tables of the index are made of."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, MetaData, String

INDEX: Final = MetaData()

ACCOUNT: Final = String(42)
HASH: Final = String(66)


def key(name: str) -> Column[int]:
    """A whole number of the primary key, never made up by the database."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def whole(name: str, *, optional: bool = False) -> Column[int]:
    """A whole number of 64 bits."""
    return Column(name, BigInteger, nullable=optional)


def flag(name: str, *, optional: bool = False) -> Column[bool]:
    """True or false."""
    return Column(name, Boolean, nullable=optional)


def account(name: str, *, optional: bool = False) -> Column[str]:
    """A checksummed address."""
    return Column(name, ACCOUNT, nullable=optional)


def account_key(name: str) -> Column[str]:
    """A checksummed address of the primary key."""
    return Column(name, ACCOUNT, primary_key=True)


def place(name: str) -> Column[int]:
    """Number of the block in which something happened."""
    return Column(name, BigInteger, nullable=False, default=0)
