from __future__ import annotations

from xml.etree import ElementTree

from evals.picture import Line, trade_off

_SVG = "{http://www.w3.org/2000/svg}"


def test_a_picture_marks_what_is_shipped_on_each_line() -> None:
    lines = [
        Line("ferries & <quays>", [(0.05, 0.4), (0.5, 0.9)], (0.05, 0.4)),
        Line("minutes", [(0.0, 1.0)], (0.0, 1.0)),
    ]
    drawn = ElementTree.fromstring(trade_off(lines))
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in drawn.iter(f"{_SVG}circle")]
    assert len(dots) == 2
    assert dots[0][0] > dots[1][0]
    assert dots[0][1] > dots[1][1], "what refuses more of the unanswerable stands higher"
    words = " ".join(text.text or "" for text in drawn.iter(f"{_SVG}text"))
    assert "ferries & <quays>: 5% of answerable, 40% of unanswerable refused as shipped" in words
