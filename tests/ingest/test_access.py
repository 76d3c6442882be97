"""Pages that show less than they promise are told apart from short pages that hold all there is."""

from __future__ import annotations

import json

import pytest

from ingest.errors import ParseRefused
from ingest.parse import Parsed, parse

LEDE = (
    "<p>The council of Skarn will vote next week on a second ferry, which three of its members have already called too dear.</p>"
    "<p>The plan, which the Coast Ledger has seen, foresees a ship for ninety cars and a crossing every two hours.</p>"
)
STORY = LEDE * 10
BRIEF = "<p>The ferry to Skarn does not sail today because of the storm, the harbour office said on Monday morning.</p>"
APP = '<div id="root"></div><script src="/app.js"></script>'


def page(body: str, *, title: str = "A second ferry for Skarn", head: str = "") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1>{body}</article>"
        "<footer>Subscribe to our newsletter. Already a subscriber? Log in</footer></body></html>"
    )


def linked(**said: object) -> str:
    thing = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "A second ferry for Skarn", **said}
    return f'<script type="application/ld+json">{json.dumps(thing)}</script>'


def read(markup: str) -> Parsed:
    return parse(markup.encode(), name="https://ledger.example/ferry", media_type="text/html")


PART = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"}
REFUSED = {
    "it says that it is not free": (page(LEDE, head=linked(isAccessibleForFree=False)), "for_subscribers"),
    "it says so in a word": (page(LEDE, head=linked(isAccessibleForFree="False")), "for_subscribers"),
    "its paid part is not there": (page(LEDE, head=linked(isAccessibleForFree=False, hasPart=PART)), "for_subscribers"),
    "it has more words than it shows": (
        page(STORY, head=linked(isAccessibleForFree=False, wordCount=1900)),
        "for_subscribers",
    ),
    "it names its tier": (
        page(LEDE, head='<meta property="article:content_tier" content="locked">'),
        "for_subscribers",
    ),
    "subscribe to go on": (page(LEDE + "<p>Subscribe to continue reading this article.</p>"), "for_subscribers"),
    "the limit is reached": (page(LEDE + "<p>You’ve reached your limit of free articles.</p>"), "for_subscribers"),
    "for subscribers": (page(LEDE + "<h3>This article is for subscribers only</h3>"), "for_subscribers"),
    "German": (page(LEDE + "<p>Dieser Artikel ist nur für Abonnenten verfügbar.</p>"), "for_subscribers"),
    "French": (
        page(LEDE + "<p>Il vous reste 80 % de cet article à lire. La suite est réservée aux abonnés.</p>"),
        "for_subscribers",
    ),
    "Spanish": (page(LEDE + "<p>Suscríbete para seguir leyendo</p>"), "for_subscribers"),
    "an empty application": (
        f"<html><head><title>Ferry</title></head><body>{APP}<p>Loading…</p></body></html>",
        "page_next_to_empty",
    ),
    "an application without its script": (
        f"<html><head><title>Ferry</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript>"
        f"{APP}<p>Harbour Post</p></body></html>",
        "page_next_to_empty",
    ),
    "more in its description": (
        '<html><head><title>Ferry</title><meta name="description" content="The ferry to Skarn will sail at nine in the morning '
        'from Monday, the harbour office announced; until now it left at eight."></head>'
        f"<body>{APP}<p>Harbour Post</p></body></html>",
        "page_next_to_empty",
    ),
    "a question whether one is a robot": (
        "<html><head><title>Just a moment...</title></head><body><h1>ledger.example</h1>"
        "<p>Verifying you are human. This may take a few seconds.</p></body></html>",
        "robot_check",
    ),
    "not found, said with success": (
        page("<p>Try our search.</p>", title="Page not found | Coast Ledger"),
        "says_not_found",
    ),
    "a form to sign in": (
        page('<form><p>Your account</p><input name="u"><input type="password"></form>', title="Sign in"),
        "asks_to_sign_in",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_page_that_is_not_what_it_promises_is_refused_with_what_it_is(what: str) -> None:
    markup, reason = REFUSED[what]
    with pytest.raises(ParseRefused) as refused:
        read(markup)
    assert str(refused.value) == reason


WHOLE = {
    "a short report": page(BRIEF),
    "a short report that is free": page(BRIEF, head=linked(isAccessibleForFree=True)),
    "a paid story that is all there": page(STORY, head=linked(isAccessibleForFree=False)),
    "a paid story with as many words as it says": page(STORY, head=linked(isAccessibleForFree=False, wordCount=450)),
    "a short paid story whose paid part is there": page(
        f'{BRIEF}<div class="paid">{LEDE}</div>', head=linked(isAccessibleForFree=False, hasPart=PART)
    ),
    "a whole story with an appeal below": page(STORY + "<p>Subscribe to continue reading stories like this.</p>"),
    "a story about subscriptions": page(
        BRIEF
        + "<p>Readers were told to “subscribe to continue reading”, which the council called an odd way to give notice.</p>"
    ),
    "a story about a missing page": page(BRIEF, title="Page not found: how the timetable vanished from the archive"),
    "a short page with a script": page(BRIEF + "<noscript>Please enable JavaScript.</noscript><script>1</script>"),
    "a short page with a form in its head": page('<form><input type="password"></form>' + BRIEF),
}


@pytest.mark.parametrize("what", WHOLE)
def test_a_page_that_holds_all_there_is_is_read(what: str) -> None:
    assert "Skarn" in read(WHOLE[what]).text


def test_paragraphs_marked_as_paid_that_are_there_are_read_and_the_appeal_is_not() -> None:
    paid = LEDE.replace("<p>", '<p class="paywall">')
    appeal = '<div class="paywall-prompt"><p>Subscribe today to support our journalism.</p></div>'
    text = read(page(BRIEF + paid + appeal + BRIEF)).text
    assert "ninety cars" in text
    assert "journalism" not in text
