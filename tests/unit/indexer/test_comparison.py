"""An index held against the chain: what was tampered with, invented or lost is found, and named by its row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from tests.support.index import caught_up, contents
from tests.support.paper_chain import DEPLOYMENT, PaperChain
from tests.unit.indexer.test_indexer import lived
from wattcommons.chain.events import Event
from wattcommons.errors import DeploymentError, StoreError
from wattcommons.services.indexer import projector
from wattcommons.services.indexer.comparison import IndexReport, compare_index
from wattcommons.services.indexer.projections import readings as readings_module
from wattcommons.services.indexer.projections.values import Handlers
from wattcommons.services.store.engine import Store, open_store
from wattcommons.services.store.index_columns import INDEX
from wattcommons.services.store.index_snapshot import compared_tables
from wattcommons.services.store.index_tables import index_blocks, raw_logs, readings

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def chain() -> PaperChain:
    return lived(60)


@pytest.fixture(scope="module")
def filled(chain: PaperChain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An honest index of the chain, closed."""
    path = tmp_path_factory.mktemp("filled") / "index.db"
    with closing(open_store(path)) as opened:
        caught_up(opened, chain, DEPLOYMENT)
        opened.scrub()
    return path


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of the honest index, to be tampered with."""
    with closing(open_store(shutil.copy(filled, tmp_path / "index.db"))) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "empty.db")) as opened:
        yield opened


def compared(store: Store, chain: PaperChain) -> IndexReport:
    return compare_index(store, chain, DEPLOYMENT)


def wrong(report: IndexReport) -> set[str]:
    return {table.name for table in report.tables if not table.ok}


def test_comparison__no_index__refused(empty: Store, chain: PaperChain) -> None:
    with pytest.raises(StoreError, match="nothing in the store"):
        compared(empty, chain)
    empty.migrate()
    with pytest.raises(StoreError, match="holds no index"):
        compared(empty, chain)


def test_comparison__another_community__refused(store: Store, chain: PaperChain) -> None:
    with pytest.raises(DeploymentError, match="of another community"):
        compare_index(store, chain, replace(DEPLOYMENT, chain_id=5))


def test_comparison__older_program__refused(store: Store, chain: PaperChain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wattcommons.services.indexer.comparison.PROJECTIONS", projector.PROJECTIONS + 1)
    with pytest.raises(StoreError, match="another version"):
        compared(store, chain)


def test_comparison__row_taken_away_of_each_table__tables_and_rows_named(store: Store, chain: PaperChain) -> None:
    gone: dict[str, list[object]] = {}
    with store.write() as connection:
        for name in compared_tables():
            table = INDEX.tables[name]
            row = connection.execute(select(table).order_by(*table.primary_key.columns)).first()
            if name != "raw_logs" and row is not None:
                key = [row._mapping[column.name] for column in table.primary_key.columns]
                matched = (column == value for column, value in zip(table.primary_key.columns, key, strict=True))
                connection.execute(delete(table).where(*matched))
                gone[name] = key
    report = compared(store, chain)
    assert wrong(report) == gone.keys()
    assert len(gone) > 20
    for name, key in gone.items():
        [difference] = report.table(name).differences
        assert difference.key == f"row {', '.join(map(str, key))}"
        assert "missing in the store" in difference.what


def test_comparison__tampered_reading__column_named(store: Store, chain: PaperChain) -> None:
    with store.write() as connection:
        row = connection.execute(select(readings).order_by(readings.c.interval)).first()
        assert row is not None
        one = (readings.c.interval == row.interval, readings.c.participant == row.participant)
        connection.execute(update(readings).where(*one).values(consumption_wh=row.consumption_wh + 7))
    report = compared(store, chain)
    assert wrong(report) == {"readings"}
    [difference] = report.table("readings").differences
    assert difference.key == f"row {row.interval}, {row.participant}"
    assert difference.what == f"consumption_wh is {row.consumption_wh + 7}, the chain says {row.consumption_wh}"


def test_comparison__invented_row__named(store: Store, chain: PaperChain) -> None:
    table = INDEX.tables["euro_holdings"]
    with store.write() as connection:
        connection.execute(insert(table).values(wallet="0x" + "Ff" * 20, amount_neur=10**9))
    report = compared(store, chain)
    assert wrong(report) == {"euro_holdings"}
    assert "too many in the store" in report.table("euro_holdings").differences[0].what


def test_comparison__missing_log__named(store: Store, chain: PaperChain) -> None:
    with store.write() as connection:
        row = connection.execute(select(raw_logs).order_by(raw_logs.c.block.desc())).first()
        assert row is not None
        connection.execute(delete(raw_logs).where(raw_logs.c.block == row.block, raw_logs.c.log_index == row.log_index))
    report = compared(store, chain)
    assert wrong(report) == {"raw_logs"}
    assert report.table("raw_logs").missing == 1
    assert report.table("raw_logs").differences[0].key == f"row {row.block}, {row.log_index}"


def test_comparison__log_never_taken_in__log_and_all_that_follows(empty: Store, chain: PaperChain) -> None:
    """An indexer that keeps a record of the chain to itself, and is consistent about it."""
    short = PaperChain()
    place = next(at for at, (_, logs) in enumerate(chain.blocks) if logs and at > 5)
    short.blocks = [(header, logs[1:] if at == place else logs) for at, (header, logs) in enumerate(chain.blocks)]
    caught_up(empty, short, DEPLOYMENT)
    report = compared(empty, chain)
    assert report.table("raw_logs").missing == 1
    assert not report.ok


def test_comparison__altered_log__named(store: Store, chain: PaperChain) -> None:
    with store.write() as connection:
        row = connection.execute(select(raw_logs).order_by(raw_logs.c.block)).first()
        assert row is not None
        at = (raw_logs.c.block == row.block, raw_logs.c.log_index == row.log_index)
        connection.execute(update(raw_logs).where(*at).values(at=row.at + 1))
    [difference] = compared(store, chain).table("raw_logs").differences
    assert difference.what == f"at is {row.at + 1}, the chain says {row.at}"


def test_comparison__lying_indexer__its_rows_named(
    empty: Store, chain: PaperChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = readings_module.Readings.handlers

    def lying(self: readings_module.Readings) -> Handlers:
        handlers = honest(self)
        record = handlers["MeterLedger.RunsRecorded"]

        def less(event: Event) -> None:
            runs = bytearray(event.args["runs"])
            runs[-2] ^= 1
            record(replace(event, args=event.args | {"runs": bytes(runs)}))

        return handlers | {"MeterLedger.RunsRecorded": less}

    with monkeypatch.context() as patched:
        patched.setattr(readings_module.Readings, "handlers", lying)
        caught_up(empty, chain, DEPLOYMENT)
    report = compared(empty, chain)
    assert report.table("raw_logs").ok
    assert report.table("readings").altered
    assert len(report.table("readings").differences) <= 5
    assert "consumption_wh" in report.table("readings").differences[0].what


def test_comparison__another_block__named(store: Store, chain: PaperChain) -> None:
    with store.write() as connection:
        connection.execute(update(index_blocks).values(hash=b"\1" * 32))
    assert wrong(compared(store, chain)) == {"index_blocks"}


@pytest.mark.parametrize("depth", [0, 7])
def test_comparison__honest__every_row_and_nothing_changed(empty: Store, depth: int) -> None:
    chain = lived(40, depth=depth)
    caught_up(empty, chain, DEPLOYMENT)
    before = contents(empty, without=())
    report = compared(empty, chain)
    assert report.ok, [str(one) for table in report.tables for one in table.differences]
    assert report.block == len(chain.blocks) - 1
    assert {table.name for table in report.tables} == {*compared_tables(), "index_blocks"}
    assert sum(table.rows for table in report.tables) > 200
    assert contents(empty, without=()) == before


def test_comparison__chain_has_moved_on__as_of_the_index(empty: Store) -> None:
    chain = lived(30)
    caught_up(empty, chain, DEPLOYMENT)
    behind = len(chain.blocks) - 1
    chain.mine([])
    report = compared(empty, chain)
    assert report.ok
    assert report.block == behind
