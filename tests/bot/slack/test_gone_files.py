"""A file of the library that is deleted in Slack, or shared no more: who is told, and what goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def kept(footnote: Any, user: str, place: Any, action: str) -> str:
    """Share a file there and add it to the library; returns its id."""
    slack = footnote.slack
    ts = slack.post(user, place, "minutes", files=[("minutes.md", b"# Minutes\n\nThe ferry sails at nine.")])
    before = len(footnote.replies(place))
    slack.shortcut("ada", "add_to_library", slack.message(place, ts)).wait()
    footnote.settled()
    slack.click("ada", footnote.reply(place, count=before + 1), action).wait()
    footnote.settled()
    return str(slack.message(place, ts).files[0].id)


def letter(footnote: Any, user: str, told: str) -> Any:
    """Our message that tells a person so, waited for."""
    direct = footnote.slack.im(user)
    return footnote.slack.wait_for(lambda: [each for each in footnote.replies(direct) if told in each.text])[-1]


def test_whoever_added_a_file_is_told_that_it_was_deleted_and_removes_it_with_a_click(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    file = kept(footnote, "maya", general, "add_for_everybody")
    slack.delete_file("maya", file)
    told = letter(footnote, "ada", "was deleted in Slack. I still answer")
    assert file in footnote.shelf.rows
    slack.click("ada", told, "remove_source").wait()
    footnote.settled()
    slack.click("ada", letter(footnote, "ada", "Remove “minutes"), "asked_and_confirmed").wait()
    footnote.settled()
    assert file not in footnote.shelf.rows


def test_a_file_that_its_channel_shares_no_more_is_told_once_it_is_nowhere_its_readers_are(footnote: Any) -> None:
    slack, general = footnote.slack, footnote.slack.workspace.general
    file = kept(footnote, "maya", general, "add_for_channel")
    shares = [message for message in slack.messages(general) if any(each.id == file for each in message.files)]
    slack.delete("maya", general, shares[0].ts)
    letter(footnote, "ada", "is no longer shared where its readers are")
    assert file in footnote.shelf.rows


def test_where_it_is_set_so_a_deleted_file_goes_at_once(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",), removes_deleted_files=True)
    slack, general = footnote.slack, footnote.slack.workspace.general
    file = kept(footnote, "maya", general, "add_for_everybody")
    direct = slack.im("tomas")
    footnote.slack.post("tomas", direct, "was the ferry late?", files=[("rota.md", b"# Rota\n\nThe ferry was late.")])
    footnote.slack.wait_for(lambda: footnote.shelf.files)
    footnote.settled()
    [(_, read)] = footnote.shelf.files
    slack.delete_file("maya", file)
    assert "remove_source" not in str(letter(footnote, "ada", "so I have removed it").blocks)
    assert file not in footnote.shelf.rows
    slack.delete_file("tomas", read)
    footnote.until(lambda: not footnote.shelf.files, lambda: footnote.shelf.files)
