"""Files that come with a message to us are read for that thread, or it is said why not; our token goes to Slack alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.slack.downloads import shown_name
from bot.slack.file_hosts import HOSTS, file_address
from vectorstore.scopes import thread_scope

PDF = ("report.pdf", b"%PDF-1.7 a report")


@pytest.fixture
def eavesdropper() -> Iterator[tuple[int, list[bytes]]]:
    """A listener on loopback: (port, what was sent to it)."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(4096))

    threading.Thread(target=listen, daemon=True).start()
    yield server.getsockname()[1], heard
    server.close()


def dropped(footnote: Any, text: str, *files: tuple[str, bytes], user: str = "maya", where: Any = None) -> Any:
    """Our reply to a message with files in the direct conversation, or in a channel."""
    slack = footnote.slack
    channel = where or slack.im(user)
    ts = slack.post(user, channel, text, files=files)
    return slack.wait_for(lambda: footnote.replies(channel, ts))[0]


def alive(message: Any) -> str:
    """The text without what keeps names that look like addresses from becoming links."""
    return str(message.text).replace("\u2060", "")


def scope_of(message: Any) -> str:
    return thread_scope(message.channel, message.thread_ts)


def test_a_file_without_a_question_is_read_and_waits_for_one(footnote: Any) -> None:
    reply = dropped(footnote, "", PDF)
    assert alive(reply) == "I have read report.pdf (12 pages). Ask me about it here."
    assert list(footnote.shelf.files.values()) == [PDF[1]]
    assert ("file", f"report.pdf {scope_of(reply)}", footnote.slack.workspace.member.id) in footnote.shelf.jobs


def test_a_file_with_a_question_is_read_before_the_question_is_answered(footnote: Any) -> None:
    reply = dropped(footnote, footnote.at("was the ferry cancelled?"), PDF, where=footnote.slack.workspace.general)
    assert "The ferry to Skarn was cancelled on Monday." in alive(reply)
    assert "Read for this thread: report.pdf (12 pages)." in alive(reply)


def test_several_files_are_read_and_those_that_cannot_be_are_named_with_the_reason(footnote: Any) -> None:
    reply = dropped(footnote, "", PDF, ("notes.txt", b"broken"), ("minutes.docx", b"PK"))
    assert "I have read report.pdf (12 pages) and minutes.docx. Ask me about them here." in alive(reply)
    assert "Not read: notes.txt. The document is damaged." in alive(reply)


def test_in_our_thread_a_file_needs_no_mention(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    ts = slack.post("maya", general, footnote.at("was the ferry cancelled?"))
    footnote.reply(general, ts)
    slack.post("maya", general, "", ts, files=[PDF])
    assert "I have read report.pdf" in alive(footnote.reply(general, ts, 2))


def test_files_of_others_talk_are_none_of_ours(footnote: Any) -> None:
    footnote.slack.post("maya", "general", "look at this", files=[PDF])
    footnote.ask("maya", footnote.slack.workspace.general, footnote.at("was the ferry cancelled?"))
    assert footnote.shelf.files == {}


def test_administrators_are_offered_the_library_and_others_are_not(footnote: Any) -> None:
    general = footnote.slack.workspace.general
    labels = [
        e["text"]["text"]
        for e in dropped(footnote, footnote.at(""), PDF, user="ada", where=general).blocks[-1]["elements"]
    ]
    assert labels == ["Add to library", "Add for this channel"]
    assert dropped(footnote, footnote.at(""), PDF, where=general).blocks[-1]["type"] != "actions"


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "a\0b.pdf", "<!channel>.pdf", "‮fdp.exe", "x" * 500 + ".pdf", ".env"]
)
def test_names_are_only_text(footnote: Any, name: str) -> None:
    before = sorted(path.name for path in Path(footnote.app._settings.data_directory).iterdir())
    reply = dropped(footnote, "", (name, b"%PDF-1.7"))
    assert alive(reply).startswith("I have read ")
    assert "<!channel>" not in alive(reply)
    assert len(alive(reply)) < 300
    assert sorted(path.name for path in Path(footnote.app._settings.data_directory).iterdir()) == before


def test_a_name_is_one_visible_line_without_folders() -> None:
    assert shown_name("../../etc/cron.d/x", "F1") == "x"
    assert shown_name("C:\\temp\\a\nb.pdf", "F1") == "a b.pdf"
    assert shown_name("\u202e\0", "F1") == "F1"
    assert shown_name("y" * 300 + ".docx", "F1").endswith("….docx")
    assert len(shown_name("y" * 300 + ".docx", "F1")) == 120


def test_without_the_scope_files_read_it_says_so(footnote: Any) -> None:
    footnote.slack.faults.add("files.info", error="missing_scope", times=5)
    assert "I have not been given the permission to read files here" in alive(dropped(footnote, "", PDF))
    assert footnote.app.health()["ok"]


