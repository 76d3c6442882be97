"""Forgetting to the last byte, backing up under load, and restoring elsewhere."""

from __future__ import annotations

import json
import sqlite3
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.slack.conversations import Conversations
from bot.slack.request import Request
from bot.values import Answer, Question, Rejection, Searched
from footnote.application import Application
from footnote.control import serving
from footnote.settings import Settings
from footnote.wiring import make_assistant
from ingest.pipeline import Pipeline
from tests.raw_bytes import holders
from vectorstore.audit import Entry
from vectorstore.reasons import told_of
from vectorstore.store import KnowledgeBase

CANARY = "zanzibarquokka"
SECRET = (
    f"The {CANARY} treaty was signed in Skarn on Monday. It obliges the {CANARY} council to pay nine crowns a year."
)
OTHER = "Dogs travel free of charge on the ferry to Skarn. Cats pay half a crown."


@pytest.fixture
def application(tmp_path: Path, embedder: Any, parser: Any) -> Iterator[Application]:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in ((f"{CANARY}.txt", SECRET), ("dogs.txt", OTHER)):
        (folder / name).write_text(text)
    with KnowledgeBase(tmp_path / "home", embedder) as knowledge_base:
        pipeline = Pipeline(knowledge_base, parser, embedder.count_tokens)
        made = Application(knowledge_base, pipeline, make_assistant(Settings(), knowledge_base, embedder))
        for file in sorted(folder.iterdir()):
            made.ingest(str(file))
            file.unlink()
        yield made


def answered(application: Application, id: str, user: str, text: str) -> Conversations:
    conversations = Conversations(application.knowledge_base.database)
    request = Request(id, "question", "T1", "C1", user, text, f"1.{id[-1]}", f"1.{id[-1]}")
    answer = application.assistant.answer(Question(text))
    assert answer.answered
    conversations.posted(conversations.keep(request, answer), f"2.{id[-1]}")
    return conversations


def left_about(home: Path) -> None:
    """What work leaves in a data directory beside the database: the requests' notes, pages, a restore that was killed."""
    with sqlite3.connect(home / "work.sqlite3") as notes:
        notes.execute("PRAGMA journal_mode=WAL")
        notes.execute("CREATE TABLE operation_outputs (output TEXT)")
        notes.execute("INSERT INTO operation_outputs VALUES (?)", (SECRET,))
    for name in ("evaluations/last.html", ".restoring-x1/footnote.sqlite"):
        (home / name).parent.mkdir()
        (home / name).write_text(SECRET)


def test_no_byte_of_a_forgotten_document_is_left(application: Application, tmp_path: Path) -> None:
    home = application.knowledge_base.home
    conversations = answered(application, "Ev1", "UASKER", f"What does the {CANARY} treaty oblige the council to?")
    title = application.find_source(f"{CANARY}.txt").title
    asked = "And who pays for the whales of the north?"
    followed = Request("Ev2", "question", "T1", "C1", "UASKER", asked, "1.9", "1.1")
    kept = conversations.keep(
        followed,
        Answer(
            (),
            (),
            Searched(1, 1, f"Who pays for the whales of the {CANARY} treaty?"),
            rejected=(Rejection(f"The {CANARY} council pays.", SECRET, "unsupported"),),
            trace=application.assistant.answer(Question(f"What is the {CANARY} treaty?")).trace,
        ),
    )
    named = Answer((), (), Searched(1, 1, "Is there whisky?"), nearest=(title,))
    conversations.posted(conversations.keep(Request("Ev3", "question", "T1", "C2", "UB", "?", "3.1"), named), "3.2")
    application.plan(f"{CANARY}.txt")
    backup = application.backup(str(tmp_path / "backup"))
    application.audit.append(Entry("command line", "backup", "done", backup["backup"]))
    left_about(home)
    assert holders(home, CANARY)
    receipt = application.forget(f"{CANARY}.txt")
    assert (receipt["documents"], receipt["answers"]) == (1, 2)
    assert {(each["channel"], each["message_ts"]) for each in receipt["posted"]} == {("C1", "2.1"), ("C2", "3.2")}
    assert CANARY not in json.dumps(receipt)
    assert any(backup["backup"] in str(told_of(each)) for each in receipt["remains"])
    assert holders(home, CANARY) == []
    given = conversations.find(kept)
    assert given is not None
    assert (given.answer.searched.query, given.answer.rejected) == (asked, ())
    assert "free of charge" in application.ask("Do dogs pay on the ferry to Skarn?")["text"]
    assert not application.ask(f"What does the {CANARY} treaty oblige the council to?")["answered"]


def test_an_uploaded_file_and_one_document_of_a_folder_are_forgotten(
    application: Application, tmp_path: Path, cli_in: Callable[..., Any]
) -> None:
    home = application.knowledge_base.home
    application.keep_file(SECRET.encode(), f"{CANARY}-upload.txt", None, "F1", "workspace")
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.txt").write_text(f"{SECRET} Copy {name} of it.")
    application.ingest(str(folder))
    for source in (
        f"{CANARY}.txt",
        next(s["id"] for s in application.sources()["sources"] if "files/" in s["location"]),
    ):
        application.forget(source)
    receipt = application.forget(str(folder / "one.txt"))
    assert (receipt["documents"], str(folder) in str(told_of(receipt["remains"][0]))) == (1, True)
    assert holders(home, "copy one") == []
    assert not list((home / "files").iterdir())
    with serving(application, home / "control.sock"):
        refused = cli_in(home, "forget", "one.txt", "--yes")
        shown = cli_in(home, "forget", str(folder), "--yes")
    assert (refused.code, "There is no source" in refused.err) == (1, True)
    assert (shown.code, "1 document, 1 version" in shown.out) == (0, True)
    assert holders(home, CANARY) == []


