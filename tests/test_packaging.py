"""The wheel holds everything that a checkout has and the app needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

DATA = ("*.tcss", "*.sql", "*.j2", "*.yaml")
"""Files that are no Python and are read at run time."""


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_style_sheet_is_in_the_wheel(wheel_names: set[str]) -> None:
    sheets = {f"trailer_tui/styles/{path.name}" for path in (ROOT / "styles").glob("*.tcss")}
    assert sheets
    assert sheets <= wheel_names


def test_every_data_file_of_the_package_is_in_the_wheel(wheel_names: set[str]) -> None:
    package = ROOT / "trailer_tui"
    files = {str(path.relative_to(ROOT)) for pattern in DATA for path in package.rglob(pattern)}
    assert files
    assert files <= wheel_names


def test_no_test_is_in_the_wheel(wheel_names: set[str]) -> None:
    assert not [name for name in wheel_names if name.startswith(("tests/", "benchmarks/"))]
