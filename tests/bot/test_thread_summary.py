"""What a summary of a conversation holds, told on invented ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.relevance import Embed
from bot.speech_acts import act
from bot.thread_summary import Point, Said, summarize_conversation

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def talk(script: str) -> list[Said]:
    """One message a line: `Name: what is said`, a minute apart."""
    lines = [line.strip() for line in script.strip().splitlines()]
    return [
        Said(f"m{n}", *line.split(": ", 1), START + timedelta(minutes=n)) for n, line in enumerate(lines) if line
    ]  # fmt: skip


LAUNCH = """
Mira: Morning all! The tide app goes to the harbours next week, so we have to settle the date.
Jon: The map tiles still load in four seconds on old phones.
Mira: How many harbours have signed the contract?
Edda: Eleven of the fourteen have signed, Skarv and the two on Ulv are missing.
Jon: How about we launch on Tuesday the 12th?
Mira: Sounds good to me.
Edda: I'll write to the three harbours that have not signed.
Jon: Thanks!
Pia: The weather service raised its price to 300 crowns a month.
Mira: Who pays for the weather data after June?
Jon: Good question, I don't know.
Pia: We have not decided yet whether the app shows the currents.
"""


def of_kind(points: tuple[Point, ...], kind: str) -> list[str]:
    return [point.quote for point in points if point.kind == kind]


def test_decisions_actions_and_open_questions_are_told_apart(embed: Embed) -> None:
    points = summarize_conversation(talk(LAUNCH), embed=embed, limit=8)
    assert of_kind(points, "decision") == ["How about we launch on Tuesday the 12th?", "Sounds good to me."]
    assert of_kind(points, "action") == ["I'll write to the three harbours that have not signed."]
    assert "Who pays for the weather data after June?" in of_kind(points, "open")
    assert "We have not decided yet whether the app shows the currents." in of_kind(points, "open")


def test_an_answered_question_stands_before_its_answer(embed: Embed) -> None:
    quotes = [point.quote for point in summarize_conversation(talk(LAUNCH), embed=embed, limit=10)]
    question = quotes.index("How many harbours have signed the contract?")
    assert quotes[question + 1].startswith("Eleven of the fourteen")


def test_a_decision_that_was_taken_back_is_not_shown_without_what_took_it_back(embed: Embed) -> None:
    conversation = talk("""
        Mira: We decided to paint the boat shed red.
        Jon: The fence by the boat shed needs new posts.
        Pia: I will order the posts on Monday.
        Edda: Actually, we no longer paint the boat shed red, the council wants it brown.
    """)
    for limit in (2, 3, 4):
        quotes = " ".join(point.quote for point in summarize_conversation(conversation, embed=embed, limit=limit))
        assert ("decided to paint" in quotes) <= ("council wants it brown" in quotes)
    assert "council wants it brown" in quotes


def test_small_talk_and_code_are_left_out(embed: Embed) -> None:
    conversation = talk("""
        Mira: Good morning everyone!
        Jon: thanks!
        Pia: 👍
        Mira: The backup of the archive failed at three in the night.
        Jon: ```tar: cannot open the archive file```
    """)
    points = summarize_conversation(conversation, embed=embed)
    assert [point.quote for point in points] == ["The backup of the archive failed at three in the night."]


def test_a_conversation_that_says_nothing_has_no_points(embed: Embed) -> None:
    assert summarize_conversation([], embed=embed) == ()
    assert summarize_conversation(talk("Jon: hi\nPia: hello Jon"), embed=embed) == ()


def test_the_whole_length_is_covered(embed: Embed) -> None:
    subjects = "crane pump winch sail rudder anchor mast cabin engine deck hull keel lamp radio rope net".split()
    script = "\n".join(f"{'Jon' if n % 2 else 'Mira'}: The {subject} of the ship was repaired in Skarv at noon."
                       for n, subject in enumerate(subjects * 4))  # fmt: skip
    conversation = talk(script)
    points = summarize_conversation(conversation, embed=embed, limit=8)
    places = [int(point.message_id[1:]) for point in points]
    quarters = {place * 4 // len(conversation) for place in places}
    assert quarters == {0, 1, 2, 3}
    assert places == sorted(places)


def test_messages_are_read_by_their_time(embed: Embed) -> None:
    conversation = talk(LAUNCH)
    assert summarize_conversation(conversation[::-1], embed=embed) == summarize_conversation(conversation, embed=embed)


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("We decided to close the pool.", "decision"),
        ("Decision: the pool closes in May.", "decision"),
        ("Let's go with the blue tiles.", "decision"),
        ("We have not decided yet.", "open"),
        ("It is still unclear who pays.", "open"),
        ("I'll send the invoice tomorrow.", "action"),
        ("TODO: call the plumber", "action"),
        ("Edda will call the plumber.", "action"),
        ("Can you call the plumber?", "request"),
        ("Should we close the pool in May?", "proposal"),
        ("When does the pool close?", "question"),
        ("Any idea when the pool closes", "question"),
        ("Sounds good", "assent"),
        ("No, that is too early.", "refusal"),
        ("I don't know.", "ignorance"),
        ("The pool has 40 lockers.", "statement"),
    ],
)
def test_what_a_sentence_does(sentence: str, does: str) -> None:
    assert act(sentence) == does


_WORDS = st.sampled_from(
    "we decided ship ? . actually I'll send yes no pool ``` 👍 TBD Pia can you the blue 12 \n".split(" ")
)


@settings(max_examples=40)
@given(
    messages=st.lists(st.lists(_WORDS, max_size=20).map(" ".join), max_size=12),
    limit=st.integers(1, 8),
)
def test_every_point_is_said_word_for_word_by_its_speaker(messages: list[str], limit: int, embed: Embed) -> None:
    said = [Said(f"m{n}", f"Speaker {n % 3}", text, START + timedelta(minutes=n)) for n, text in enumerate(messages)]
    by_id = {message.id: message for message in said}
    points = summarize_conversation(said, embed=embed, limit=limit)
    assert len(points) <= limit
    assert len(set(points)) <= len(points)
    for point in points:
        assert point.quote in by_id[point.message_id].text
        assert point.speaker == by_id[point.message_id].speaker
