"""What no word announces: a supposed cause, the event that a mail's subject names, who a by-line names, what a heading says of
its items."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.enough import assess
from bot.extractive import compose
from bot.kinds import SUPPOSED
from bot.relevance import Embed
from bot.shapes import shaped
from vectorstore.values import Passage, Version

MILL = (
    "The sugar mill at Orva burned down on Friday night. Forty tonnes of sugar were lost. The insurers think that a belt had "
    "run hot; investigators believe that a stove was left alight in the drying loft. "
    "The mill was built in 1908 and employed 80 people."
)
CRASH = (
    "The night train left the rails near Ulv at 2:40. Nine passengers were hurt. An inquiry found that two bolts were missing "
    "from the points. The line was laid in 1911."
)
SERVER = (
    "At 9:10 the booking service stopped to answer. About 700 bookings failed. The limit of open files had been set to 64 "
    "instead of 6400 in the morning's release. The release was taken back at 9:55."
)
NOTES = (
    "# Grebe 2 release notes\n\n## Added\n\n- A map in the margin.\n- Marks in three colours.\n\n## Removed\n\n"
    "- Support for Windows 7.\n- Printing to fax.\n"
)
MAIL = (
    "Dear all,\n\nit will be on Thursday 4 June, starting at 8:15. Please empty your lockers.\n\n"
    "The lease of the old workshop ends in July."
)
FIRM = (
    "Tolle & Sons turns ninety this month. The firm from Skarv makes oars, masts and paddles. It was founded by Lars Tolle, and "
    "his grandson Nils Tolle has run it since 1999. The firm was flooded in 1965."
)


@pytest.fixture
def shown(embed: Embed, found: Callable[..., list[Passage]]) -> Callable[..., list[str]]:
    def ask(question: str, *versions: Version) -> list[str]:
        passages = found(question, *versions)
        if not assess(question, passages, embed=embed).enough:
            return []
        return [draft.text for draft in shaped(compose(question, passages, embed=embed).drafts)]

    return ask


@pytest.mark.parametrize(
    ("question", "text", "title", "cause"),
    [
        ("What caused the fire at the sugar mill?", MILL, "Fire at the sugar mill of Orva", "a stove was left alight"),
        ("Why did the train derail?", CRASH, "Train derails near Ulv", "two bolts were missing"),
        ("What caused the outage of the booking service?", SERVER, "Outage of the booking service", "64 instead"),
    ],
)
def test_a_supposed_cause_answers(
    question: str, text: str, title: str, cause: str, shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    sentences = shown(question, version("Post", text, title=title))
    assert sentences
    assert cause in sentences[0]


def test_a_cause_that_is_told_is_not_put_behind_a_supposed_one(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    text = "The pier of Hov fell because its piles had rotted. The police believe that nobody was on it. It was built in 1890."
    assert (
        "because its piles had rotted" in shown("Why did the pier of Hov fall?", version("Post", text, title="Pier"))[0]
    )


@pytest.mark.parametrize(
    ("text", "supposed"),
    [
        ("The police believe that a lamp was overturned.", True),
        ("Engineers traced the leak to a seal.", True),
        ("The captain blamed the fog.", True),
        ("The police came at noon.", False),
        ("The report has nine pages.", False),
    ],
)
def test_who_inquires_and_supposes_tells_a_cause(text: str, supposed: bool) -> None:
    assert bool(SUPPOSED.search(text)) is supposed


def test_an_item_is_shown_under_its_heading(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    notes = version("", NOTES, title="Grebe 2 release notes")
    assert shown("Does Grebe have support for Windows 7?", notes)[:2] == ["Removed", "Support for Windows 7."]
    assert shown("Which Windows is no longer supported?", notes)[:2] == ["Removed", "Support for Windows 7."]
    assert shown("What was removed in Grebe 2?", notes) == ["Support for Windows 7.", "Printing to fax."]


def test_the_subject_of_a_mail_says_what_it_is(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    mail = version("", MAIL, title="Move to the new workshop in Quay Street")
    assert shown("When is the move to the new workshop?", mail) == ["it will be on Thursday 4 June, starting at 8:15."]


def test_a_by_line_says_who_wrote(shown: Callable[..., list[str]], version: Callable[..., Version]) -> None:
    text = "Fog on the sound\n\nPublisher: Post\nBy Ebba Lund\n\nThe ferries lay still for two days. A pilot wrote the log."
    story = version("Post", text, title="Fog on the sound")
    assert shown("Who wrote the article about the fog on the sound?", story) == ["By Ebba Lund"]
    assert shown("Who wrote this?", story) == ["By Ebba Lund"]
    assert shown("Who is Ebba Lund?", story) == ["By Ebba Lund"]


def test_what_is_made_is_told_without_the_rest_about_the_firm(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    answer = shown("What does the firm make?", version("Post", FIRM, title="Tolle & Sons turns ninety"))
    assert answer == ["The firm from Skarv makes oars, masts and paddles."]


def test_a_rule_says_when_by_what_has_to_be_so(
    shown: Callable[..., list[str]], version: Callable[..., Version]
) -> None:
    rules = (
        "A permit is needed for fires wider than two metres. Dogs are kept on a lead. The beach is raked on Mondays."
    )
    answer = shown("When do you need a permit for fires?", version("Town", rules, title="Rules of the beach"))
    assert answer[:1] == ["A permit is needed for fires wider than two metres."]
