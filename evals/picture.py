"""The trade-off of a threshold as an SVG picture: one line per set, from refusing nothing to refusing everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_SIDE, _MARGIN = 360, 56
_COLOURS = ("#1f6f8b", "#c0562f", "#5b7f2b", "#7a4fa3", "#8a6d1d", "#444444")


@dataclass(frozen=True, slots=True)
class Line:
    """What each threshold costs on one set, both in [0, 1]."""

    name: str
    points: Sequence[tuple[float, float]]
    """(share of answerable questions refused, share of unanswerable ones refused), in the order of the thresholds."""
    shipped: tuple[float, float]
    """The same at the shipped threshold."""


def trade_off(lines: Sequence[Line]) -> str:
    """An SVG document."""
    size = _SIDE + 2 * _MARGIN
    height = size + 20 * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{height}" viewBox="0 0 {size} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{size}" height="{height}" fill="#ffffff"/>',
        *_grid(),
        f'<text x="{size / 2}" y="{size - 16}" text-anchor="middle">answerable questions refused</text>',
        f'<text transform="translate(16 {size / 2}) rotate(-90)" text-anchor="middle">unanswerable questions refused</text>',
    ]
    for number, line in enumerate(lines):
        parts += _drawn(line, _COLOURS[number % len(_COLOURS)], size + 20 * number)
    return "\n".join([*parts, "</svg>", ""])


def _grid() -> list[str]:
    parts = []
    for step in range(6):
        share = step / 5
        x, y = _at(share, share)
        parts.append(
            f'<path d="M{x} {_at(0, 0)[1]}V{_at(0, 1)[1]}M{_at(0, 0)[0]} {y}H{_at(1, 0)[0]}" stroke="#dddddd"/>'
        )
        parts.append(f'<text x="{x}" y="{_at(0, 0)[1] + 16}" text-anchor="middle">{share:.1f}</text>')
        parts.append(f'<text x="{_at(0, 0)[0] - 8}" y="{y + 4}" text-anchor="end">{share:.1f}</text>')
    return parts


def _drawn(line: Line, colour: str, legend: float) -> list[str]:
    path = "L".join("{} {}".format(*_at(*point)) for point in sorted([(0.0, 0.0), *line.points, (1.0, 1.0)]))
    x, y = _at(*line.shipped)
    refused, rightly = line.shipped
    name = escape(f"{line.name}: {refused:.0%} of answerable, {rightly:.0%} of unanswerable refused as shipped")
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>',
        f'<rect x="{_MARGIN}" y="{legend - 10}" width="12" height="12" fill="{colour}"/>',
        f'<text x="{_MARGIN + 18}" y="{legend}">{name}</text>',
    ]


def _at(refused: float, rightly: float) -> tuple[float, float]:
    """Where a point stands in the picture."""
    return round(_MARGIN + _SIDE * refused, 1), round(_MARGIN + _SIDE * (1 - rightly), 1)
