"""The modules made from `buildkit.proto` are those that are committed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = Path("trailer_tui/engine/buildkit")


def test_the_generated_modules_are_up_to_date(tmp_path: Path) -> None:
    pytest.importorskip("grpc_tools", reason="grpcio-tools is not installed")
    command = [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=.", f"--python_out={tmp_path}"]
    subprocess.run([*command, f"--pyi_out={tmp_path}", str(FOLDER / "buildkit.proto")], cwd=ROOT, check=True)
    for name in ("buildkit_pb2.py", "buildkit_pb2.pyi"):
        made, committed = (folder / FOLDER / name for folder in (tmp_path, ROOT))
        assert made.read_text() == committed.read_text(), f"{name} is out of date: make proto"
