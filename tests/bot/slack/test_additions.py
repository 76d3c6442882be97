"""Files and links become part of the library when an administrator says so, and only then."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.slack.surface import ADD_HERE, ADD_TO_LIBRARY, ADD_TO_WORKSPACE
from vectorstore.schema import audit

PDF = ("report.pdf", b"%PDF-1.7 a report")


def offered(footnote: Any, text: str, *files: tuple[str, bytes], user: str = "ada") -> Any:
    slack = footnote.slack
    before = len(footnote.replies("general"))
    ts = slack.post("tomas", "general", text, files=files)
    slack.shortcut(user, ADD_TO_LIBRARY, slack.message("general", ts)).wait()
    return footnote.reply(slack.workspace.general, count=before + 1)


def alive(text: str) -> str:
    """Without what keeps names that look like addresses from becoming links."""
    return text.replace("\u2060", "")


def report(footnote: Any, user: str = "ada") -> str:
    slack = footnote.slack
    direct = slack.im(user)
    done = lambda: [m.text for m in footnote.replies(direct) if "Done" in m.text]  # noqa: E731
    return alive(slack.wait_for(lambda: done() or None)[-1])


def audited(footnote: Any) -> list[tuple[str, str]]:
    with footnote.database.read() as connection:
        return [(row.action, row.decision) for row in connection.execute(select(audit).order_by(audit.c.id))]


def test_the_scope_is_chosen_before_anything_is_read(footnote: Any) -> None:
    offer = offered(footnote, "our report", PDF)
    assert offer.ephemeral_for == footnote.slack.workspace.admin.id
    assert "report.pdf" in alive(offer.text)
    assert footnote.shelf.jobs == []


def test_a_file_is_added_for_everybody_with_a_report_and_an_audit_row(footnote: Any) -> None:
    offer = offered(footnote, "our report", PDF)
    footnote.slack.click("ada", offer, ADD_TO_WORKSPACE).wait()
    assert report(footnote) == "Added to the library for everybody in the workspace.\n• report.pdf\nDone: 1 new."
    assert footnote.shelf.jobs == [("keep", "report.pdf workspace", footnote.slack.workspace.admin.id)]
    footnote.settled()
    assert audited(footnote)[-1] == ("add", "done")


def test_what_could_not_be_read_is_not_said_to_be_added(footnote: Any) -> None:
    offer = offered(footnote, "see <https://harbour.example/broken>")
    footnote.slack.click("ada", offer, ADD_TO_WORKSPACE).wait()
    told = report(footnote)
    assert told == "Done: 1 failed.\nFailed: https://harbour.example/broken: the page is encrypted"


def test_a_link_is_added_for_the_channel(footnote: Any) -> None:
    offer = offered(footnote, "see <https://harbour.example/timetable?a=1&amp;b=2|the timetable>")
    footnote.slack.click("ada", offer, ADD_HERE).wait()
    assert "Done: 1 new, 1 unchanged." in report(footnote)
    assert footnote.shelf.jobs[0][:2] == ("ingest", "https://harbour.example/timetable?a=1&b=2")


def test_two_clicks_are_one_job(footnote: Any) -> None:
    offer = offered(footnote, "our report", PDF)
    for _ in range(2):
        footnote.slack.click("ada", offer, ADD_TO_WORKSPACE).wait()
    report(footnote)
    footnote.settled()
    assert len(footnote.shelf.jobs) == 1


def test_others_may_not_and_are_told(footnote: Any) -> None:
    reply = offered(footnote, "our report", PDF, user="maya")
    assert "Footnote's administrators" in reply.text
    footnote.settled()
    assert audited(footnote)[-1] == ("add", "refused")


def test_the_button_under_a_file_that_was_read_adds_it(footnote: Any) -> None:
    slack = footnote.slack
    ts = slack.post("ada", "general", footnote.at(""), files=[PDF])
    reply = footnote.reply(slack.workspace.general, ts)
    slack.click("maya", reply, ADD_TO_WORKSPACE).wait()
    footnote.settled()
    assert [job for job in footnote.shelf.jobs if job[0] == "keep"] == []
    slack.click("ada", reply, ADD_HERE).wait()
    assert "for that channel only" in report(footnote)
    assert ("keep", f"report.pdf channel:{slack.workspace.general.id}", slack.workspace.admin.id) in footnote.shelf.jobs
    assert alive(slack.message("general", reply.ts).text).startswith("I have read report.pdf")


def test_what_fails_is_in_the_report(footnote: Any) -> None:
    offer = offered(footnote, "see <https://harbour.example/broken>", ("bad.pdf", b"broken"))
    footnote.slack.click("ada", offer, ADD_TO_WORKSPACE).wait()
    told = report(footnote)
    assert "2 failed" in told
    assert "bad.pdf: The document is damaged." in told


def test_a_message_with_nothing_to_add_says_so(footnote: Any) -> None:
    assert "no files and no links" in offered(footnote, "hello").text


def test_a_forged_button_value_adds_nothing(footnote: Any) -> None:
    slack = footnote.slack
    offer = offered(footnote, "our report", PDF)
    offer.blocks[-1]["elements"][0]["value"] = "question:../../etc"
    slack.click("ada", offer, ADD_TO_WORKSPACE).wait()
    slack.wait_for(lambda: any("I do not know any more" in m.text for m in footnote.replies("general")))
    assert footnote.shelf.jobs == []


def test_a_page_that_is_not_in_the_library_is_read_for_one_summary(footnote: Any) -> None:
    slack = footnote.slack
    slack.slash("maya", "general", "/summarize", "https://news.example/page").wait()
    reply = footnote.reply(slack.workspace.general)
    assert reply.ephemeral_for == slack.workspace.member.id
    assert "Read just now, for this answer; it is not in the library." in reply.text
    assert "The page says this." in reply.text
    assert reply.blocks[-1]["type"] != "actions"
    assert footnote.shelf.jobs == [("read", "https://news.example/page", "False")]


def test_an_administrator_can_add_the_page_that_was_read(footnote: Any) -> None:
    slack = footnote.slack
    slack.slash("ada", "general", "/summarize", "https://news.example/page").wait()
    slack.click("ada", footnote.reply(slack.workspace.general), ADD_TO_WORKSPACE).wait()
    assert "Done: 1 new" in report(footnote)
    assert footnote.shelf.jobs[-1][:2] == ("ingest", "https://news.example/page")


def test_a_page_in_the_library_is_summarised_from_there(footnote: Any) -> None:
    slack = footnote.slack
    slack.slash("maya", "general", "/summarize", "https://harbour.example/storm").wait()
    reply = footnote.reply(slack.workspace.general)
    assert footnote.shelf.jobs == []
    assert "Read just now" not in reply.text


def test_a_page_that_cannot_be_read_is_said_to_be(footnote: Any) -> None:
    footnote.slack.slash("maya", "general", "/summarize", "https://news.example/broken").wait()
    assert "I could not read it: The page is empty." in footnote.reply(footnote.slack.workspace.general).text


def test_one_person_has_so_many_pages_read_in_an_hour(footnote: Any) -> None:
    slack = footnote.slack
    for number in range(11):
        slack.slash("maya", "general", "/summarize", f"https://news.example/{number}").wait()
        footnote.reply(slack.workspace.general, count=number + 1)
    assert "You have had 10 pages read" in footnote.replies("general")[-1].text
    assert len(footnote.shelf.jobs) == 10
    slack.slash("tomas", "general", "/summarize", "https://news.example/more").wait()
    assert "The page says this." in footnote.reply(slack.workspace.general, count=12).text


def test_over_http_a_file_is_added_too(served: Any) -> None:
    offer = offered(served, "our report", PDF)
    served.slack.click("ada", offer, ADD_TO_WORKSPACE).wait()
    assert "Done: 1 new" in report(served)
