"""Databases to run the store on: SQLite always, PostgreSQL where one answers on loopback."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from vectorstore import schema
from vectorstore.database import Database

POSTGRES = "postgresql://postgres@127.0.0.1:5432"


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL answers on 127.0.0.1:5432 ({str(error).splitlines()[0]})")
    with server:
        yield server


@contextmanager
def _postgres() -> Iterator[str]:
    """The name of a new database."""
    name = f"footnote_{os.getpid()}_{secrets.token_hex(4)}"
    with _server() as server:
        server.execute(f"CREATE DATABASE {name}")
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        try:
            yield name
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def bare_postgres() -> Iterator[str]:
    """The name of a database that is there for this session; making one takes a second, emptying it does not."""
    with _postgres() as name:
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'truth.sqlite'}"
    name = request.getfixturevalue("bare_postgres")
    with psycopg.connect(f"{POSTGRES}/{name}", autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[Database]:
    with _postgres() as name:
        database = Database(f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}")
        database.migrate()
        yield database
        database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind with all its tables, and nothing in them."""
    if request.param == "postgresql":
        database = request.getfixturevalue("migrated_postgres")
        with database.write() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(table.delete())
        yield database
    else:
        database = Database(f"sqlite:///{tmp_path / 'truth.sqlite'}")
        database.migrate()
        yield database
        database.close()


@pytest.fixture
def bytes_on_disk() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder with its content."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
