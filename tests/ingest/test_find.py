from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.errors import ParseRefused
from ingest.find import NothingThere, find, is_web, read
from ingest.parse import MAX_BYTES


def names(folder: Path) -> list[str]:
    return [str(Path(location).relative_to(folder)) for location in find(str(folder)).documents]


def test_a_folder_is_searched_to_its_bottom_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/deep/down.md", "a/first.pdf", "C.html", "no-extension", "ü ä.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    assert names(tmp_path) == ["C.html", "a/deep/down.md", "a/first.pdf", "b.txt", "no-extension", "ü ä.txt"]
    assert find(str(tmp_path)).location == str(tmp_path)


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    for name in (".env", ".git/config", "a/.hidden/x.txt", "~$report.docx", "__pycache__/x.txt", "seen.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secret")
    assert names(tmp_path) == ["seen.txt"]


def test_a_hidden_folder_can_be_named_itself(tmp_path: Path) -> None:
    (tmp_path / ".notes").mkdir()
    (tmp_path / ".notes" / "pier.txt").write_text("text")
    assert names(tmp_path / ".notes") == ["pier.txt"]


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    folder = tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.txt").write_text("secret")
    (folder / "real.txt").write_text("text")
    (folder / "out.txt").symlink_to(outside / "secret.txt")
    (folder / "out").symlink_to(outside)
    (folder / "in.txt").symlink_to(folder / "real.txt")
    (folder / "gone.txt").symlink_to(folder / "never.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "circle").symlink_to(folder)
    assert names(folder) == ["in.txt", "real.txt"]


def test_a_name_that_is_no_text_is_a_file_that_asks_to_be_renamed(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("text")
    [location] = find(str(tmp_path)).documents
    assert location.encode().decode() == str(tmp_path / "caf\ufffd.txt")
    with pytest.raises(NothingThere, match=r"name_not_text \(name=caf\ufffd\.txt\)"):
        read(location, None, allow_private=False)


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "real.txt").write_text("text")
    assert names(tmp_path) == ["real.txt"]


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert find(str(tmp_path)).documents == ()


@pytest.mark.parametrize(
    ("location", "complaint"),
    [
        ("/no/such/file.txt", r"no_such_path \(location=/no/such/file.txt\)"),
        ("ftp://host/file", "other_scheme"),
        ("file:///etc/passwd", "other_scheme"),
        ("a\0b", "no_such_path"),
        ("x" * 5000, "cannot_be_opened"),
        ("", "nothing_named"),
        ("  ", "nothing_named"),
        ("~nobody-of-that-name/file.txt", "no_such_path"),
    ],
)
def test_what_is_not_there_is_said_to_be_missing(location: str, complaint: str) -> None:
    with pytest.raises(NothingThere, match=complaint):
        find(location)


def test_a_relative_path_becomes_an_absolute_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pier.txt").write_text("text")
    monkeypatch.chdir(tmp_path)
    assert find("pier.txt") == find(" ./pier.txt ") == find(str(tmp_path / "pier.txt"))


def test_the_home_folder_may_be_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pier.txt").write_text("text")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find("~/pier.txt").documents == (str(tmp_path / "pier.txt"),)


def test_a_web_address_is_one_document_without_its_fragment() -> None:
    assert find("https://harbour.example/ice#top").documents == ("https://harbour.example/ice",)
    assert is_web("HTTP://harbour.example")
    assert not is_web("/http://file")


def test_reading_a_file_gives_its_bytes_and_the_same_fingerprint_each_time(tmp_path: Path) -> None:
    (tmp_path / "pier.txt").write_bytes(b"\xffpier")
    first = read(str(tmp_path / "pier.txt"), None, allow_private=False)
    assert first is not None
    assert (first.data, first.name, first.url) == (b"\xffpier", "pier.txt", None)
    assert read(str(tmp_path / "pier.txt"), None, allow_private=False) == first


def test_an_empty_a_vanished_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(MAX_BYTES + 1)
    with pytest.raises(NothingThere, match="file_empty"):
        read(str(tmp_path / "empty.txt"), None, allow_private=False)
    with pytest.raises(NothingThere, match=r"cannot_be_read \(name=gone\.txt, why=why_not_there\)"):
        read(str(tmp_path / "gone.txt"), None, allow_private=False)
    with pytest.raises(ParseRefused, match=r"too_many_bytes \(bytes=100000001"):
        read(str(tmp_path / "huge.txt"), None, allow_private=False)
