"""A chart as pictures: drawn by Vega-Lite without a browser, as PNG, and as SVG for light and for dark pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from personabench.errors import MissingExtra

SCALE = 2
"""Pixels of a PNG for one of the chart."""

FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"
COLOURS = ("#3b7dd8", "#e8772e", "#2fa36b", "#c44e9a", "#8b62d3", "#c9a227", "#28a9b5", "#d64545", "#8a8f98")
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right", "triangle-left")
LIGHT = {"text": "#1d1d1f", "soft": "#6b6b70", "line": "#e3e3e8", "page": "#ffffff"}
DARK = {"text": "#e8e8ea", "soft": "#a0a0a8", "line": "#3a3a40", "page": "#17171a"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One chart: `name` for files, and the chart in three forms."""

    name: str
    title: str
    png: bytes
    light: str
    dark: str


def altair() -> Any:
    """What draws.

    Raises: MissingExtra.
    """
    try:
        import_module("vl_convert")
        return import_module("altair")
    except ImportError:
        raise MissingExtra("a chart", "altair and vl-convert-python", "report") from None


def picture_of(name: str, chart: Any) -> Picture:
    """A titled chart in its three forms."""
    convert: Any = import_module("vl_convert")
    spec: dict[str, Any] = chart.to_dict()
    light, dark = (json.dumps({**spec, "config": _config(colours)}) for colours in (LIGHT, DARK))
    title = spec["title"]["text"]
    return Picture(
        name=name,
        title=title,
        png=convert.vegalite_to_png(light, scale=SCALE),
        light=convert.vegalite_to_svg(light),
        dark=convert.vegalite_to_svg(dark),
    )


def _config(colours: Mapping[str, str]) -> dict[str, Any]:
    text, soft, line = colours["text"], colours["soft"], colours["line"]
    words = {"labelColor": soft, "titleColor": text, "labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": 500}
    return {
        "font": FONT,
        "background": colours["page"],
        "padding": 14,
        "view": {"stroke": None},
        "axis": {**words, "gridColor": line, "domainColor": soft, "tickColor": soft, "titlePadding": 8},
        "legend": {
            **words,
            "symbolStrokeWidth": 0,
            "symbolSize": 90,
            "symbolOpacity": 1,
            "symbolBaseFillColor": soft,
        },
        "title": {"color": text, "fontSize": 12, "subtitleColor": soft, "subtitleFontSize": 11, "subtitlePadding": 5},
        "text": {"color": text, "fontSize": 11},
        "rule": {"color": text},
    }
