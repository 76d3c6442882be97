from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vectorstore.errors import StoreLocked
from vectorstore.lock import OwnerLock

HOLD = """
import pathlib, sys
from vectorstore.lock import OwnerLock
lock = OwnerLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def holder(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_who_holds_the_directory(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(StoreLocked, match=rf"in use by process {process.pid} .*FOOTNOTE_HOME"):
            OwnerLock(tmp_path)
        process.communicate()


def test_a_killed_holder_leaves_the_directory_free(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.kill()
        process.communicate()
    OwnerLock(tmp_path).release()


def test_one_process_cannot_open_a_directory_twice(tmp_path: Path) -> None:
    lock = OwnerLock(tmp_path)
    with pytest.raises(StoreLocked):
        OwnerLock(tmp_path)
    lock.release()
    OwnerLock(tmp_path).release()


def test_releasing_twice_does_not_free_the_next_holder(tmp_path: Path) -> None:
    first = OwnerLock(tmp_path)
    first.release()
    second = OwnerLock(tmp_path)
    first.release()
    with pytest.raises(StoreLocked):
        OwnerLock(tmp_path)
    second.release()
