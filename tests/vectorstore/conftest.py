"""Databases to run the store on: SQLite always, PostgreSQL where one answers on loopback."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

POSTGRES = "postgresql://postgres@127.0.0.1:5432"


@contextmanager
def _postgres_database() -> Iterator[str]:
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL answers on 127.0.0.1:5432 ({str(error).splitlines()[0]})")
    name = f"footnote_{os.getpid()}_{secrets.token_hex(4)}"
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'truth.sqlite'}"
    else:
        with _postgres_database() as url:
            yield url


@pytest.fixture
def bytes_on_disk() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder with its content."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
