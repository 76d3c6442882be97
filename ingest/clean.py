"""What surrounds an article on a page goes: breadcrumbs, repeated headlines, advertisements, buttons, cookie notices.

Judged by structure, never by topic. A block goes only if it is itself a call to action, a label of the page or the headline
again, or if it advertises *and* stands beside a call to action. A sentence that only sounds like advertising stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest import page_words
from ingest.blocks import Block

HEAD = 8
"""Blocks from the top among which the headline, its copies and the breadcrumb stand."""
LONGEST_RUN = 50
"""Lines without a blank one between them that are looked through for buttons; more are something else."""
HEADLINE_MAX = 200
"""Characters; longer is a paragraph."""

_SENTENCE_END = re.compile(r"[.!…。！؟۔:;,][\"'”’»)\]]*$")
_FULL_STOP = re.compile(r"[.!?…。！？؟۔][\"'”’»)\]]*$")
_OUTLET = re.compile(r"\s[-–—|·•]\s(?:[^\s]+\s?){1,6}$")
_NOT_WORD = re.compile(r"[^\w]+")
_CRUMB_MARK = re.compile(r"\s*[>›»→]\s*|\s+[/|•·]\s+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    blocks: tuple[Block, ...]
    headline: str | None
    """The headline at the top, where there is one."""
    removed: Mapping[str, int]
    """Blocks by kind."""


def clean(blocks: Sequence[Block], title: str | None = None, *, scraped: bool = True) -> Cleaned:
    """The blocks a reader came for. `title` is what the document's metadata says it is called, if it says so; `scraped`
    whether the document may hold what surrounds an article on a page.

    The headline leaves the text where it is marked as one, equals `title` or stands there more than once: it is the title then.
    """
    removed: Counter[str] = Counter()
    rest = [part for block in blocks for part in _lines_of(block)] if scraped else list(blocks)
    headline = title or _headline(rest)
    if headline:
        rest = _without_headline(rest, headline, removed, known=title is not None)
    if scraped:
        rest = _without_crumbs(rest, removed, headed=headline is not None)
        rest = _without_advertisements(rest, removed)
    return Cleaned(tuple(rest), headline, dict(removed))


def _lines_of(block: Block) -> list[Block]:
    """A run of short lines is taken apart if one of them is a call to action or two are buttons: then it is no verse."""
    lines = block.text.split("\n") if block.kind == "verse" else []
    labels = [page_words.label_of(line) for line in lines] if len(lines) <= LONGEST_RUN else []
    if labels.count("button") < 2 and not any(label not in (None, "button") for label in labels):
        return [block]
    return [Block(line) for line in lines]


# --- The headline ---------------------------------------------------------------------------------------------------


def _key(text: str) -> str:
    """Equal for the same words, whatever the case, the quotation marks and the spacing."""
    return _NOT_WORD.sub(" ", text).strip().casefold()


def is_headline_like(block: Block) -> bool:
    """One line, not a sentence, not a list item."""
    text = block.text
    one_line = block.kind in ("paragraph", "heading") and len(text) <= HEADLINE_MAX and "\n" not in text
    return one_line and not _SENTENCE_END.search(text) and any(character.isalpha() for character in text)


def _headline(blocks: Sequence[Block]) -> str | None:
    """The outermost heading at the top, or the line that stands there twice, or the first line above a full paragraph."""
    head = blocks[:HEAD]
    for block in head:
        if block.kind == "heading" and block.level == 1:
            return block.text
    lines = [block.text for block in head if is_headline_like(block) and len(block.text.split()) > 2]
    counts = Counter(map(_key, lines))
    for line in lines:
        key = _key(line)
        if counts[key] > 1 or any(_is_headline_in_crumbs(block, key) for block in head):
            return line
    for place, block in enumerate(head):
        if page_words.label_of(block.text) or _is_crumbs(block):
            continue
        if block.kind == "heading" or (
            is_headline_like(block) and len(block.text.split()) > 1 and _stands_above_text(blocks[place + 1 :])
        ):
            return block.text
        return None
    return None


def _stands_above_text(below: Sequence[Block]) -> bool:
    """Whether a full paragraph follows, with nothing but short lines (byline, date) between."""
    for block in below[:5]:
        if is_paragraph(block):
            return True
        if len(block.text) > HEADLINE_MAX or block.kind not in ("paragraph", "verse"):
            return False
    return False


def is_paragraph(block: Block) -> bool:
    """A sentence or more."""
    return block.kind == "paragraph" and len(block.text) >= 60 and bool(_FULL_STOP.search(block.text))


def _without_headline(blocks: list[Block], headline: str, removed: Counter[str], *, known: bool) -> list[Block]:
    """The headline goes if it is repeated, or marked as the only one of its level; a single unmarked one stays, now marked."""
    key = _key(headline)
    text = _first_paragraph(blocks)
    places = [place for place, block in enumerate(blocks) if _is_copy(block, key, place < text)]
    if not places or len(places) == len(blocks):
        return blocks
    first = blocks[places[0]]
    crumbs = {place for place, block in enumerate(blocks[:HEAD]) if _is_headline_in_crumbs(block, key)}
    if len(places) == 1 and not crumbs:
        if first.kind != "heading":
            return [*blocks[: places[0]], replace(first, kind="heading", level=1), *blocks[places[0] + 1 :]]
        if not known and sum(block.kind == "heading" and block.level == first.level for block in blocks) > 1:
            return blocks
    removed["repeated_headline"] += len(places) - 1
    removed["navigation"] += len(crumbs)
    return _dropped(blocks, {*places, *crumbs})


def _is_copy(block: Block, key: str, above_text: bool) -> bool:
    """The headline itself, above the text or, if it has more than two words, anywhere: a short one may be a section's name."""
    line = is_headline_like(block) or block.kind == "heading"
    return line and (above_text or len(key.split()) > 2) and _key(block.text) == key


