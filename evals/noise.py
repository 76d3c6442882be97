"""Does what only looks different raise an alarm? `python -m evals.noise [--show]`.

Five pages of our own are changed in 25 ways that say nothing (white space, advertisements, "updated" lines, navigation,
counters, links, typography, …), each alone, and one sentence at a time in a figure, a name, a negation or another word that
matters. Each pair is read by the real loader and compared sentence by sentence, as a re-ingestion does before it tells readers.
One JSON line: pairs that say the same and how many raised an alarm (none should), changes and how many were not told (none
should), and how many were told as anything but that one sentence.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ingest.find import Unparsed, fingerprint_of
from ingest.looking import as_version
from ingest.parse import parse
from vectorstore.changes import Change, changes
from vectorstore.sources import document_of, source_of
from vectorstore.store import version_of
from vectorstore.values import Version

ADDRESS = "https://news.example/story"


@dataclass(frozen=True, slots=True)
class Story:
    title: str
    paragraphs: tuple[str, ...]
    real: tuple[tuple[str, str], ...]
    """(what a sentence says, what it says instead): each a change that matters."""


STORIES = (
    Story(
        "Ferry to Skarn sails an hour later",
        (
            "The ferry to Skarn will leave at nine from the first of May, the harbour office said on Tuesday. "
            "The “Alma” carries 90 cars.",
            "Councillor Mette Holm called the change “long overdue” and thanked the crew. "
            "The council has not set a date for the new pier.",
            "A return ticket costs twelve crowns — as before. "
            "Dogs travel free of charge, and bicycles are allowed on every deck.",
        ),
        (
            ("leave at nine", "leave at ten"),
            ("carries 90 cars", "carries 80 cars"),
            ("Mette Holm", "Mette Lund"),
            ("has not set", "has set"),
            ("twelve crowns", "fifteen crowns"),
        ),
    ),
    Story(
        "Library keeps its reading room",
        (
            "The town library will keep its reading room open on Sundays until the end of 2027. "
            "About 340 people use it in a week.",
            "“We counted every visitor by hand,” said the head of the library, Jonas Berg. "
            "Nobody opposed the plan at the hearing.",
            "The heating is paid by the county; the town pays 41,000 crowns a year. "
            "Volunteers look after the desk after six o’clock.",
        ),
        (
            ("until the end of 2027", "until the end of 2026"),
            ("About 340", "About 430"),
            ("Nobody opposed", "Everybody opposed"),
            ("paid by the county", "paid by the state"),
        ),
    ),
    Story(
        "Bridge closed for two weeks",
        (
            "The old bridge over the Vessa is closed from Monday for two weeks. Buses 4 and 7 go round by the mill.",
            "Engineers found rust in three of the eleven beams, the report says. "
            "The beams will be replaced, not repaired.",
            "Pedestrians may cross in the evening… if a guard is there. "
            "The firm Nordvik won the contract for 2.4 million crowns.",
        ),
        (
            ("closed from Monday", "closed from Friday"),
            ("three of the eleven", "five of the eleven"),
            ("will be replaced, not repaired", "will be repaired, not replaced"),
            ("The firm Nordvik", "The firm Sandvik"),
        ),
    ),
    Story(
        "School garden wins a prize",
        (
            "The garden of the Lindhall school has won the county’s prize for the second time. "
            "Pupils grow 26 kinds of apples.",
            "The jury praised the pond, which was dug without machines. "
            "The prize is worth 8,000 crowns and is paid in June.",
            "Head teacher Sara Nyman said the money goes to a greenhouse. "
            "The greenhouse may not be built before the fence is mended.",
        ),
        (
            ("for the second time", "for the third time"),
            ("without machines", "with machines"),
            ("may not be built", "may be built"),
            ("paid in June", "paid in July"),
        ),
    ),
    Story(
        "Water tests show no danger",
        (
            "Tests of the water in the Ostby wells show no danger to health. "
            "Samples were taken at 14 places between 2 and 9 March.",
            "The level of nitrate fell to 12 milligrams per litre, “well below the limit”, the county’s chemist wrote.",
            "Residents were told to boil their water in February. "
            "That advice was withdrawn on Thursday and will not come back.",
        ),
        (
            ("show no danger", "show a danger"),
            ("fell to 12 milligrams", "rose to 12 milligrams"),
            ("withdrawn on Thursday", "confirmed on Thursday"),
        ),
    ),
)


def page(story: Story) -> str:
    paragraphs = "\n".join(f"<p>{text}</p>" for text in story.paragraphs)
    return f"""<!doctype html><html lang="en"><head><title>{story.title} | The Vessa Post</title>
