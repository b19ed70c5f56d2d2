"""The tables of a store and their versions: Alembic over both collections of tables, from the package's own files."""

from __future__ import annotations

from importlib.resources import as_file, files

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from wattcommons.errors import StoreDamaged, StoreError
from wattcommons.services.store import index_registry_tables, index_tables  # noqa: F401 - their tables are of INDEX
from wattcommons.services.store.app_tables import APP
from wattcommons.services.store.index_columns import INDEX


def upgrade(connection: Connection, shown: str) -> None:
    """Bring the tables to this program's version, within the connection's transaction.

    Raises StoreDamaged for a store of a newer version.
    """
    with as_file(files("wattcommons.services.store") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        script = ScriptDirectory.from_config(config)
        known = {revision.revision for revision in script.walk_revisions()}
        if unknown := set(_revisions(connection)) - known:
            raise StoreDamaged(
                f"{shown}: the store has version {min(unknown)}, which this program does not know",
                "a newer version of the program wrote it: install that one",
            )
        command.upgrade(config, "head")


def require_current(connection: Connection, shown: str) -> None:
    """Raises StoreError when the store's version is not the program's."""
    with as_file(files("wattcommons.services.store") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        heads = set(ScriptDirectory.from_config(config).get_heads())
    found = set(_revisions(connection))
    if not found:
        raise StoreError(f"{shown}: there is nothing in the store yet", "run `watt index run` first")
    if found != heads:
        raise StoreError(
            f"{shown}: the store's tables are of another version of this program",
            "run `watt index run`, which brings them up to date",
        )


def drift(connection: Connection) -> list[object]:
    """What differs between the tables in the store and those the program describes; nothing if all is well."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, described()))


def described() -> MetaData:
    """All tables of a store as the program describes them."""
    both = MetaData()
    for tables in (INDEX, APP):
        for table in tables.sorted_tables:
            table.to_metadata(both)
    return both


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()
