"""What the user configured about the app, read without pydantic and YAML when there is no file."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from trailer_tui import locations
from trailer_tui.app.actions import ACTIONS
from trailer_tui.app.themes import DEFAULT_THEME, THEMES
from trailer_tui.model.errors import BadConfiguration, TrailerError

_REST_IS_USED = "the rest of the file is used; mend it and start the app again"


class PartlyBadConfiguration(BadConfiguration):
    """Something in the configuration file cannot be used; the rest can."""

    code, title = "partly-bad-configuration", "Part of the configuration file cannot be used"


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The app's part of the configuration file."""

    theme: str = DEFAULT_THEME
    mouse: bool = True
    refresh_hz: float | None = None
    keys: dict[str, str] = field(default_factory=dict)
    problem: TrailerError | None = None
    """Why the file, or a part of it, is not used; shown once the app is up."""


def read_settings() -> AppSettings:
    """The settings of `locations.config_file`; a file that cannot be used leaves the defaults and its problem."""
    path = locations.config_file()
    if not path.exists():
        return AppSettings()
    from trailer_tui import config

    try:
        app = config.load(path).app
    except TrailerError as problem:
        return AppSettings(problem=problem)
    known_keys = {action.id for action in ACTIONS}
    problems = [_unknown("action", name, sorted(known_keys)) for name in app.keys if name not in known_keys]
    themes = [theme.name for theme in THEMES]
    if app.theme not in themes:
        problems.append(_unknown("theme", app.theme, themes))
    return AppSettings(
        theme=app.theme if app.theme in themes else DEFAULT_THEME,
        mouse=app.mouse,
        refresh_hz=app.refresh_hz,
        keys={name: keys for name, keys in app.keys.items() if name in known_keys},
        problem=PartlyBadConfiguration(f"{path}: {'; '.join(problems)}", hint=_REST_IS_USED) if problems else None,
    )


def key_clashes(configured: dict[str, str]) -> list[str]:
    """Which configured keys another action of the same screen answers to, in words; the configured one wins."""
    keys = {action.id: _split(configured.get(action.id, action.keys)) for action in ACTIONS}
    clashes = []
    for action in ACTIONS:
        if action.id not in configured:
            continue
        for other in ACTIONS:
            shares_screen = other.scope in (action.scope, "app") or action.scope == "app"
            both = keys[action.id] & keys[other.id]
            if (
                other.id == action.id
                or not shares_screen
                or not both
                or (other.id in configured and other.id < action.id)
            ):
                continue
            clashes.append(f"{', '.join(sorted(both))}: {action.id} and {other.id}")
    return clashes


def _split(keys: str) -> set[str]:
    return {key.strip() for key in keys.split(",")}


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"unknown {kind} {name}; " + (f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}")
