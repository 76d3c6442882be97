"""What surrounds an article goes, and no sentence of the article with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.parse import Parsed, parse

ARTICLE = """The harbour tunnel opened to traffic on Monday, a year after the date that the city had promised.

It cost 412 million crowns, the city said, which is 38% more than planned.

The council will review the contract in May, after the summer timetable has been agreed with the ferry company."""


def read(text: str, name: str = "page.txt") -> Parsed:
    return parse(text.encode(), name=name)


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


class TestHeadline:
    def test_a_tripled_headline_with_a_breadcrumb_becomes_the_title_and_leaves_the_text(self) -> None:
        headline = "Harbour tunnel opens ‘a year late’ after pumps failed"
        parsed = read(f"Inicio Ciudad {headline}\n\n{headline}\n\n{headline}\n\n{ARTICLE}")
        assert parsed.title == headline
        assert parsed.text == ARTICLE
        assert parsed.removed == {"repeated_headline": 1, "navigation": 1}

    def test_copies_of_the_headline_are_found_whatever_their_quotation_marks_and_case(self) -> None:
        parsed = read(f"Tunnel ‘late’ again, city says\n\nTUNNEL 'LATE' AGAIN, CITY SAYS\n\n{ARTICLE}")
        assert parsed.text == ARTICLE

    def test_a_single_headline_stays_once_and_is_marked_as_heading(self) -> None:
        parsed = read(f"All prices in crowns, without tax\n\n{ARTICLE}")
        assert parsed.title == "All prices in crowns, without tax"
        assert parsed.headings == ((0, 1, "All prices in crowns, without tax"),)
        assert parsed.text.endswith(ARTICLE)

    def test_a_headline_with_the_outlets_name_behind_it_is_a_copy(self) -> None:
        headline = "Harbour tunnel opens a year late"
        parsed = read(f"{headline} - Northport Courier\n\n{headline}\n\n{ARTICLE}")
        assert (parsed.title, parsed.text) == (headline, ARTICLE)

    def test_the_headline_repeated_far_down_goes_too(self) -> None:
        headline = "Harbour tunnel opens a year late"
        parsed = read(f"{headline}\n\n{ARTICLE}\n\n{headline}\n\n{'One more sentence that belongs to the text. ' * 2}")
        assert headline not in parsed.text

    def test_a_section_called_like_the_title_stays(self) -> None:
        parsed = read(f"# Overview\n\n{ARTICLE}\n\n## Costs\n\nA part.\n\n## Overview\n\nAnother part.", "a.md")
        assert paragraphs(parsed.text).count("Overview") >= 1

    def test_a_document_of_its_headline_alone_keeps_it(self) -> None:
        assert read("The office closes at five").text == "The office closes at five"
        assert read("The office closes at five\n\nThe office closes at five").text != ""

    def test_the_first_of_several_outermost_headings_is_a_section_and_stays(self) -> None:
        parsed = read("# Costs\n\nThey rose.\n\n# Dates\n\nIn May.", "plan.md")
        assert parsed.text == "Costs\n\nThey rose.\n\nDates\n\nIn May."


class TestBreadcrumbs:
    @pytest.mark.parametrize(
        "crumbs",
        ["Home > News > City", "Inicio / Ciudad / Puerto", "News › City › Harbour tunnel opens", "Home | News"],
    )
    def test_a_breadcrumb_above_the_text_goes(self, crumbs: str) -> None:
        parsed = read(f"{crumbs}\n\nHarbour tunnel opens a year late\n\n{ARTICLE}")
        assert parsed.text == f"Harbour tunnel opens a year late\n\n{ARTICLE}"

    @pytest.mark.parametrize(
        "line", ["Settings > Network > Advanced", "Paris | London | Rome", "Tea / coffee", "a > b > c"]
    )
    def test_a_way_through_a_menu_stays(self, line: str) -> None:
        for document in (f"{line}\n\n{ARTICLE}", f"{ARTICLE}\n\n{line}\n\nThen press the button."):
            assert read(document).text == document


class TestAdvertisements:
    @pytest.mark.parametrize(
        "advertisement",
        [
            "Discover Tools For Teams\n\nBring data together to reach audiences on our leading platforms.\n\nFind out more",
            "Advertisement",
            "Subscribe to our newsletter",
            "Sign up for our daily newsletter\n\nGet the best stories in your inbox.\n\nEmail address\n\nSubscribe",
            "Share this article\n\nFacebook\n\nTwitter\n\nCopy link",
            "We use cookies to improve this site. By continuing to browse you agree to our cookie policy.\n\nAccept all",
            "- Advertisement -\n\nArticle continues below",
            "Already a subscriber? Log in",
            "Read more: The bridge that never was",
            "Jetzt abonnieren",
            "Leer más",
            "5 min read",
            "Support our journalism\n\nBecome a member today and help us to report from the harbour.\n\nJoin now",
        ],
    )
    def test_an_advertisement_between_paragraphs_goes(self, advertisement: str) -> None:
        first, *rest = paragraphs(ARTICLE)
        parsed = read("\n\n".join([first, advertisement, *rest]))
        assert parsed.text == ARTICLE
        assert sum(parsed.removed.values()) == len(paragraphs(advertisement))

    def test_an_advertisement_whose_lines_follow_each_other_goes(self) -> None:
        first, *rest = paragraphs(ARTICLE)
        advertisement = "Unlock Better Days\nGet exclusive offers every week.\nSubscribe now"
        assert read("\n\n".join([first, advertisement, *rest])).text == ARTICLE

    def test_links_to_other_articles_at_the_end_go(self) -> None:
        parsed = read(
            f"{ARTICLE}\n\nRelated articles\n\nBridge closed again for repairs\n\nMayor under pressure over budget"
        )
        assert parsed.text == ARTICLE

    @pytest.mark.parametrize(
        "line",
        [
            "He laughed.",
            "No.",
            "“Never again”",
            "Just do it better",
            "Get out while you can, the captain told them.",
            "Discover what you owe before you sign, the lawyer advised her clients in Port Callow.",
            "Join the queue at gate 4",
            "The company uses cookies to remember logins.",
            "Share prices fell",
            "Register of ships",
            "Learn to swim",
            "Subscribers rose by 4% to 12,000.",
            "Find out more about tides and you will understand the delay, the harbour master said on Monday.",
            "Our newsletter has 4,000 readers, and half of them live on the island.",
            "Advertisements were the largest cost.",
            "2 million",
            "12%",
            "X",
            "Print",
            "Privacy policy",
            "Contact",
        ],
    )
    def test_a_short_line_that_only_sounds_like_it_stays(self, line: str) -> None:
        first, *rest = paragraphs(ARTICLE)
        document = "\n\n".join([first, line, *rest])
        assert read(document).text == document

    def test_a_paragraph_before_a_button_stays(self) -> None:
        document = f"{ARTICLE}\n\nOpening hours\n\nThe museum opens at nine and closes at six from Monday to Friday."
        assert read(f"{document}\n\nLearn more").text == document

    def test_an_offer_that_shares_a_name_with_the_article_is_news(self) -> None:
        news = "Save up to 40 crowns a week with the ferry card, says the company Veldmark in its offer."
        document = f"{ARTICLE}\n\n{news}\n\nThe offer of Veldmark ends in June, and the council asked for a longer one."
        assert read(f"{document}\n\nFind out more").text == document

    def test_a_quoted_slogan_stays(self) -> None:
        document = f"{ARTICLE}\n\n“Discover the islands”\n\nThat was the slogan of the campaign, which cost two million crowns."
        assert read(document).text == document


class TestWhatIsNoArticle:
    def test_a_poem_stays_line_by_line(self) -> None:
        poem = "The tide goes out,\nthe boats lie down,\nand nobody is asked.\n\nJoin now\nthe gulls,\nthe gulls."
        assert read(poem).text.replace("\n\n", "\n") == poem.replace("\n\n", "\n").replace("Join now\n", "")
        quiet = "The tide goes out,\nthe boats lie down,\nand nobody is asked.\n\nThe rope remembers\nthe gulls,\nthe gulls."
        assert read(quiet).text == quiet

    def test_a_list_stays_item_by_item(self) -> None:
        text = "Bring with you:\n\n- a coat\n- two sandwiches\n- search lamp\n- print of the map"
        assert read(text).text == text

    def test_a_table_stays_row_by_row(self) -> None:
        text = "| Route | On time |\n|---|---|\n| N1 | 94% |\n| N7 | 96% |"
        assert read(text).text == "| Route | On time |\n| N1 | 94% |\n| N7 | 96% |"

    def test_a_list_of_contacts_is_no_row_of_buttons(self) -> None:
        text = f"{ARTICLE}\n\nContact\n\nThe harbour office answers between nine and five, on every day but Sunday."
        assert read(text).text == text

    def test_a_document_of_nothing_but_buttons_is_not_emptied(self) -> None:
        assert read("Subscribe now\n\nFind out more").text == "Subscribe now\n\nFind out more"


SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.mark.skipif(not (SHARED / "articles").is_dir(), reason="no articles in the folder named by FOOTNOTE_SHARED")
def test_the_scraped_article_is_its_fourteen_paragraphs_and_nothing_else() -> None:
    [path] = (SHARED / "articles").glob("ford*.txt")
    source = path.read_text()
    parsed = parse(source.encode(), name=path.name)
    kept = paragraphs(parsed.text)
    lines = [line for line in source.split("\n") if line]
    assert len(kept) == 14
    assert all(paragraph in lines for paragraph in kept)
    assert parsed.title == lines[1] == lines[2]
    assert parsed.title not in parsed.text
    assert parsed.removed == {"repeated_headline": 1, "navigation": 1, "advertisement": 3}
    assert len(kept) + 3 + 3 == len(lines), (
        "breadcrumb, two headlines and three lines of advertisement are gone, and no other"
    )
