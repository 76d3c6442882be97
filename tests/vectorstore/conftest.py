"""Databases to run the store on: SQLite always, PostgreSQL where one answers on loopback."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
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
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=30)
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


@contextmanager
def _chroma_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Chroma as a server of its own on loopback, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            with closing(socket.socket()) as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def chroma_server() -> Callable[[Path], AbstractContextManager[tuple[str, subprocess.Popen[bytes]]]]:
    """`with chroma_server(folder) as (url, process)`"""
    return _chroma_server