def test_no_byte_is_left_of_a_document_that_had_left_before_its_source_is_forgotten(
    application: Application, tmp_path: Path
) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    for name in ("one", "quokkazanzibar"):
        (folder / f"{name}.txt").write_text(f"{OTHER} Notice {name}.")
    application.ingest(str(folder))
    (folder / "quokkazanzibar.txt").unlink()
    application.reingest(str(folder))
    assert [each["state"] for each in application.changes()["documents"]][:1] == ["removed"]
    application.forget(str(folder))
    assert holders(application.knowledge_base.home, "quokkazanzibar") == []


def test_no_byte_of_what_a_person_asked_is_left(application: Application) -> None:
    question = "Do dogs of a lighthousekeeperess pay on the ferry to Skarn?"
    home = application.knowledge_base.home
    conversations = answered(application, "Ev2", "UPERSON1", question)
    application.knowledge_base.database.compact()
    assert holders(home, "lighthousekeeperess")
    receipt = application.forget("UPERSON1")
    assert receipt["answers"] == 1
    assert holders(home, "lighthousekeeperess") == []
    assert not conversations.is_ours("T1", "C1", "1.2")


def test_a_backup_taken_while_documents_come_in_is_whole(
    application: Application, tmp_path: Path, cli_in: Callable[..., Any], embedder_cache: Path
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    stop = threading.Event()

    def come_in() -> None:
        for number in range(200):
            if stop.is_set():
                return
            (folder / f"{number}.txt").write_text(f"Notice {number}: pier {number} is closed on Sundays. {OTHER}")
            application.ingest(str(folder / f"{number}.txt"))

    writer = threading.Thread(target=come_in)
    writer.start()
    made = [application.backup(str(tmp_path / f"backup-{number}")) for number in range(3)]
    stop.set()
    writer.join()
    restored = tmp_path / "restored"
    restored.mkdir()
    (restored / "models").symlink_to(embedder_cache)
    result = cli_in(restored, "restore", made[-1]["backup"], "--json")
    assert result.code == 0
    assert result.json["documents"] >= 2
    assert CANARY in cli_in(restored, "ask", f"What does the {CANARY} treaty oblige the council to?").out


def test_a_backup_never_overwrites_and_a_restore_never_mixes(
    application: Application, tmp_path: Path, cli_in: Callable[..., Any]
) -> None:
    target = tmp_path / "backup"
    application.backup(str(target))
    with pytest.raises(Exception, match="there already"):
        application.backup(str(target))
    result = cli_in(application.knowledge_base.home, "restore", str(target))
    assert (result.code, "holds documents already" in result.err) == (1, True)


def test_a_backup_of_a_newer_release_is_refused_and_leaves_nothing(
    application: Application, tmp_path: Path, cli_in: Callable[..., Any]
) -> None:
    made = Path(application.backup(str(tmp_path / "backup"))["backup"])
    with tarfile.open(made) as tar:
        tar.extract("footnote.sqlite", tmp_path, filter="data")
    with sqlite3.connect(tmp_path / "footnote.sqlite") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    with tarfile.open(tmp_path / "newer", "w") as tar:
        tar.add(tmp_path / "footnote.sqlite", "footnote.sqlite")
    result = cli_in(tmp_path / "restored", "restore", str(tmp_path / "newer"))
    assert (result.code, "newer Footnote" in result.err) == (1, True)
    assert not (tmp_path / "restored" / "footnote.sqlite").exists()


def test_a_backup_holds_the_files_that_were_kept(
    application: Application, tmp_path: Path, cli_in: Callable[..., Any], embedder_cache: Path
) -> None:
    kept = application.knowledge_base.home / "files"
    kept.mkdir(exist_ok=True)
    (kept / "0a1b2c.pdf").write_bytes(b"what was dropped in a channel")
    made = application.backup(str(tmp_path / "backup"))
    restored = tmp_path / "restored"
    restored.mkdir()
    (restored / "models").symlink_to(embedder_cache)
    assert cli_in(restored, "restore", made["backup"]).code == 0
    assert (restored / "files" / "0a1b2c.pdf").read_bytes() == b"what was dropped in a channel"


def test_a_backup_that_would_write_elsewhere_is_refused(tmp_path: Path, cli_in: Callable[..., Any]) -> None:
    forged = tmp_path / "forged"
    with tarfile.open(forged, "w") as tar:
        for name in ("footnote.sqlite", "files/../../outside"):
            tar.addfile(tarfile.TarInfo(name))
    result = cli_in(tmp_path / "new" / "home", "restore", str(forged))
    assert (result.code, "not a backup" in result.err) == (1, True)
    assert not (tmp_path / "outside").exists()


def test_what_is_no_backup_is_refused_and_leaves_nothing(tmp_path: Path, cli_in: Callable[..., Any]) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"SQLite format 3\x00 and then nothing of the kind")
    result = cli_in(tmp_path / "new", "restore", str(broken))
    assert (result.code, "not a backup" in result.err) == (1, True)
    assert not (tmp_path / "new" / "footnote.sqlite").exists()
