"""Writes the next migration of the store: what the program's tables have that the migrations so far do not.

    .venv/bin/python scripts/new_migration.py "what changes"

Read the result before it is committed, and never change one that was published. What is long becomes several, one after
the other. Before the first release: delete them all and write them anew.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import MigrateOperation, UpgradeOps
from alembic.runtime.migration import MigrationContext

from wattcommons.services.store.engine import open_store
from wattcommons.services.store.schema import described

VERSIONS = Path(__file__).resolve().parents[1] / "src/wattcommons/services/store/migrations/versions"
LINES = 220
"""After so many lines of operations another file begins."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].strip():
        print(__doc__, file=sys.stderr)
        return 2
    what = arguments[0].strip()
    before = sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
    with tempfile.TemporaryDirectory() as folder, closing(open_store(Path(folder) / "empty.db")) as store:
        if before:
            store.migrate()
        with store.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found = produce_migrations(context, described()).upgrade_ops
    if found is None or found.is_empty():
        print("nothing has changed")
        return 0
    last = before[-1] if before else None
    for part in parts(found.ops):
        last = write(what, render_python_code(UpgradeOps(ops=part)), last)
    return 0


def parts(operations: Sequence[MigrateOperation]) -> Iterator[list[MigrateOperation]]:
    """The operations in parts that make files of a length to be read."""
    part: list[MigrateOperation] = []
    for one in operations:
        part.append(one)
        if len(render_python_code(UpgradeOps(ops=part)).splitlines()) > LINES:
            yield part
            part = []
    if part:
        yield part


def write(what: str, code: str, before: str | None) -> str:
    """Write one file; its number."""
    number = f"{int(before or 0) + 1:04}"
    body = re.sub(r"^ *#.*\n", "", code, flags=re.MULTILINE).strip()
    path = VERSIONS / f"{number}_{re.sub('[^a-z0-9]+', '_', what.lower()).strip('_')}.py"
    path.write_text(
        f'"""{what[0].upper()}{what[1:].rstrip(".")}."""\n\n'
        "from __future__ import annotations\n\n"
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f'revision = "{number}"\ndown_revision = {before!r}\n\n\n'
        f'def upgrade() -> None:\n    """From the version before to this one."""\n    {body}\n',
        encoding="utf-8",
    )
    subprocess.run([Path(sys.executable).with_name("ruff"), "format", "--quiet", path], check=True)
    print(f"wrote {path.name}")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