<meta property="og:site_name" content="The Vessa Post"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/town">Town</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article><h1>{story.title}</h1>
<p class="meta">Published 2 March 2026</p><p class="meta">Updated 3 March 2026, 10:14</p><p class="meta">1,204 views</p>
{paragraphs}
</article>
<aside><h2>Related</h2><ul><li><a href="/a">Harbour gets new lamps</a></li>
<li><a href="/b">Snow in the hills</a></li></ul></aside>
</main><footer><p>© 2025 The Vessa Post. All rights reserved.</p></footer></body></html>"""


def _between(text: str) -> Callable[[str], str]:
    """Put in after the first paragraph of the story."""
    return lambda page: re.sub(r"(</p>)\n(<p>)", rf"\1\n{text}\n\2", page, count=1)


def _instead(old: str, new: str) -> Callable[[str], str]:
    return lambda page: page.replace(old, new)


COSMETIC: Mapping[str, Callable[[str], str]] = {
    "white space": lambda page: re.sub(r" (?=[a-z])", "\n      ", page),
    "no-break spaces": lambda page: re.sub(r"(\d) ", "\\1\N{NO-BREAK SPACE}", page),
    "straight quotes": lambda page: page.translate(str.maketrans("“”’", '""\'')),
    "hyphens for dashes, dots for an ellipsis": lambda page: page.replace("—", "-").replace("…", "..."),
    "entities": lambda page: page.replace("“", "&ldquo;").replace("”", "&rdquo;").replace("—", "&mdash;"),
    "emphasis": lambda page: re.sub(r"<p>(The \w+)", r"<p><strong>\1</strong>", page),
    "another template": lambda page: page.replace("<article>", '<div class="story"><div>').replace(
        "</article>", "</div></div>"
    ),
    "an advertisement": _between(
        '<div class="ad"><p>Advertisement</p><p>Save 20 per cent on garden chairs this week.</p></div>'
    ),
    "a sponsored box": _between(
        '<aside class="sponsored"><p>Sponsored content</p><p>Our bank lends at 3 per cent.</p></aside>'
    ),
    "a bare advertisement mark": _between("<p>Advertisement</p>"),
    "another updated line": _instead("Updated 3 March 2026, 10:14", "Last updated: 5 March 2026 at 18:02 CET"),
    "an updated line with the time": _instead("Updated 3 March 2026, 10:14", "Updated 4 minutes ago"),
    "the view counter": _instead("1,204 views", "98,311 views"),
    "comments and shares": _instead("1,204 views", "17 comments · 230 shares · 3 min read"),
    "a row of buttons": _between(
        '<ul class="share"><li><a href="/f">Facebook</a></li><li><a href="/m">E-mail</a></li><li>Copy link</li></ul>'
    ),
    "an offer to listen": _between('<p class="player">Listen to this article · 3 min</p>'),
    "the age of the story": _instead("1,204 views", "1,204 views · 4 hours ago"),
    "a line for the picture": _between(
        '<figure><img src="/p.jpg"><figcaption>Photo: The Vessa Post</figcaption></figure>'
    ),
    "a call to comment": _between('<p><a href="/join">Join the conversation</a></p>'),
    "moved navigation": lambda page: re.sub(r"(<nav>.*?</nav>)\n(.*)(<footer>)", r"\2\1\3", page, flags=re.DOTALL),
    "another menu": _instead(
        '<li><a href="/sport">Sport</a></li>', '<li><a href="/culture">Culture</a></li><li>Log in</li>'
    ),
    "other related links": _instead("Harbour gets new lamps", "Mayor opens the swimming hall"),
    "a list of what is most read": _instead(
        "<aside>", '<aside><h2>Most read</h2><ol><li><a href="/c">Fire in a barn</a></li></ol>'
    ),
    "a newsletter box": _between(
        '<div class="newsletter"><p>Sign up for our morning letter</p><form><input></form></div>'
    ),
    "a cookie notice and another year": lambda page: page.replace(
        "<nav>", '<div id="cookie-banner"><p>We use cookies to make this page better.</p></div><nav>'
    ).replace("© 2025", "© 2026"),
}


def read(markup: str) -> Version:
    """As the page's document would be kept."""
    data = markup.encode()
    parsed = parse(data, name="story", media_type="text/html", url=ADDRESS)
    unparsed = Unparsed(data, "story", "text/html", ADDRESS, fingerprint_of(data))
    return version_of(document_of(source_of(ADDRESS), ADDRESS), as_version(unparsed, parsed))


def quiet_pairs() -> Iterator[tuple[str, Story, tuple[Change, ...]]]:
    """Each cosmetic change of each story that it changes, with what it is told to be (nothing, if all is well)."""
    for story in STORIES:
        before = page(story)
        for kind, change in COSMETIC.items():
            after = change(before)
            if after != before:
                yield kind, story, changes(read(before), read(after))


def real_pairs() -> Iterator[tuple[str, str, tuple[Change, ...]]]:
    """Each change that matters, made as newsrooms do: with another "updated" line."""
    for story in STORIES:
        before = page(story)
        for old, new in story.real:
            after = COSMETIC["another updated line"](before.replace(old, new))
            yield old, new, changes(read(before), read(after))


def is_told(old: str, new: str, found: tuple[Change, ...]) -> bool:
    """Whether that sentence, and nothing else, is told with its old and its new words."""
    if len(found) != 1 or found[0].before is None or found[0].after is None:
        return False
    return old in found[0].before.text and new in found[0].after.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    show = parser.parse_args().show
    quiet, real = list(quiet_pairs()), list(real_pairs())
    alarms = [(kind, story.title, found) for kind, story, found in quiet if found]
    missed = [(old, new) for old, new, found in real if not found]
    other = [(old, new, found) for old, new, found in real if found and not is_told(old, new, found)]
    if show:
        for wrong in [*alarms, *missed, *other]:
            print(*wrong)
    figures = {
        "same": len(quiet),
        "false_alarms": len(alarms),
        "changed": len(real),
        "missed": len(missed),
        "told_otherwise": len(other),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
