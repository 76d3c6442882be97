""" "Check this message": each sentence with its verdict and quotes, for whoever asked alone."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from bot.check import Checked, Finding
from bot.slack.check_parts import ICONS, check_parts
from bot.slack.language import languages, strings_of
from bot.slack.surface import CHECK_MESSAGE
from bot.slack.surfaces.checks import first_sentences
from bot.values import Citation

TEXT = "The ferry was cancelled. The ferry did not sail. The mayor left. Who knew?"


def checked(footnote: Any, text: str, user: str = "maya", files: Any = ()) -> Any:
    slack = footnote.slack
    before = len(footnote.replies(slack.workspace.general))
    ts = slack.post("tomas", "general", text, files=files)
    slack.shortcut(user, CHECK_MESSAGE, slack.message("general", ts)).wait()
    return footnote.reply(slack.workspace.general, count=before + 1)


def test_every_sentence_has_its_verdict_and_its_quotes(footnote: Any) -> None:
    reply = checked(footnote, TEXT)
    assert reply.ephemeral_for == footnote.slack.workspace.member.id
    lines = reply.text.splitlines()
    assert lines[0] == "This message against the documents: ✅ 1  ❌ 1  ❓ 1  💭 1"
    assert lines[1] == "✅ Supported: The ferry was cancelled."
    assert lines[2].startswith("• “The ferry to Skarn was cancelled on Monday.” [1] Storm closes the strait")
    assert "❌ Contradicted: The ferry did not sail." in lines
    assert "❓ Not in the documents: The mayor left." in lines
    assert "💭 Not a claim: Who knew?" in lines


def test_it_is_held_against_what_the_asker_may_read_there(footnote: Any) -> None:
    checked(footnote, TEXT)
    [(text, scopes)] = footnote.oracle.checked
    general, maya = footnote.slack.workspace.general.id, footnote.slack.workspace.member.id
    assert (text, set(scopes)) == (TEXT, {"workspace", f"channel:{general}", f"user:{maya}"})


def test_the_quotes_are_shown_in_their_passages(footnote: Any) -> None:
    reply = checked(footnote, TEXT)
    footnote.slack.click("maya", reply, "show_quotes").wait()
    slack = footnote.slack
    view = slack.wait_for(lambda: [v for v in slack.views("maya") if v.versions])[0]
    assert "Storm Hilde reached the coast" in str(view.content)


def test_nothing_of_the_message_is_kept(footnote: Any) -> None:
    checked(footnote, "The ferry carried a zebra. Ferries are late.")
    footnote.settled()
    with footnote.database.read() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
    assert "zebra" not in dump


def test_of_a_long_message_the_first_twenty_sentences_are_checked_and_it_says_so(footnote: Any) -> None:
    reply = checked(footnote, " ".join(f"The mayor said number {n}." for n in range(30)))
    assert "Only the first 20 sentences were checked; not checked: 10." in footnote.replies("general")[-1].text
    assert "number 19" in footnote.oracle.checked[0][0]
    assert "number 20" not in footnote.oracle.checked[0][0]
    assert reply


def test_sentences_are_counted_over_lines() -> None:
    assert first_sentences("One is here. Two is here.\nThree is here. Four is here.", 3) == (
        "One is here. Two is here.\nThree is here.",
        1,
    )
    assert first_sentences("One is here.", 3) == ("One is here.", 0)


def test_files_beside_the_text_are_said_to_be_left_out(footnote: Any) -> None:
    reply = checked(footnote, TEXT, files=[("photo.png", b"x")])
    assert "Only the text was checked" in reply.text


def test_a_message_without_words_cannot_be_checked(footnote: Any) -> None:
    assert "no text that I could check" in checked(footnote, ":wave:").text


def test_a_check_that_failed_is_done_again_by_its_button(footnote: Any) -> None:
    slack = footnote.slack
    footnote.oracle.failures = 1
    failed = checked(footnote, TEXT)
    assert "reference F-" in failed.text
    slack.click("maya", failed, "retry").wait()
    slack.wait_for(lambda: any("Supported: The ferry" in m.text for m in footnote.replies(slack.workspace.general)))


def test_mentions_and_links_of_the_message_stay_dead(footnote: Any) -> None:
    reply = checked(footnote, "The ferry is late <!channel> <https://evil.example/x|look>.")
    assert "<!channel>" not in reply.text
    assert "<https://evil.example" not in reply.text


def test_over_http_a_message_is_checked_too(served: Any) -> None:
    assert "✅ Supported: The ferry was cancelled." in checked(served, TEXT).text


def cited(sentence: str, verdict: Finding, *quotes: int) -> Checked:
    facts = {"url": None, "publisher": "Harbour Post", "published": None, "document": "d", "start": 0, "end": 200}
    return Checked(
        sentence,
        verdict,
        tuple(Citation(n=n, quote="quay " * 40, title="Storm", version=str(n), **facts) for n in quotes),
    )


@pytest.mark.parametrize("code", languages())
def test_every_verdict_has_its_icon_and_its_word(code: str) -> None:
    checked = [cited(f"Sentence {n}.", verdict) for n, verdict in enumerate(get_args(Finding))]
    [part] = check_parts(checked, None, (), strings_of(code))
    lines = part.text.splitlines()[1:]
    assert [line.partition(" ")[0] for line in lines] == list(ICONS.values())
    assert len({line.partition(":")[0] for line in lines}) == len(ICONS)


def test_many_sentences_with_many_quotes_fit_the_five_messages_that_slack_lets_through() -> None:
    checked = [cited("A sentence of the message. " * 4, "supported", *range(n * 4 + 1, n * 4 + 5)) for n in range(20)]
    parts = check_parts(checked, "a", (), strings_of("en"))
    assert len(parts) <= 5
    assert "[77]" in parts[-1].text
    assert "[78]" not in parts[-1].text


def test_both_sides_of_what_is_disputed_are_shown_however_many_sentences_there_are() -> None:
    checked = [cited(f"Sentence {n}.", "disputed", 3 * n + 1, 3 * n + 2, 3 * n + 3) for n in range(12)]
    text = "".join(part.text for part in check_parts(checked, "a", (), strings_of("en")))
    assert "[1]" in text
    assert "[2]" not in text
    assert "[3]" in text