def _is_headline_in_crumbs(block: Block, key: str) -> bool:
    """ "Home Cars <headline>": a few words of navigation before the headline, or a mark and the outlet's name after it."""
    if not is_headline_like(block) or len(key) < 12:
        return False
    words = _key(block.text)
    if words.endswith(" " + key):
        return len(words[: -len(key)].split()) <= 6
    if not words.startswith(key + " "):
        return False
    tail = _OUTLET.search(block.text)
    return tail is not None and _key(tail.group()) == words[len(key) + 1 :]


# --- Navigation and advertisements ----------------------------------------------------------------------------------


def _without_crumbs(blocks: list[Block], removed: Counter[str], *, headed: bool) -> list[Block]:
    """A breadcrumb stands above the text: it leads from home, or it is the first line of a document with a headline."""
    text = _first_paragraph(blocks)
    gone = {
        place
        for place, block in enumerate(blocks[:text])
        if _is_crumbs(block) and (_leads_from_home(block) or (headed and place == 0))
    }
    removed["navigation"] += len(gone)
    return _dropped(blocks, gone)


def _is_crumbs(block: Block) -> bool:
    """ "Home > Cars > Electric": short steps without a sentence, from home or with marks that only lead on."""
    if block.kind != "paragraph" or len(block.text) > 120 or _FULL_STOP.search(block.text):
        return False
    steps = _CRUMB_MARK.split(block.text)
    if len(steps) < 2 or any(len(step.split()) > 5 for step in steps[:-1]):
        return False
    return _leads_from_home(block) or (len(steps) > 2 and bool(re.search("[>›»→]", block.text)))


def _leads_from_home(block: Block) -> bool:
    return _CRUMB_MARK.split(block.text)[0].casefold() in page_words.HOME


def _first_paragraph(blocks: Sequence[Block]) -> int:
    """The place of the first full paragraph; HEAD where it is not among the first blocks."""
    return next((place for place, block in enumerate(blocks[:HEAD]) if is_paragraph(block)), HEAD)


def _without_advertisements(blocks: list[Block], removed: Counter[str]) -> list[Block]:
    """Calls to action go, and with them what stands beside them and advertises."""
    labels = [_label(block) for block in blocks]
    gone = {
        place: label for place, label in enumerate(labels) if label in ("advertisement", "navigation", "cookie_notice")
    }
    gone |= dict.fromkeys([*_runs_of_buttons(labels), *_teasers(blocks, labels)], "navigation")
    for place in sorted(place for place, kind in gone.items() if kind != "navigation"):
        _spread(blocks, place, gone)
    if len(gone) == len(blocks):
        return blocks
    removed.update(gone.values())
    return _dropped(blocks, gone)


