"""Where a store is: URLs as users write them, taken strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from wattcommons.errors import SettingsError

_HINT: Final = "give a file, sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME"
_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+pg8000",
    "postgres": "postgresql+pg8000",
}
_OPTIONS: Final = {"sqlite": frozenset[str](), "postgresql": frozenset({"sslmode"})}
SSL_MODES: Final = ("disable", "require", "verify-full")


def parse_url(url: str | Path) -> URL:
    """The URL with the driver this program uses. Raises SettingsError, which never repeats what was given."""
    if isinstance(url, Path) or "://" not in url:
        if not str(url).strip():
            raise _wrong("no store is named")
        return URL.create(_DRIVERS["sqlite"], database=str(url))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _wrong("this is no URL of a store") from error
    scheme = parsed.drivername.partition("+")[0]
    driver = _DRIVERS.get(scheme)
    if driver is None:
        raise _wrong(f"{scheme!r} is no kind of store")
    if not parsed.database or parsed.database == ":memory:":
        raise _wrong("the URL names no database")
    if unknown := sorted(parsed.query.keys() - _OPTIONS["sqlite" if scheme == "sqlite" else "postgresql"]):
        raise _wrong(f"the URL has an unknown option {unknown[0]!r}")
    if parsed.query.get("sslmode", "disable") not in SSL_MODES:
        raise SettingsError("sslmode is unknown", f"choose one of {', '.join(SSL_MODES)}", setting="--store")
    if scheme == "sqlite" and parsed.host:
        raise _wrong("the URL of a file has three slashes before a relative path, four before an absolute one")
    return parsed.set(drivername=driver)


def shown(url: URL) -> str:
    """A URL for people: without its password, and a file as its path."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def _wrong(reason: str) -> SettingsError:
    return SettingsError(reason, _HINT, setting="--store")