def test_a_file_that_is_gone_is_said_to_be(footnote: Any) -> None:
    footnote.slack.faults.add("files.info", error="file_deleted", times=5)
    assert "It was deleted" in alive(dropped(footnote, "", PDF))


@pytest.mark.parametrize(
    ("wire", "sentence"),
    [
        ({"mode": "external", "is_external": True, "external_type": "gdrive"}, "kept outside of Slack"),
        ({"url_private_download": "", "url_private": ""}, "Slack is still taking it in"),
        ({"mode": "tombstone"}, "It was deleted"),
        ({"mode": "hidden_by_limit"}, "Slack has hidden it"),
        ({"file_access": "access_denied"}, "not been given the permission"),
        ({"size": 50_000_001}, "larger than 50 MB"),
    ],
)
def test_what_cannot_be_had_is_not_asked_for(footnote: Any, wire: dict[str, Any], sentence: str) -> None:
    described_as(footnote, wire)
    assert sentence in alive(dropped(footnote, "", PDF))
    assert footnote.shelf.files == {}


def described_as(footnote: Any, wire: dict[str, Any]) -> None:
    """What the workspace says of every file from now on."""
    workspace = footnote.slack.workspace
    original = workspace.file_wire
    workspace.file_wire = lambda file, is_full=False: original(file, is_full) | wire


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/files-pri/x",
        "http://localhost:{port}/x",
        "https://files.slack.com:{port}/x",
        "https://files.slack.com@127.0.0.1:{port}/x",
        "http://files.slack.com.127.0.0.1.nip.example:{port}/x",
        "http://127.0.0.1:{port}\\@files.slack.com/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "file:///etc/passwd",
    ],
)
def test_our_token_goes_to_no_other_host(footnote: Any, eavesdropper: Any, address: str) -> None:
    port, heard = eavesdropper
    described_as(footnote, {"url_private_download": address.format(port=port)})
    assert "not one of Slack's" in alive(dropped(footnote, "", PDF))
    assert heard == []


@pytest.mark.parametrize(
    "address",
    [
        "http://files.slack.com/x",
        "https://files.slack.com:8443/x",
        "https://files.slack.com.evil.example/x",
        "https://files.slack.com@evil.example/x",
        "https://evil.example/files.slack.com",
        "https://slack.com/x",
        "https://xfiles.slack.com/x",
        "//files.slack.com/x",
        "",
    ],
)
def test_only_slacks_own_file_hosts_are_asked_and_only_over_tls(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        file_address(address, "https://slack.com/api/")


@pytest.mark.parametrize("host", sorted(HOSTS))
def test_slacks_file_hosts_are_asked(host: str) -> None:
    address = f"https://{host}/files-pri/T1-F1/a.pdf"
    assert file_address(address, "https://slack.com/api/") == httpx.URL(address)


def test_the_page_to_sign_in_on_is_no_file(footnote: Any) -> None:
    workspace = footnote.slack.workspace
    described_as(
        footnote, {"url_private_download": f"{footnote.slack.url}/files-pri/{workspace.team.id}-FNOWHERE/x.pdf"}
    )
    assert "permission to read files" in alive(dropped(footnote, "", PDF))
    assert footnote.shelf.files == {}


def test_guests_have_no_files_read(footnote: Any) -> None:
    slack = footnote.slack
    ts = slack.post("gus", "partners", footnote.at(""), files=[PDF])
    slack.wait_for(lambda: footnote.replies("partners", ts) or footnote.replies(slack.im("gus")))
    assert footnote.shelf.files == {}


def test_a_kill_between_download_and_reading_ends_in_one_reply(child: Any) -> None:
    slack, direct = child.slack, child.slack.im("maya")
    child.start("file-downloaded")
    ts = slack.post("maya", direct, "", files=[PDF])
    child.died()
    child.start()
    ours = lambda: [alive(m) for m in slack.messages(direct, ts) if m.user == slack.bot_user and not m.is_deleted]  # noqa: E731
    slack.wait_for(lambda: ours())
    assert ours() == ["I have read report.pdf (12 pages). Ask me about it here."]


def test_over_http_a_file_is_read_too(served: Any) -> None:
    assert "I have read report.pdf (12 pages)." in alive(dropped(served, "", PDF))


def test_every_file_of_a_message_beyond_ten_is_left_and_named(start: Callable[..., Any]) -> None:
    footnote = start()
    reply = dropped(footnote, "", *[(f"n{n}.pdf", b"%PDF-1.7") for n in range(12)])
    assert "Not read: n11.pdf. I read at most ten files" in alive(reply)
    assert len(footnote.shelf.files) == 10
