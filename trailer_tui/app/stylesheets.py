"""Where the app's stylesheets are."""

from __future__ import annotations

from pathlib import Path


def styles_folder() -> Path:
    """The folder of the .tcss files: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "styles"
    return installed if installed.is_dir() else package.parent / "styles"


def stylesheets() -> list[Path]:
    """Every stylesheet, in the order of their names."""
    return sorted(styles_folder().glob("*.tcss"))
