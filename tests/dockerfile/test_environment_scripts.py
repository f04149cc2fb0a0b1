"""The scripts of an environment, run with the shells that images have."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from trailer_tui.dockerfile.scripts import script

SHELLS = [["sh"], ["bash", "--posix"], ["busybox", "sh"]]


@pytest.fixture
def envs(tmp_path: Path) -> Path:
    """Where the environments lie; `finish` and `ws_run` look there."""
    folder = tmp_path / "envs"
    folder.mkdir()
    return folder


@pytest.fixture(params=[shell for shell in SHELLS if shutil.which(shell[0])], ids=lambda shell: shell[0])
def shell(request: pytest.FixtureRequest) -> list[str]:
    """A shell that an image may have as its sh."""
    return list(request.param)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def script_for(envs: Path, name: str) -> Path:
    file = envs.parent / name
    file.write_text(script(name).replace("/opt/conda/envs", str(envs)))
    return file


def finish(envs: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(script_for(envs, "finish-environment")), name]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def ws_run(envs: Path, shell: list[str], *words: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path} if path else {}
    program = shutil.which(shell[0])
    assert program is not None
    command = [program, *shell[1:], str(script_for(envs, "ws-run")), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def variables(envs: Path, shell: list[str], name: str) -> dict[str, str]:
    ran = ws_run(envs, shell, name, "env", "-0")
    assert ran.returncode == 0, ran.stderr
    return dict(line.split("=", 1) for line in ran.stdout.split("\0") if line)


def test_activation_sets_what_packages_and_conda_ask_for(envs: Path, shell: list[str]) -> None:
    odd = 'it\'s "q" \\ é 😀 $HOME `x` $(y)\nline\ttab'
    ml = envs / "ml"
    write(ml / "etc/conda/env_vars.d/a.json", json.dumps({"ODD": odd, "NUMBER": 5, "no name": "x", "BOTH": "package"}))
    write(ml / "etc/conda/env_vars.d/b.json", json.dumps({"PLAIN": odd}, ensure_ascii=False, indent=2))
    state = {"version": 1, "env_vars": {"BOTH": "state", "GONE": "***unset***"}, "other": {"INNER": "x"}, "l": ["A"]}
    write(ml / "conda-meta/state", json.dumps(state))
    write(ml / "etc/conda/activate.d/1.sh", '[[ $CONDA_DEFAULT_ENV == ml ]] && export -n PWD && export FROM="$ODD"\n')
    write(ml / "etc/conda/activate.d/2.sh", "f() { :; }; export -f f; export PATH=$PATH:/extra; unset NUMBER\n")
    assert finish(envs, "ml").returncode == 0
    found = variables(envs, shell, "ml")
    assert (found["ODD"], found["PLAIN"], found["FROM"]) == (odd, odd, odd)
    assert (found["BOTH"], found["CONDA_SHLVL"]) == ("state", "1")
    assert (found["CONDA_PREFIX"], found["CONDA_DEFAULT_ENV"]) == (str(ml), "ml")
    assert found["PATH"] == f"{ml}/bin:/usr/bin:/bin:/extra"
    assert not found.keys() & {"NUMBER", "GONE", "INNER", "A", "HOME", "f", "version"}


def test_a_command_keeps_its_words_its_end_and_its_place(envs: Path, shell: list[str]) -> None:
    assert finish(envs, "ml").returncode == 0
    words = ["a  b", "", "$HOME", "'", "*"]
    assert ws_run(envs, shell, "ml", "printf", "%s\\n", *words).stdout.splitlines() == words
    assert ws_run(envs, shell, "ml", "sh", "-c", "exit 7").returncode == 7
    assert ws_run(envs, shell, "ml", "nosuch").returncode == 127
    # Without a PATH no empty entry, which would be the current folder.
    assert ws_run(envs, shell, "ml", "/bin/sh", "-c", "echo $PATH", path="").stdout.strip().startswith(f"{envs}/ml/bin")
    write(envs / "ml/bin/inner", "#!/bin/sh\necho inner $CONDA_DEFAULT_ENV\n")
    (envs / "ml/bin/inner").chmod(0o755)
    assert ws_run(envs, shell, "ml", "inner").stdout == "inner ml\n"


def test_an_unknown_environment_is_told_with_those_that_there_are(envs: Path, shell: list[str]) -> None:
    ran = ws_run(envs, shell, "ml", "true")
    assert (ran.returncode, ran.stderr) == (127, "ws-run: there is no environment ml; there are: none\n")
    finish(envs, "ml")
    finish(envs, "web")
    for name in ("nosuch", "../envs/ml", "", "*"):
        ran = ws_run(envs, shell, name, "true")
        assert (ran.returncode, ran.stderr) == (127, f"ws-run: there is no environment {name}; there are: ml web\n")


def test_without_a_command_the_usage_is_told(envs: Path, shell: list[str]) -> None:
    for words in ([], ["ml"]):
        ran = ws_run(envs, shell, *words)
        assert (ran.returncode, ran.stderr) == (2, "usage: ws-run ENVIRONMENT COMMAND [ARGUMENT...]\n")


def test_what_pip_installed_is_listed(envs: Path) -> None:
    packages = envs / "ml/lib/python3.12/site-packages"
    for name, installer in (("Rich", "pip"), ("numpy", "conda"), ("wheel", "pip"), ("uv_made", "uv")):
        write(
            packages / f"{name}-1.0.dist-info/METADATA",
            f"Metadata-Version: 2.1\r\nName: {name}\r\nVersion: 1.0\r\n\r\nName: x\r\n",
        )
        write(packages / f"{name}-1.0.dist-info/INSTALLER", f"{installer}\n")
    (envs / "ml/lib/python3.1").symlink_to("python3.12")
    # Made with pip by those who packed it, but conda's all the same.
    files = ["lib/python3.12/site-packages/wheel-1.0.dist-info/METADATA"]
    write(envs / "ml/conda-meta/wheel-1.0-0.json", json.dumps({"files": files}))
    assert finish(envs, "ml").returncode == 0
    assert (envs / "ml/conda-meta/trailer-pypi.txt").read_text() == "Rich==1.0\nuv_made==1.0\n"


def test_an_activation_that_ends_the_shell_fails_the_build(envs: Path) -> None:
    write(envs / "ml/etc/conda/activate.d/bad.sh", "exit 3\n")
    ran = finish(envs, "ml")
    assert ran.returncode == 1
    assert "Activating ml failed" in ran.stderr
