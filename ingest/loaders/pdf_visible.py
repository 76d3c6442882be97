"""Which text of a PDF page a reader sees. White on white, outside of the page, too small to see: such text is not read.

pypdf calls `before` with every drawing instruction; the text of one that shows nothing visible is emptied there, so it never
reaches the extraction. In doubt text counts as visible: on anything that was painted, in nested forms, in unknown colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, TextStringObject

_SHOW = {b"Tj": 0, b"TJ": 0, b"'": 0, b'"': 2}
"""The instructions that show text, and which operand of them is the text."""
_FILL = frozenset((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"))
_END_PATH = frozenset((b"S", b"s", b"n")) | _FILL
_UNSEEN_SIZE = 1.0
"""Points; smaller text is a speck."""
_UNSEEN_OPACITY = 0.02
_OFF_PAGE = 5.0
"""Points beyond the page's edge."""

Box = tuple[float, float, float, float]
Matrix = Sequence[float]


class VisibleText:
    """The visitor for one page. `hidden` counts the instructions whose text was left out."""

    def __init__(self, page: PageObject) -> None:
        self.hidden = 0
        box = page.mediabox
        self._page: Box = (float(box.left), float(box.bottom), float(box.right), float(box.top))
        self._painted: list[Box] = []
        self._path: list[tuple[float, float]] = []
        self._clear_states = _clear_states(page)
        self._white = False
        self._clear = False
        self._gray = False
        self._mode = 0
        self._size = 12.0
        self._stack: list[tuple[bool, bool, bool, int, float]] = []
        self._depth = 0

    def before(self, operator: bytes, operands: list[Any], page_matrix: Matrix, text_matrix: Matrix) -> None:
        if operator in _SHOW:
            self._show(operator, operands, page_matrix, text_matrix)
        elif operator == b"q":
            self._stack.append((self._white, self._clear, self._gray, self._mode, self._size))
        elif operator == b"Q" and self._stack:
            self._white, self._clear, self._gray, self._mode, self._size = self._stack.pop()
        elif operator in (b"g", b"rg", b"k", b"sc", b"scn", b"cs"):
            self._gray = operands == ["/DeviceGray"] if operator == b"cs" else self._gray
            self._white = _is_white(b"g" if self._gray and operator in (b"sc", b"scn") else operator, operands)
        elif operator == b"gs" and operands and str(operands[0]) in self._clear_states:
            self._clear = self._clear_states[str(operands[0])]
        elif operator == b"Tr" and operands:
            self._mode = int(operands[0])
        elif operator == b"Tf" and len(operands) > 1:
            self._size = float(operands[1])
        elif operator in (b"m", b"l", b"re", b"c", b"v", b"y"):
            self._path += [
                placed(x, y, page_matrix) for x, y in _points(operator, [float(number) for number in operands])
            ]
        elif operator in _END_PATH:
            if operator in _FILL and not self._white and self._path:
                self._painted.append(_box(self._path))
            self._path = []
        elif operator in (b"Do", b"sh", b"BI", b"INLINE IMAGE"):
            # A picture (or a nested form: its instructions follow, its frame is painted in any case).
            self._painted.append(
                self._page if operator == b"sh" else _box([placed(x, y, page_matrix) for x, y in _UNIT])
            )
            self._depth += operator == b"Do"

    def after(self, operator: bytes, _operands: list[Any], _page_matrix: Matrix, _text_matrix: Matrix) -> None:
        if operator == b"Do":
            self._depth -= 1

    def _show(self, operator: bytes, operands: list[Any], page_matrix: Matrix, text_matrix: Matrix) -> None:
        place = _SHOW[operator]
        if len(operands) > place and self._is_hidden(page_matrix, text_matrix):
            self.hidden += 1
            operands[place] = ArrayObject() if operator == b"TJ" else TextStringObject("")

    def _is_hidden(self, page_matrix: Matrix, text_matrix: Matrix) -> bool:
        if self._depth:
            return False
        x, y = placed(text_matrix[4], text_matrix[5], page_matrix)
        on_something = any(
            left - 1 <= x <= right + 1 and bottom - 1 <= y <= top + 1 for left, bottom, right, top in self._painted
        )
        if self._mode == 3:
            # The text layer of a scan is invisible on purpose: it stands on the picture of the page.
            return not on_something
        left, bottom, right, top = self._page
        if x < left - _OFF_PAGE or x > right + _OFF_PAGE or y < bottom - _OFF_PAGE or y > top + _OFF_PAGE:
            return True
        scale = max(map(abs, (text_matrix[0], text_matrix[1]))) * max(map(abs, (page_matrix[0], page_matrix[1])))
        if 0 < abs(self._size) * scale < _UNSEEN_SIZE:
            return True
        return (self._clear or (self._white and not on_something)) and self._mode in (0, 4)


def _clear_states(page: PageObject) -> dict[str, bool]:
    """The named graphics states of a page that set how opaque what is filled is, and whether it is not at all then."""
    resources = page.get("/Resources", DictionaryObject()).get_object()
    states = resources.get("/ExtGState", DictionaryObject()).get_object()
    opacity = {name: state.get_object().get("/ca") for name, state in states.items()}
    return {name: float(alpha.get_object()) < _UNSEEN_OPACITY for name, alpha in opacity.items() if alpha is not None}


_UNIT = ((0.0, 0.0), (1.0, 1.0))


def _is_white(operator: bytes, operands: Sequence[Any]) -> bool:
    numbers = [float(number) for number in operands if isinstance(number, (int, float))]
    if operator == b"g" or (operator in (b"rg", b"sc", b"scn") and len(numbers) == 3):
        return bool(numbers) and min(numbers) >= 0.97
    if operator == b"k" or (operator in (b"sc", b"scn") and len(numbers) == 4):
        return bool(numbers) and max(numbers) <= 0.03
    return False


def _points(operator: bytes, numbers: Sequence[float]) -> list[tuple[float, float]]:
    if operator == b"re" and len(numbers) == 4:
        x, y, width, height = numbers
        return [(x, y), (x + width, y + height)]
    return list(zip(numbers[0::2], numbers[1::2], strict=False))


def placed(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    """A point of text or drawing in the coordinates of the page."""
    return x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]


def _box(points: Sequence[tuple[float, float]]) -> Box:
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)
