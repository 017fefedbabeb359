"""A chart as SVG, drawn here from its specification: shapes and escaped text, no script, no style, no link.

Colours are attributes with classes beside them, so that a page's own style sheet may change them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from nl2sql.chart import Chart

_WIDTH: Final = 480
_ROW: Final = 26
"""Height of one bar and its gap."""
_LETTER: Final = 7.6
"""Width of a letter of 13 pixels, on average."""
_LABEL: Final = 24
"""Letters of a label; longer ones are cut."""
_HEIGHT: Final = 260
_TICKS: Final = 4
_FINEST: Final = 1e-9
"""The smallest span that is told apart."""
_COLOUR: Final = "#1d6fb8"


def svg(chart: Chart, *, background: bool = False) -> str:
    """Draw a chart.

    Args:
        chart: what to draw.
        background: white behind it, for places whose own background is not known.
    """
    height, shapes = _bars(chart) if chart.kind == "bar" else _line(chart)
    paper = f'<rect width="{_WIDTH}" height="{height}" fill="white"/>' if background else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'role="img" aria-label={quoteattr(chart.title)} font-family="system-ui, sans-serif" font-size="13">'
        f"<title>{escape(chart.title)}</title>{paper}{''.join(shapes)}</svg>"
    )


def number(value: float) -> str:
    """A figure for people: thousands apart, no decimals that say nothing."""
    if value and not 1e-4 <= abs(value) < 1e15:  # noqa: PLR2004 - longer than a label
        return f"{value:.3g}"
    text = f"{Decimal(repr(value)):,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(",", "\u202f")


def _bars(chart: Chart) -> tuple[int, list[str]]:
    figures = [figure for _, figure in chart.data]
    low, high = _extent(figures)
    longest = max(len(_cut(label)) for label, _ in chart.data)
    left = 12 + longest * _LETTER
    right = 12 + max(len(number(figure)) for figure in figures) * _LETTER
    scale = (_WIDTH - left - right) / (high - low)
    zero = left - low * scale
    shapes = []
    for place, (label, figure) in enumerate(chart.data):
        top = 4 + place * _ROW
        start, end = sorted((zero, zero + figure * scale))
        said = f"{label}: {number(figure)}"
        shapes += [
            _text(left - 8, top + 15, _cut(label), anchor="end"),
            f'<rect class="bar" x="{start:.1f}" y="{top}" width="{max(1.0, end - start):.1f}" height="{_ROW - 6}" rx="2" '
            f'fill="{_COLOUR}"><title>{escape(said)}</title></rect>',
            _text(end + 6, top + 15, number(figure)),
        ]
    shapes.append(_rule(zero, 0, zero, 4 + len(chart.data) * _ROW))
    return 8 + len(chart.data) * _ROW, shapes


def _line(chart: Chart) -> tuple[int, list[str]]:
    figures = [figure for _, figure in chart.data]
    ticks = list(_ticks(*_extent(figures)))
    left = 14 + max(len(number(tick)) for tick in ticks) * _LETTER
    top, bottom, right = 24, _HEIGHT - 26, _WIDTH - 24
    step = (right - left) / (len(chart.data) - 1)
    scale = (bottom - top) / (ticks[-1] - ticks[0])

    def place(index: int, figure: float) -> tuple[float, float]:
        return left + index * step, bottom - (figure - ticks[0]) * scale

    shapes = [_text(left, 12, chart.y)]
    for tick in ticks:
        _, y = place(0, tick)
        shapes += [_rule(left, y, right, y), _text(left - 8, y + 4, number(tick), anchor="end")]
    points = [place(index, figure) for index, (_, figure) in enumerate(chart.data)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    shapes.append(f'<polyline class="line" points="{path}" fill="none" stroke="{_COLOUR}" stroke-width="2"/>')
    every = math.ceil(len(chart.data) * max(len(label) + 2 for label, _ in chart.data) * _LETTER / (right - left))
    for index, ((label, figure), (x, y)) in enumerate(zip(chart.data, points, strict=True)):
        said = f"{label}: {number(figure)}"
        shapes.append(
            f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_COLOUR}"><title>{escape(said)}</title></circle>'
        )
        if index % every == 0:
            shapes.append(_text(x, _HEIGHT - 8, label, anchor="middle"))
    return _HEIGHT, shapes


def _extent(figures: Sequence[float]) -> tuple[float, float]:
    """From the lowest to the highest and zero; what is all but zero is drawn as that."""
    low, high = min(0.0, *figures), max(0.0, *figures)
    return (low, high) if high - low >= _FINEST else (0.0, 1.0)


def _ticks(low: float, high: float) -> Iterator[float]:
    """Round numbers that reach from one to the other."""
    rough = (high - low) / _TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
    first = math.floor(low / step)
    for place in range(first, math.ceil(high / step) + 1):
        yield round(place * step, 10)


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor">{escape(text)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="rule" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#8886"/>'
