"""Quotes of tables and code keep their form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.draft import Draft, Quote, verbatim
from bot.shapes import shaped
from bot.values import PROSE, Shape
from vectorstore.values import Version

TEXT = """The ferries of the sound.

| Ferry | Built |
| Petrel | 2024 |
| Auk \\| Tern | |
| Gull | 1999 | extra |

| Route | Night |
| N7 | yes |

Restart it so:

```sh
systemctl stop pump
  systemctl start pump --now
```

The end | of the page."""

Quoted = Callable[[str], Draft]


@pytest.fixture
def quoted(version: Callable[..., Version]) -> Quoted:
    page = version("Harbour Post", TEXT)

    def draft(words: str) -> Draft:
        start = TEXT.index(words)
        return verbatim(Quote(page, start, start + len(words)))

    return draft


def test_a_row_stands_under_its_columns(quoted: Quoted) -> None:
    [draft] = shaped([quoted("| Petrel | 2024 |")])
    assert draft.text == "Ferry: Petrel; Built: 2024"
    assert draft.shape == Shape("row", cells=(("Ferry", "Petrel"), ("Built", "2024")))
    assert draft.quotes[0].text == "| Petrel | 2024 |", "the proof is the line itself"


def test_an_escaped_bar_is_part_of_its_cell(quoted: Quoted) -> None:
    [draft] = shaped([quoted("| Auk \\| Tern | |")])
    assert draft.shape.cells == (("Ferry", "Auk | Tern"), ("Built", ""))


def test_a_header_goes_where_its_own_rows_bring_it_along(quoted: Quoted) -> None:
    drafts = [quoted("| Ferry | Built |"), quoted("| Petrel | 2024 |"), quoted("| Route | Night |")]
    assert [draft.text for draft in shaped(drafts)] == ["Ferry: Petrel; Built: 2024", "| Route | Night |"]


def test_a_row_that_does_not_fit_its_columns_stays_as_it_is(quoted: Quoted) -> None:
    assert shaped([quoted("| Gull | 1999 | extra |")]) == [quoted("| Gull | 1999 | extra |")]


def test_code_stands_as_it_is(quoted: Quoted) -> None:
    [draft] = shaped([quoted("systemctl stop pump\n  systemctl start pump --now")])
    assert draft.text == "systemctl stop pump\n  systemctl start pump --now"
    assert draft.shape == Shape("code")


def test_prose_and_somebodys_own_words_stay_as_they_are(quoted: Quoted) -> None:
    prose, row = quoted("The end | of the page."), quoted("| Petrel | 2024 |")
    said = Draft("The Petrel was built in 2024.", row.quotes)
    assert shaped([prose, said]) == [prose, said]
    assert said.shape == PROSE
