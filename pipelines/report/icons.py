"""The icons of variation and assurance as inline SVG, and what each of them means in words. Colours and shapes are those of the charts."""

from __future__ import annotations

from markupsafe import Markup, escape

from pipelines.report.palette import BAND, COMMON, CONCERN, IMPROVEMENT, INK, NEUTRAL, OUTLINES, colour_of
from pipelines.report.plane import FONT

VARIATION_WORDS = {
    "improvement_high": "Special cause: improvement, high",
    "improvement_low": "Special cause: improvement, low",
    "concern_high": "Special cause: concern, high",
    "concern_low": "Special cause: concern, low",
    "neutral_high": "Special cause: high, neither way is better",
    "neutral_low": "Special cause: low, neither way is better",
    "common_cause": "Common cause: no significant change",
}
ASSURANCE_WORDS = {
    "pass": "Will keep meeting its target unless something changes",
    "fail": "Will keep missing its target unless something changes",
    "hit_or_miss": "Will meet its target in some months and miss it in others",
}


def _variation_drawing(variation: str) -> str:
    colour = colour_of(variation)
    if colour == COMMON:
        return (
            f'<circle cx="16" cy="16" r="13" fill="#fff" stroke="{COMMON}" stroke-width="3"/>'
            f'<path d="M7 18c3-8 5-8 7.5-2s5 6 6 .5 2.5-3 4.5-1.5" fill="none" stroke="{OUTLINES[COMMON]}" stroke-width="2"/>'
        )
    letter = "H" if variation.endswith("high") else "L"
    frame = {
        IMPROVEMENT: f'<circle cx="16" cy="16" r="13" fill="#fff" stroke="{colour}" stroke-width="4.5"/>',
        CONCERN: f'<rect x="3.5" y="3.5" width="25" height="25" rx="2" fill="#fff" stroke="{colour}" stroke-width="4.5"/>',
        NEUTRAL: f'<path d="M16 3L30 28H2z" fill="#fff" stroke="{colour}" stroke-width="3.5" stroke-linejoin="round"/>',
    }[colour]
    y, size = (26, 12) if colour == NEUTRAL else (21.5, 16)
    return f'{frame}<text x="16" y="{y}" text-anchor="middle" font-size="{size}" font-weight="700" fill="{INK}">{letter}</text>'


def _assurance_drawing(assurance: str) -> str:
    frame, letter = {
        "pass": (f'<circle cx="16" cy="16" r="13" fill="{IMPROVEMENT}" stroke="{OUTLINES[IMPROVEMENT]}" stroke-width="2"/>', "P"),
        "fail": (f'<rect x="3" y="3" width="26" height="26" rx="2" fill="{CONCERN}" stroke="{OUTLINES[CONCERN]}" stroke-width="2"/>', "F"),
        "hit_or_miss": (
            f'<circle cx="16" cy="16" r="13" fill="{BAND}" stroke="{OUTLINES[COMMON]}" stroke-width="2" stroke-dasharray="4 2.5"/>',
            "?",
        ),
    }[assurance]
    return f'{frame}<text x="16" y="21.5" text-anchor="middle" font-size="16" font-weight="700" fill="#000">{letter}</text>'


def variation_icon(variation: str | None, size: int = 30) -> Markup:
    """The icon of a series' latest month: H or L on the shape of its kind, or a wave for noise. Nothing for None."""
    return _icon(_variation_drawing(variation), VARIATION_WORDS[variation], size) if variation else Markup("")


def assurance_icon(assurance: str | None, size: int = 30) -> Markup:
    """Whether the process, left alone, will meet its target: P, F or ?, each in a frame of its own. Nothing for None."""
    return _icon(_assurance_drawing(assurance), ASSURANCE_WORDS[assurance], size) if assurance else Markup("")


def _icon(drawing: str, words: str, size: int) -> Markup:
    return Markup(
        f'<svg class="icon" role="img" width="{size}" height="{size}" viewBox="0 0 32 32" {FONT}><title>{escape(words)}</title>{drawing}</svg>'
    )


def icon_symbols() -> Markup:
    """Every icon once, unseen: pages with hundreds of icons hold them here, and `icon_use` wherever they are shown."""
    drawings = {**{k: _variation_drawing(k) for k in VARIATION_WORDS}, **{k: _assurance_drawing(k) for k in ASSURANCE_WORDS}}
    symbols = "".join(f'<symbol id="icon-{kind}" viewBox="0 0 32 32">{drawing}</symbol>' for kind, drawing in drawings.items())
    return Markup(f'<svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false" {FONT}>{symbols}</svg>')


def icon_use(kind: str | None, size: int = 30) -> Markup:
    """An icon of a page with `icon_symbols`, by `variation` or `assurance`. Nothing for None."""
    if not kind:
        return Markup("")
    words = VARIATION_WORDS.get(kind) or ASSURANCE_WORDS[kind]
    return Markup(f'<svg class="icon" role="img" width="{size}" height="{size}"><title>{escape(words)}</title><use href="#icon-{kind}"/></svg>')
