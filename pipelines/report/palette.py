"""Every colour of charts, pages, slides and workbooks, once.

Colours of signals are those that British public boards know (Making Data Count); each also has a shape of its own, so that a chart says
the same in black and white:

    improvement  blue    circle
    concern      orange  square
    neutral      purple  triangle
    common cause grey    small dot

Style sheets name them as variables (--improvement, --improvement-dark, --soft, …), which `css_variables` declares.
"""

from __future__ import annotations

IMPROVEMENT, CONCERN, NEUTRAL, COMMON = "#00b0f0", "#e46c0a", "#490092", "#a6a6a6"
# The outline of each, and its text: dark enough to be seen on white (contrast of at least 3; of the first two at least 5).
IMPROVEMENT_DARK, CONCERN_DARK = "#006a94", "#9c4700"
OUTLINES = {IMPROVEMENT: IMPROVEMENT_DARK, CONCERN: CONCERN_DARK, NEUTRAL: "#2f005e", COMMON: "#5f6a74"}
TARGET = "#8a1c4a"

BRAND, INK, SOFT = "#12436d", "#1c2733", "#4b5b69"  # headings, text, text of less weight
LINE, EDGE, RULE, GRID = "#5b6b7a", "#8796a5", "#cfd7de", "#dfe4e8"  # of a chart's values, of tiles, between rows, of a chart's axes
BAND, PALE = "#e6ecf1", "#f1f5f8"  # surfaces behind what is drawn or written
# Colour and dash of the lines of a chart of several series.
SERIES = ((BRAND, ""), ("#b34700", "7 4"), (NEUTRAL, "2 3"), ("#3d3d3d", "10 3 2 3"))

# Pale fills under words: ratings by target (RAG), and signals.
FILLS = {
    "green": "#dcefdc",
    "amber": "#fdeecb",
    "red": "#f8d7d3",
    "blue": "#d5e8f7",
    "improvement": "#e5f6fd",
    "concern": "#fdeee2",
    "neutral": "#e3d8ef",
    "common": "#ececec",
}
# Boxes of the governance map, by kind.
NODE_FILLS = {"board": "#e3edf7", "body": "#e3edf7", "plan": "#fdf3e1", "scorecard": "#e5f6fd", "report": "#f6f1e7", "framework": "#eef3ee"}

_CSS_ONLY = {"focus": "#ffbf47", "on-brand": "#9fb4c8", "marked": "#ffe9a8", "rag-red": "#b3261e", "rag-amber": "#a15c00", "rag-green": "#1d6b35"}


# The colour, mark and words of each tone (measures.measure_tones). What has which tone is worked out there and nowhere else.
TONES = {
    "improvement": (IMPROVEMENT, IMPROVEMENT_DARK, "●", "improvement"),
    "concern": (CONCERN, CONCERN_DARK, "■", "concern"),
    "neutral signal": (NEUTRAL, NEUTRAL, "▲", "signal, neither way is better"),
    "none": (EDGE, SOFT, "–", ""),
}


def colour_of(variation: str | None) -> str:
    """The colour of a point or icon by `variation` of measures.measure_spc."""
    kind = (variation or "").partition("_")[0]
    return {"improvement": IMPROVEMENT, "concern": CONCERN, "neutral": NEUTRAL}.get(kind, COMMON)


def fill_of(word: str | None) -> str | None:
    """The fill under a RAG, variation or tone: the longest known beginning (`improvement_high` is an improvement)."""
    return next((fill for name, fill in FILLS.items() if word and word.startswith(name)), None)


# Every colour of the pages for readers who have chosen dark ones, by that on white.
PAPER, BAR = "#ffffff", BRAND  # what is written on; bars of the brand under white words
DARK = {
    PAPER: "#11181f",
    IMPROVEMENT: "#2cc0f7",
    CONCERN: "#f08a3c",
    NEUTRAL: "#c39bf0",
    COMMON: "#8f9aa5",
    IMPROVEMENT_DARK: "#6fd0fa",
    CONCERN_DARK: "#ffb27a",
    OUTLINES[NEUTRAL]: "#dcc8f8",
    OUTLINES[COMMON]: "#b3bdc6",
    TARGET: "#f48bb4",
    BRAND: "#8cc4f2",
    INK: "#e8eef4",
    SOFT: "#b3c0cc",
    LINE: "#9fb0bf",
    EDGE: "#7f90a0",
    RULE: "#34424f",
    GRID: "#2b3742",
    BAND: "#22303c",
    PALE: "#1a242d",
    SERIES[1][0]: "#f2a65a",
    SERIES[3][0]: "#c9c9c9",
    FILLS["improvement"]: "#0f3346",
    FILLS["concern"]: "#402512",
    _CSS_ONLY["marked"]: "#5a4a00",
    _CSS_ONLY["rag-red"]: "#ff8a80",
    _CSS_ONLY["rag-amber"]: "#f0b35b",
    _CSS_ONLY["rag-green"]: "#7fce95",
}


def _variables() -> dict[str, str]:
    """The palette by the names that style sheets know it by."""
    return {
        "paper": PAPER,
        "improvement": IMPROVEMENT,
        "improvement-dark": IMPROVEMENT_DARK,
        "improvement-fill": FILLS["improvement"],
        "concern": CONCERN,
        "concern-dark": CONCERN_DARK,
        "concern-fill": FILLS["concern"],
        "neutral": NEUTRAL,
        "brand": BRAND,
        "ink": INK,
        "soft": SOFT,
        "edge": EDGE,
        "rule": RULE,
        "band": BAND,
        "pale": PALE,
    } | _CSS_ONLY


def css_variables() -> str:
    """The palette for a style sheet, which names no colour of its own."""
    named = _variables() | {"bar": BAR, "watermark": f"{CONCERN_DARK}14"}
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in named.items()) + " }\n"


def css_dark() -> str:
    """The same for readers who have chosen dark pages; charts carry their colours as attributes, which are replaced one by one.

    Maps of tints (class `map` or `tinted`) keep theirs, on white: words on a tint need it to be pale. So does paper, and so do readers' own colours.
    """
    variables = " ".join(f"--{name}: {DARK.get(colour, colour)};" for name, colour in _variables().items())
    drawn = {**DARK, "#fff": DARK[PAPER], "#000": DARK[INK]}
    attributes = " ".join(
        f'svg:not(.map, .tinted) [{attribute}="{colour}"] {{ {attribute}: {dark}; }}'
        for colour, dark in drawn.items()
        for attribute in ("fill", "stroke")
    )
    return (
        "@media screen and (prefers-color-scheme: dark) and (forced-colors: none) {\n"
        f":root {{ color-scheme: dark; {variables} --bar: #0e2f4d; }}\n{attributes}\n"
        f"svg:is(.map, .tinted) {{ background: {PAPER}; }}\n}}\n"
    )