def _spread(blocks: Sequence[Block], anchor: int, gone: dict[int, str]) -> None:
    """Adds to `gone` what advertises beside the call to action at `anchor`, up and down, until something does not."""
    for step in (-1, 1):
        place = anchor + step
        while 0 <= place < len(blocks) and (place in gone or _advertises(blocks, place, gone)):
            gone.setdefault(place, gone[anchor])
            place += step


def _label(block: Block) -> str | None:
    """As `page_words.label_of`; an item of a list and a marked heading must say more than that to be no content."""
    if block.kind == "paragraph":
        return page_words.label_of(block.text)
    if block.kind == "item":
        label = page_words.label_of(re.sub(r"^[-*•]\s+", "", block.text))
        return label if label in ("button", "navigation") else None
    if block.kind == "heading":
        label = page_words.label_of(block.text)
        return label if label in ("advertisement", "teasers") else None
    return None


def _runs_of_buttons(labels: Sequence[str | None]) -> set[int]:
    """ "Share", "Print", "Email" are words like others when alone, and buttons when two of them stand together."""
    gone: set[int] = set()
    for place, label in enumerate(labels):
        beside = (*labels[max(0, place - 1) : place], *labels[place + 1 : place + 2])
        if label == "button" and any(beside):
            gone.add(place)
    return gone


def _teasers(blocks: Sequence[Block], labels: Sequence[str | None]) -> set[int]:
    """ "Related articles" and the headlines below it; they are another article's. One line alone may be a section's text."""
    gone: set[int] = set()
    for place, label in enumerate(labels):
        if label == "teasers":
            run = [place]
            for below in range(place + 1, len(blocks)):
                if not _is_teaser(blocks[below]):
                    break
                run.append(below)
            at_end = run[-1] == len(blocks) - 1
            if len(run) > 2 or (at_end and blocks[place].kind == "paragraph"):
                gone.update(run)
    return gone


def _is_teaser(block: Block) -> bool:
    words = len(block.text.split())
    return (
        block.kind in ("paragraph", "item")
        and 3 < words < 25
        and not _FULL_STOP.search(block.text)
        and "\n" not in block.text
    )


def _advertises(blocks: Sequence[Block], place: int, gone: Mapping[int, str]) -> bool:
    """Whether a block beside a call to action belongs to it: in few words it tells the reader to do something.

    A line without a full stop must begin with such an imperative, or be a title of words that the rest does not know. A
    sentence must speak the language of offers, and must share no name or figure with the rest of the document.
    """
    block = blocks[place]
    if block.kind not in ("paragraph", "heading") or len(block.text) > 300 or "\n" in block.text:
        return False
    if page_words.label_of(block.text) == "button":
        return True
    imperative = page_words.begins_with_offer(block.text)
    article = " ".join(rest.text for other, rest in enumerate(blocks) if other != place and other not in gone)
    if not _FULL_STOP.search(block.text):
        foreign_title = gone.get(place + 1) == "advertisement" and _is_foreign_title(block.text, article)
        return (imperative and len(block.text) <= 100) or foreign_title
    below_an_offer = (
        place > 0 and is_headline_like(blocks[place - 1]) and page_words.begins_with_offer(blocks[place - 1].text)
    )
    if not (imperative or below_an_offer or page_words.speaks_of_signing_up(block.text)):
        return False
    return page_words.speaks_of_offers(block.text) and not any(_occurs(name, article) for name in _names(block.text))


def _names(text: str) -> set[str]:
    """Capitalised words that do not begin a sentence, and figures of two digits or more."""
    return set(re.findall(r"(?<=[\w,;] )[A-Z][a-z]{2,}\b|\b\d[\d.,]*\d\b", text))


def _is_foreign_title(text: str, article: str) -> bool:
    """ "Powering the Future of Retail": capitalised like a title, and not one of its longer words is in the article."""
    words = re.findall(r"[^\W\d_]{4,}", text)
    return len(words) > 1 and all(word[0].isupper() and not _occurs(word, article) for word in words)


def _occurs(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


def _dropped(blocks: Sequence[Block], gone: Collection[int]) -> list[Block]:
    """`blocks` without those at the places in `gone`; where a page begins is not forgotten."""
    return [
        Block("", block.kind, page_breaks=(0,) * len(block.page_breaks)) if place in gone else block
        for place, block in enumerate(blocks)
        if place not in gone or block.page_breaks
    ]
