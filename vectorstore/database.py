"""The SQL database: SQLite in WAL mode by default, PostgreSQL by URL. One writing connection per SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from vectorstore.errors import StoreDamaged, StoreError, StoreTooNew

_MIGRATIONS = Path(__file__).parent / "migrations"
_IDS_PER_QUERY = 900  # below SQLite's limit of bound parameters


def portions(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids in as many lots as one query each can take."""
    for start in range(0, len(items), _IDS_PER_QUERY):
        yield items[start : start + _IDS_PER_QUERY]


class Database:
    """Transactions on the tables of `vectorstore.schema`.

    `write()` waits for the one writer and commits on leaving, or rolls back when an exception passes; `read()` never waits
    for a writer (WAL, PostgreSQL) and sees one consistent state.
    """

    def __init__(self, url: str, *, readers: int = 8) -> None:
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, size=1, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite_engine(url, size=readers, begin="BEGIN")
        else:
            self._writer = self._reader = create_engine(url, pool_size=readers, pool_pre_ping=True)

    @contextmanager
    def write(self, *, flushed: bool = True) -> Iterator[Connection]:
        """`flushed=False` spares the wait for the disk: a power cut may take the last such writes back, a kill cannot.

        The next flushed write takes them along.
        """
        with self._writer.connect() as connection:
            if self.is_sqlite:
                _flush(connection, "FULL" if flushed else "NORMAL")
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._reader.connect() as connection:
            yield connection

    def insert_ignoring(self, connection: Connection, table: Any, values: dict[str, Any]) -> bool:
        """INSERT … ON CONFLICT DO NOTHING; True when the row is new."""
        return bool(self.insert_all_ignoring(connection, table, [values]))

    def insert_all_ignoring(
        self, connection: Connection, table: Any, rows: Sequence[dict[str, Any]]
    ) -> list[tuple[Any, ...]]:
        """The same for many rows that name the same columns; the primary keys of the new ones, in no order."""
        dialect = sqlite if self.is_sqlite else postgresql
        # Not the row count: on PostgreSQL that is unknown (-1) where the primary key is fetched.
        statement = dialect.insert(table).on_conflict_do_nothing().returning(*table.primary_key)
        return [tuple(row) for row in connection.execute(statement, list(rows))]

    def migrate(self) -> None:
        """Bring the schema to this release's.

        Raises StoreTooNew when a newer release has written it, StoreDamaged or StoreError when it cannot be read.
        """
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
        try:
            with self.write() as connection:
                found = MigrationContext.configure(connection).get_current_revision()
                if found is not None and found not in known:
                    raise StoreTooNew(
                        f"The database was written by a newer Footnote (schema {found}). Update Footnote."
                    )
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except DatabaseError as error:
            if (self.is_sqlite and "malformed" in str(error)) or "not a database" in str(error):
                raise StoreDamaged(
                    f"The database {self.url.database} is damaged ({error.orig}). Restore it from a backup."
                ) from error
            if not self.is_sqlite and isinstance(error, OperationalError):
                raise StoreError(
                    f"The database at {self.url.render_as_string()} cannot be reached ({_server_says(error)}). "
                    "Start it, or correct DATABASE_URL."
                ) from error
            raise

    def compact(self) -> None:
        """Rewrite the file without what was deleted, and empty the write-ahead log: no byte of it is left. Waits for readers."""
        if not self.is_sqlite:
            with self._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM FULL")
            return
        self._reader.dispose()  # an idle reader may still look at an old state
        with self._alone() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def back_up(self, target: Path) -> None:
        """Write a whole, consistent copy to `target`, which must not exist yet, while everybody goes on. SQLite only."""
        if not self.is_sqlite:
            raise StoreError("The database is PostgreSQL: back it up with pg_dump.")
        connection = self._reader.raw_connection()
        try:
            connection.driver_connection.execute("VACUUM INTO ?", (str(target),))  # type: ignore[union-attr]
        except sqlite3.Error as error:
            raise StoreError(f"The copy of the database cannot be written to {target.parent} ({error}).") from error
        finally:
            connection.close()

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        """The one writing connection, outside of a transaction."""
        connection = self._writer.raw_connection()
        try:
            yield connection.driver_connection
        finally:
            connection.close()

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def _parsed(url: str) -> URL:
    try:
        found = make_url(url)
        if found.get_backend_name() not in ("sqlite", "postgresql"):
            raise ArgumentError(found.get_backend_name())
        found.get_dialect().import_dbapi()
    except ImportError as error:
        raise StoreError(
            "DATABASE_URL needs a driver that is not installed: .venv/bin/pip install 'psycopg[binary]'."
        ) from error
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "DATABASE_URL cannot be used. It looks like postgresql+psycopg://user@host/name; leave it empty for SQLite."
        ) from error
    return found


def _server_says(error: OperationalError) -> str:
    """What the server answered; what the driver says around it repeats the address."""
    said = str(error.orig).splitlines()[0]
    return said.rpartition("FATAL:")[2].strip() if "FATAL:" in said else "it does not answer"


def _flush(connection: Connection, wanted: str) -> None:
    """Whether commits wait for the disk (https://sqlite.org/pragma.html#pragma_synchronous); not in a transaction."""
    if connection.info.get("synchronous", "FULL") != wanted:
        connection.connection.cursor().execute(f"PRAGMA synchronous={wanted}")
        connection.info["synchronous"] = wanted


def _sqlite_engine(url: str, *, size: int, begin: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"timeout": 10, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's documented recipe: we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
