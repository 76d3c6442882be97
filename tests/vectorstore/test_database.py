from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from vectorstore import schema
from vectorstore.database import Database
from vectorstore.embedder import PackagedEmbedder
from vectorstore.errors import StoreDamaged, StoreError, StoreTooNew
from vectorstore.schema import settings
from vectorstore.store import KnowledgeBase


def written(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.key: row.value for row in connection.execute(select(settings))}


def test_migrating_makes_every_table_and_a_second_time_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.write() as connection:
        connection.execute(settings.insert().values(key="kept", value="as it was"))
    database.migrate()
    assert written(database) == {"kept": "as it was"}
    with database.read() as connection:
        assert set(schema.metadata.tables) <= set(inspect(connection).get_table_names())
    database.close()


def test_what_an_older_release_lacks_is_added_and_its_rows_stay(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.write() as connection:
        connection.execute(settings.insert().values(key="kept", value="as it was"))
        connection.execute(text("DROP TABLE audit"))
        connection.execute(text("ALTER TABLE feedback DROP COLUMN reason"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    database.migrate()
    with database.read() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("feedback")}
        assert "audit" in inspect(connection).get_table_names()
    assert "reason" in columns
    assert written(database) == {"kept": "as it was"}
    database.close()


def test_the_schema_of_a_newer_release_is_refused(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNew, match=r"9999.*Update Footnote"):
        database.migrate()
    database.close()


def test_an_exception_undoes_the_whole_transaction(database: Database) -> None:

    def fail_halfway() -> None:
        with database.write() as connection:
            connection.execute(settings.insert().values(key="half", value="done"))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_halfway()
    assert written(database) == {}


def test_inserting_what_is_there_says_so_and_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        assert database.insert_ignoring(connection, settings, {"key": "a", "value": "1"})
        assert not database.insert_ignoring(connection, settings, {"key": "a", "value": "2"})
    assert written(database) == {"a": "1"}


def test_a_reader_sees_nothing_of_an_unfinished_transaction(database: Database) -> None:
    with database.write() as connection:
        connection.execute(settings.insert().values(key="a", value="1"))
        assert written(database) == {}
    assert written(database) == {"a": "1"}


@pytest.mark.parametrize(
    "url", ["nonsense", "oracle9://host/name", "mysql://host/name", "postgresql+psycopg://user@host:port/x"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL cannot be used") as refused:
        Database(url)
    assert url not in str(refused.value)


def test_a_copy_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'truth.sqlite'}")
    database.migrate()
    with pytest.raises(StoreError, match=f"cannot be written to {tmp_path}/nowhere"):
        database.back_up(tmp_path / "nowhere" / "copy.sqlite")
    database.close()


def test_a_driver_that_is_missing_is_named() -> None:
    with pytest.raises(StoreError, match=r"psycopg\[binary\]"):
        Database("postgresql+pg8000://user@host/name")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    database = Database("postgresql+psycopg://reader:sesame@127.0.0.1:9/name")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9/name cannot be reached \(it does not answer\)") as refused:
        database.migrate()
    database.close()
    assert "sesame" not in str(refused.value)


def test_what_a_server_says_against_a_database_is_told(bare_postgres: str) -> None:
    database = Database("postgresql+psycopg://postgres@127.0.0.1:5432/there_is_none")
    with pytest.raises(StoreError, match=r'\(database "there_is_none" does not exist\)'):
        database.migrate()
    database.close()


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _overwrite(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(100)
        opened.write(os.urandom(4000))


def _replace(file: Path) -> None:
    file.write_bytes(b"This is not a database at all. " * 400)


@pytest.mark.parametrize("damage", [_cut, _overwrite, _replace])
def test_a_damaged_file_is_refused_with_a_sentence(
    tmp_path: Path,
    embedder: PackagedEmbedder,
    publish: Callable[..., object],
    damage: Callable[[Path], None],
) -> None:
    with KnowledgeBase(tmp_path, embedder) as knowledge_base:
        publish(knowledge_base, "/pier.txt", "\n\n".join(f"Pier {n} was mended in spring." for n in range(30)))
    damage(tmp_path / "footnote.sqlite")
    with pytest.raises(StoreDamaged, match="Restore it from a backup"):
        KnowledgeBase(tmp_path, embedder)


def test_what_cannot_be_opened_leaves_the_directory_free(tmp_path: Path, embedder: PackagedEmbedder) -> None:
    (tmp_path / "footnote.sqlite").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreDamaged):
        KnowledgeBase(tmp_path, embedder)
    (tmp_path / "footnote.sqlite").unlink()
    KnowledgeBase(tmp_path, embedder).close()


def test_an_embedded_database_writes_ahead_and_through(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'truth.sqlite'}")
    with database.read() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    database.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


FULL, NORMAL = 2, 1


def test_only_a_flushed_write_waits_for_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    levels = []
    for flushed in (True, False, False, True):
        with database.write(flushed=flushed) as connection:
            levels.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    database.close()
    assert levels == [FULL, NORMAL, NORMAL, FULL]
