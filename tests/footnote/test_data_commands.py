"""Forgetting to the last byte, backing up under load, and restoring elsewhere."""

from __future__ import annotations

import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.slack.conversations import Conversations
from bot.slack.request import Request
from bot.values import Question
from footnote.application import Application
from footnote.settings import Settings
from footnote.wiring import make_assistant
from ingest.pipeline import Pipeline
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
    request = Request(id, "question", "T1", "C1", user, text, f"1.{id[-1]}")
    answer = application.assistant.answer(Question(text))
    assert answer.answered
    conversations.posted(conversations.keep(request, answer), f"2.{id[-1]}")
    return conversations


def holders(home: Path, word: str) -> list[str]:
    """Files of the data directory that hold the word in any of the encodings texts are kept in."""
    needles = [word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [path for path in home.rglob("*") if path.is_file()]
    return [str(path.relative_to(home)) for path in files if any(n in path.read_bytes().lower() for n in needles)]


def test_no_byte_of_a_forgotten_document_is_left(application: Application) -> None:
    home = application.knowledge_base.home
    answered(application, "Ev1", "UASKER", f"What does the {CANARY} treaty oblige the council to?")
    (home / "evaluations").mkdir()
    (home / "evaluations" / "last.html").write_text(SECRET)
    assert holders(home, CANARY)
    receipt = application.forget(f"{CANARY}.txt")
    assert (receipt["documents"], receipt["answers"]) == (1, 1)
    assert [(each["channel"], each["message_ts"]) for each in receipt["posted"]] == [("C1", "2.1")]
    assert CANARY not in json.dumps(receipt)
    assert holders(home, CANARY) == []
    assert "free of charge" in application.ask("Do dogs pay on the ferry to Skarn?")["text"]
    assert not application.ask(f"What does the {CANARY} treaty oblige the council to?")["answered"]


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
