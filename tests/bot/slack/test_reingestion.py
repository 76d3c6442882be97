"""Re-ingestion from Slack: a plan first, then Run or Cancel, one message from the first look to the report."""

from __future__ import annotations

from typing import Any

import pytest


def planned(footnote: Any, wanted: str = "s1") -> Any:
    """Ask for a plan; returns the message in the direct conversation once the plan stands in it."""
    direct = footnote.slack.im("ada")
    before = len(footnote.replies(direct))
    footnote.slack.slash("ada", footnote.slack.workspace.general, "/footnote", f"reingest {wanted}").wait()
    footnote.settled()
    return footnote.reply(direct, count=before + 1)


def jobs(footnote: Any) -> list[tuple[str, str | None]]:
    return [(what, object) for what, object, _ in footnote.shelf.jobs]


def pressed(footnote: Any, message: Any, action: str, user: str = "ada") -> str:
    footnote.slack.click(user, message, action).wait()
    footnote.settled()
    text = footnote.slack.message(footnote.slack.im("ada"), message.ts).text
    return str(text).replace("\u2060", "")  # what keeps addresses from becoming links


def test_a_plan_shows_the_old_and_the_new_sentence_and_changes_nothing(footnote: Any) -> None:
    message = planned(footnote)
    assert "Plan for Storm closes the strait: 1 changed, 3 unchanged" in message.text
    assert "− The ferry sails at eight." in message.text
    assert "+ The ferry sails at nine." in message.text
    assert "2 passages to take in" in message.text
    assert jobs(footnote) == [("plan", "s1")]
    [pointer] = footnote.replies(footnote.slack.workspace.general)
    assert pointer.ephemeral_for == footnote.slack.workspace.admin.id


def test_run_carries_the_plan_out_in_the_same_message(footnote: Any) -> None:
    message = planned(footnote)
    assert pressed(footnote, message, "plan_run") == "Storm closes the strait\nDone: 1 changed."
    assert jobs(footnote) == [("plan", "s1"), ("apply", "p2")]
    frames = [frame.text for frame in footnote.slack.message(footnote.slack.im("ada"), message.ts).frames]
    assert any("██████████░░░░░░░░░░ 50%" in text and "1 changed" in text for text in frames)
    assert any("started by ada" in text.casefold() for text in frames)
    assert len(footnote.replies(footnote.slack.im("ada"))) == 1


def test_two_clicks_are_one_job(footnote: Any) -> None:
    message = planned(footnote)
    for click in [footnote.slack.click("ada", message, "plan_run") for _ in range(2)]:
        click.wait()
    footnote.settled()
    assert jobs(footnote) == [("plan", "s1"), ("apply", "p2")]


def test_cancel_changes_nothing(footnote: Any) -> None:
    assert "Nothing was changed" in pressed(footnote, planned(footnote), "plan_cancel")
    assert jobs(footnote) == [("plan", "s1"), ("cancel", "p2")]


def test_a_plan_without_changes_has_nothing_to_press(footnote: Any) -> None:
    message = planned(footnote, "all")
    assert "1 unchanged" in message.text
    assert [block["type"] for block in message.blocks if block["type"] == "actions"] == []


def test_what_failed_is_told_with_its_reason_and_can_be_tried_again(footnote: Any) -> None:
    footnote.shelf.breaks = True
    message = planned(footnote)
    assert "Failed: https://a.example/broken: the page is encrypted" in pressed(footnote, message, "plan_run")
    footnote.shelf.breaks = False
    message = footnote.slack.message(footnote.slack.im("ada"), message.ts)
    assert pressed(footnote, message, "plan_again").endswith("Done: 1 changed.")
    assert jobs(footnote)[-2:] == [("renew", "p2"), ("apply", "p2-again")]


def test_what_fails_again_can_be_tried_once_more(footnote: Any) -> None:
    footnote.shelf.breaks = True
    message = planned(footnote)
    pressed(footnote, message, "plan_run")
    for again in ("p2-again", "p2-again-again"):
        pressed(footnote, footnote.slack.message(footnote.slack.im("ada"), message.ts), "plan_again")
        assert jobs(footnote)[-1] == ("apply", again)


def test_a_plan_with_nothing_but_failures_offers_to_try_again_or_to_close(footnote: Any) -> None:
    footnote.shelf.breaks = True
    message = planned(footnote, "#broken")
    assert "Nothing can be taken in" in message.text
    labels = [element["text"]["text"] for block in message.blocks[-1:] for element in block["elements"]]
    assert labels == ["Retry", "Close"]
    footnote.shelf.breaks = False
    assert pressed(footnote, message, "plan_again").endswith("Done: 1 changed.")


def test_a_plan_that_waits_says_for_what_and_who_started_that(footnote: Any) -> None:
    footnote.shelf.before = ("Ferry times", footnote.slack.workspace.user("maya").id)
    message = planned(footnote)
    pressed(footnote, message, "plan_run")
    frames = [frame.text for frame in footnote.slack.message(footnote.slack.im("ada"), message.ts).frames]
    assert any("it waits for ferry times, started by maya." in text.casefold() for text in frames)


def test_a_tag_nobody_has_is_told(footnote: Any) -> None:
    assert "No source has the tag #unheard." in planned(footnote, "#unheard").text


def test_somebody_no_longer_on_the_list_cannot_run_a_plan(footnote: Any) -> None:
    message = planned(footnote)
    footnote.slack.workspace.admin.is_restricted = True
    footnote.app.people._known.clear()  # a minute has passed
    footnote.slack.click("ada", message, "plan_run").wait()
    footnote.settled()
    assert jobs(footnote) == [("plan", "s1")]


def test_over_signed_http_it_is_the_same(served: Any) -> None:
    assert pressed(served, planned(served), "plan_run") == "Storm closes the strait\nDone: 1 changed."


@pytest.mark.parametrize("failpoint", ["", "after-report"])
def test_a_plan_under_way_survives_a_kill_with_one_report(child: Any, failpoint: str) -> None:
    """Killed while it works, and once more when it has just told what it did."""
    slack, direct = child.slack, child.slack.im("ada")
    if failpoint:
        (child.directory / "lives-on").touch()
    child.start(failpoint)
    slack.slash("ada", direct, "/footnote", "reingest #ferries")
    ours = lambda: [m for m in slack.messages(direct) if m.user == slack.bot_user]  # noqa: E731
    message = slack.wait_for(lambda: [m for m in ours() if "Plan for" in m.text])[0]
    slack.click("ada", message, "plan_run")
    child.died()
    child.start()
    slack.wait_for(lambda: [m.text for m in ours()] == ["Storm closes the strait\nDone: 1 changed."])
