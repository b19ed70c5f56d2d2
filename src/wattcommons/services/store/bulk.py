"""Many rows at once, in the way that is fastest on each database: the only place that knows which one it is.

Rows are tuples in the order of the columns given, or of the table's. Energy, money and the like are whole numbers,
so that the text form that PostgreSQL loads is exact.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table

Row = tuple[Any, ...]
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row], columns: Sequence[str] = ()) -> None:
    """Rows that are not there yet."""
    if not rows:
        return
    names = list(columns) or [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        _copy(connection, _quoted(table.name), names, rows)
    else:
        marks = ",".join("?" * len(names))
        statement = f"INSERT INTO {_quoted(table.name)} ({_listed(names)}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(statement, list(rows))


def replace_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Whole rows that may be there already, by the table's primary key."""
    if not rows:
        return
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key.columns]
    changed = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in names if name not in keys)
    conflict = f"ON CONFLICT ({_listed(keys)}) DO " + (f"UPDATE SET {changed}" if changed else "NOTHING")
    target = f"INSERT INTO {_quoted(table.name)} ({_listed(names)})"
    if connection.dialect.name == "postgresql":
        staged = _staged(connection, table)
        _copy(connection, staged, names, rows)
        connection.exec_driver_sql(f"{target} SELECT {_listed(names)} FROM {staged} {conflict}")  # noqa: S608
        connection.exec_driver_sql(f"TRUNCATE {staged}")
    else:
        marks = ",".join("?" * len(names))
        connection.exec_driver_sql(f"{target} VALUES ({marks}) {conflict}", list(rows))


def delete_rows(connection: Connection, table: Table, keys: Sequence[Row]) -> None:
    """Rows by their primary keys; what is not there is passed over."""
    if not keys:
        return
    names = [column.name for column in table.primary_key.columns]
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    matched = " AND ".join(f"{_quoted(name)} = {mark}" for name in names)
    connection.exec_driver_sql(f"DELETE FROM {_quoted(table.name)} WHERE {matched}", list(keys))  # noqa: S608


def _staged(connection: Connection, table: Table) -> str:
    """A table of this connection's own with the same columns, empty."""
    name = _quoted(f"staged_{table.name}")
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS {name} (LIKE {_quoted(table.name)})")
    return name


def _copy(connection: Connection, name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    text = io.StringIO()
    for row in rows:
        text.write("\t".join([(_FORMS.get(type(value)) or _form(value))(value) for value in row]))
        text.write("\n")
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(
            f"COPY {name} ({_listed(columns)}) FROM STDIN",
            stream=io.BytesIO(text.getvalue().encode()),
        )
    finally:
        cursor.close()


_FORMS: Final[dict[type, Callable[[Any], str]]] = {
    int: lambda value: str(int(value)),
    bool: lambda value: "t" if value else "f",
    str: lambda value: value.translate(_ESCAPES),
    bytes: lambda value: f"\\\\x{value.hex()}",
    type(None): lambda _: "\\N",
}


def _form(value: Any) -> Callable[[Any], str]:
    """For values of a kind of number or text: enumerations and the like."""
    return next(form for kind, form in _FORMS.items() if isinstance(value, kind))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))


def _quoted(name: str) -> str:
    return f'"{name}"'
