"""The four looks of Trailer; every colour of the app is a variable of one of these."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

DEFAULT_THEME = "trailer-dark"

THEMES: tuple[Theme, ...] = (
    Theme(
        name="trailer-dark",
        primary="#5fa8d3",
        secondary="#7f9bb3",
        accent="#e0b050",
        warning="#e0b050",
        error="#e06c75",
        success="#7fbf7f",
        foreground="#d8dee6",
        background="#14181d",
        surface="#1b2026",
        panel="#262d35",
        variables={"block-cursor-text-style": "none", "button-focus-text-style": "reverse bold"},
    ),
    Theme(
        name="trailer-light",
        primary="#1f6390",
        secondary="#4a6274",
        accent="#8a5a00",
        warning="#8a5a00",
        error="#a8203a",
        success="#1f6f36",
        foreground="#1c2126",
        background="#f6f7f8",
        surface="#eceef0",
        panel="#dde2e6",
        dark=False,
        variables={"block-cursor-text-style": "none", "button-focus-text-style": "reverse bold"},
    ),
    replace(BUILTIN_THEMES["ansi-dark"], name="trailer-ansi"),
    Theme(
        name="trailer-high-contrast",
        primary="#00d7ff",
        secondary="#ffffff",
        accent="#ffff00",
        warning="#ffff00",
        error="#ff6060",
        success="#00ff5f",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#202020",
        text_alpha=1.0,
        variables={
            "block-cursor-background": "#ffffff",
            "block-cursor-foreground": "#000000",
            "block-cursor-text-style": "bold",
            "button-focus-text-style": "reverse bold",
            "text-muted": "#ffffff",
            "text-disabled": "#d0d0d0",
        },
    ),
)
"""Registered in this order; the palette offers them in this order."""
