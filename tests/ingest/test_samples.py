"""The samples are what their page says they are."""

from __future__ import annotations

from datetime import date

import pytest

import samples
from ingest.parse import Parsed, parse


@pytest.fixture(scope="module")
def story() -> dict[str, Parsed]:
    return {path.name[:2]: parse(path.read_bytes(), name=path.name) for path in samples.documents()}


def test_there_are_eight_in_six_formats(story: dict[str, Parsed]) -> None:
    assert sorted(story) == ["01", "02", "03", "04", "05", "06", "07", "08"]
    assert len({document.media_type for document in story.values()}) == 6


def test_nothing_that_surrounds_them_is_read(story: dict[str, Parsed]) -> None:
    everything = "\n".join(document.text for document in story.values())
    for line in ("Subscribe", "Smarter Sailing", "cookie", "newsletter", "Most read", "Page 1", "Shop now", "Home"):
        assert line not in everything


def test_the_dated_ones_say_when_and_by_whom(story: dict[str, Parsed]) -> None:
    assert {number: (document.publisher, document.published) for number, document in story.items()} == {
        "01": ("The Callow Ledger", date(2026, 3, 2)),
        "02": ("Coastwire", date(2026, 3, 2)),
        "03": ("Harbour & Tide", date(2026, 3, 3)),
        "04": ("Veldmark Lines", date(2026, 3, 4)),
        "05": ("The Callow Ledger", date(2026, 3, 6)),
        "06": (None, date(2026, 2, 12)),
        "07": (None, None),
        "08": (None, None),
    }


def test_the_papers_disagree_the_company_denies_and_one_paper_corrects_itself(story: dict[str, Parsed]) -> None:
    assert "three hydrogen ferries" in story["01"].text
    assert "two battery ferries" in story["03"].text
    assert "There are no talks with the Orrin shipyard." in story["04"].text
    assert "48 million crowns. We wrote 84 million crowns" in story["05"].text
    assert sum("84 million crowns" in document.text for document in story.values()) == 3


def test_the_report_has_two_pages_and_its_table_is_on_the_second(story: dict[str, Parsed]) -> None:
    report = story["06"]
    assert len(report.pages) == 2
    assert report.text.index("| Guillemot | 1989 | 2028 |") > report.pages[1]
