"""Backups: one tar file with the database and the files that were kept from Slack; written while everybody goes on."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from vectorstore.database import Database
from vectorstore.errors import StoreError

DATABASE = "footnote.sqlite"
FILES = "files"
RESTORING = ".restoring-"
"""What the names of folders begin with in which a restore prepares itself."""
_MEMBER = re.compile(rf"{re.escape(DATABASE)}|{FILES}(?:/[\w.-]{{1,120}}){{1,2}}")


def back_up(home: Path, database: Database, target: Path) -> int:
    """Write `target`, which must not exist yet; returns its size in bytes. Raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} is there already. Name a file that is not.")
    if not target.parent.is_dir():
        raise StoreError(f"There is no folder {target.parent}. Make it first.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".footnote-backup-") as folder:
        copy, written = Path(folder) / DATABASE, Path(folder) / "backup.tar"
        database.back_up(copy)
        with tarfile.open(written, "w") as tar:
            tar.add(copy, DATABASE)
            for file in sorted((home / FILES).rglob("*")) if (home / FILES).is_dir() else []:
                if file.is_file() and not file.is_symlink():
                    tar.add(file, f"{FILES}/{file.relative_to(home / FILES)}")
        written.chmod(0o600)
        size = written.stat().st_size
        written.rename(target)
    return size


def restore(source: Path, home: Path) -> None:
    """Put a backup into a data directory without documents, whole or not at all. Raises StoreError."""
    if not source.is_file():
        raise StoreError(f"There is no file {source}.")
    if (home / DATABASE).exists():
        raise StoreError(f"{home} holds documents already. Set FOOTNOTE_HOME to an empty directory.")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home, prefix=RESTORING) as folder:
        _unpack(source, Path(folder))
        _check(Path(folder) / DATABASE, source)
        shutil.rmtree(home / "indexes", ignore_errors=True)
        if (Path(folder) / FILES).is_dir():
            shutil.rmtree(home / FILES, ignore_errors=True)
            (Path(folder) / FILES).rename(home / FILES)
        (Path(folder) / DATABASE).rename(home / DATABASE)
    (home / DATABASE).chmod(0o600)


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source) as tar:
            members = tar.getmembers()
            strange = [each.name for each in members if not each.isfile() or not _MEMBER.fullmatch(each.name)]
            if strange or DATABASE not in [each.name for each in members]:
                raise StoreError(f"{source} is not a backup of Footnote.")
            tar.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise StoreError(f"{source} is not a backup of Footnote, or it is damaged.") from error


def _check(database: Path, source: Path) -> None:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        [verdict] = connection.execute("PRAGMA integrity_check(1)").fetchone()
        connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"The database in {source} is damaged ({error}). Take another backup.") from error
    finally:
        connection.close()
    if verdict != "ok":
        raise StoreError(f"The database in {source} is damaged ({verdict}). Take another backup.")
    copy = Database(f"sqlite:///{database}")
    try:
        copy.migrate()  # refuses what a newer release has written, before anything is put in its place
    finally:
        copy.close()
