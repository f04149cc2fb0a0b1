"""The running Python as a conda package that runs at any place, and pip as another."""

from __future__ import annotations

import ensurepip
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from tests.support.conda_package import CondaPackage, Link

SUBDIR = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}.get(platform.machine(), "")
"""Conda's name of this machine."""

_CACHE = Path(__file__).parents[2] / "build"
_VERSION = platform.python_version()
_NAME = f"python{sys.version_info.major}.{sys.version_info.minor}"
SITE_PACKAGES = f"lib/{_NAME}/site-packages"
"""Where its packages lie, below the prefix."""

_LEFT_OUT = re.compile(
    r"(site-packages|test|tests|idlelib|idle_test|tkinter|turtledemo|lib2to3|ensurepip|pydoc_data|__pycache__|config-.*)"
)
_MODULES_LEFT_OUT = re.compile(r"(_tkinter|nis|readline|_gdbm|_dbm|_curses.*|_test.*|xx.*|_ctypes_test)\.")
_OF_GLIBC = re.compile(r"(ld-linux|libc|libm|libdl|libpthread|librt|libutil|libresolv|linux-vdso)[-.]")


def why_no_python() -> str:
    """Why the running Python cannot become a package; empty when it can."""
    if not SUBDIR:
        return f"conda packages for {platform.machine()} are not made here"
    if "posix_local" in sysconfig.get_scheme_names():
        return "this Python is a distribution's own, which does not run at another place"
    return "" if _patchelf().exists() else "patchelf is not installed"


def python_package() -> CondaPackage:
    """This Python without what needs a screen; the libraries that it links lie beside it, all without symbols.

    What was changed for it is kept under `build/`, so only the first call takes seconds.
    """
    root = _CACHE / f"conda-python-{_VERSION}"
    if not root.exists():
        _make(root)
    files: dict[str, str | bytes | Path | Link] = {
        str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()
    }
    files["bin/python"] = files["bin/python3"] = Link(_NAME)
    return CondaPackage("python", _VERSION, files, subdir=SUBDIR)


def pip_package() -> CondaPackage:
    """The pip that this Python brings along."""
    wheel = next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
    with zipfile.ZipFile(wheel) as content:
        files: dict[str, str | bytes | Path | Link] = {
            f"site-packages/{name}": content.read(name) for name in content.namelist() if not name.endswith("/")
        }
    version = wheel.name.split("-")[1]
    files[f"site-packages/pip-{version}.dist-info/INSTALLER"] = "conda\n"
    return CondaPackage("pip", version, files, ["python"], entry_points=["pip = pip._internal.cli.main:main"])


def _make(root: Path) -> None:
    _CACHE.mkdir(exist_ok=True)
    unfinished = root.with_name(f"{root.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    source = Path(sysconfig.get_path("stdlib"))
    library = unfinished / "lib" / _NAME
    shutil.copytree(source, library, ignore=_left_out)
    program = unfinished / "bin" / _NAME
    program.parent.mkdir()
    shutil.copy(Path(sys.base_prefix) / "bin" / _NAME, program)
    for binary in [program, *sorted((library / "lib-dynload").glob("*.so"))]:
        for needed in _libraries(binary):
            if not (unfinished / "lib" / needed.name).exists():
                shutil.copy(needed, unfinished / "lib" / needed.name)
    for binary in [program, *sorted(unfinished.rglob("*.so*"))]:
        if shutil.which("strip"):
            subprocess.run(["strip", "--strip-unneeded", binary], check=True)
        place = os.path.relpath(unfinished / "lib", binary.parent)
        subprocess.run([_patchelf(), "--set-rpath", f"$ORIGIN/{place}", binary], check=True)
    unfinished.rename(root)


def _left_out(folder: str, names: list[str]) -> list[str]:
    left_out = _MODULES_LEFT_OUT.match if folder.endswith("lib-dynload") else _LEFT_OUT.fullmatch
    return [name for name in names if left_out(name)]


def _libraries(binary: Path) -> list[Path]:
    said = subprocess.run(["ldd", binary], check=True, capture_output=True, text=True).stdout
    found = [Path(path) for path in re.findall(r"=> (/\S+)", said)]
    return [path for path in found if not _OF_GLIBC.match(path.name)]


def _patchelf() -> Path:
    return Path(sys.executable).with_name("patchelf")
