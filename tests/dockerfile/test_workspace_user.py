"""The script that makes an image's user, on trees of files like those of distributions, with two shells."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.engine import unavailable

SCRIPT = Path(__file__).parents[2] / "trailer_tui/dockerfile/scripts/workspace-user"

PASSWD = [
    "root:x:0:0:root:/root:/bin/bash",
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin",
    "ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash",
    "eve:x:1500:1500::/srv/eve:/bin/sh",
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
]
GROUP = [
    "root:x:0:",
    "sudo:x:27:ubuntu",
    "www-data:x:33:",
    "audio:x:29:pulse,ubuntu,eve",
    "ubuntu:x:1000:",
    "eve:x:1500:",
    "nogroup:x:65534:",
]
SHADOW = ["root:*:19000:0:99999:7:::", "ubuntu:!:19000:0:99999:7:::", "eve:!::::::"]
GSHADOW = ["sudo:*::ubuntu", "ubuntu:!::"]
SUBUID = ["ubuntu:100000:65536", "eve:165536:65536"]
TREE = {"passwd": PASSWD, "group": GROUP, "shadow": SHADOW, "gshadow": GSHADOW, "subuid": SUBUID, "subgid": SUBUID}


@dataclass(frozen=True)
class Base:
    """A file system to work on, and what works on it."""

    root: Path
    shell: list[str]

    def make(self, uid: str = "", name: str = "", gid: str = "", group: str = "") -> str:
        """Run the script; what it says when it fails, else nothing."""
        environment = {"PATH": os.environ["PATH"], "WORKSPACE_ROOT": str(self.root)}
        ended = subprocess.run(
            [*self.shell, str(SCRIPT), uid, name, gid, group],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert ended.returncode in (0, 1), ended.stderr
        assert bool(ended.returncode) is bool(ended.stderr), ended.stderr
        return ended.stderr.removeprefix("Trailer: user of the image: ").strip()

    def lines(self, name: str) -> list[str]:
        return (self.root / "etc" / name).read_text().splitlines()

    def new(self) -> dict[str, list[str]]:
        """Lines that were not there before, by file."""
        found = {name: [line for line in self.lines(name) if line not in before] for name, before in TREE.items()}
        return {name: lines for name, lines in found.items() if lines}

    def gone(self) -> dict[str, list[str]]:
        found = {name: [line for line in before if line not in self.lines(name)] for name, before in TREE.items()}
        return {name: lines for name, lines in found.items() if lines}

    def owner(self, path: str) -> str:
        found = (self.root / path).stat()
        return f"{found.st_uid}:{found.st_gid}"


@pytest.fixture(params=["dash", "busybox"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Base:
    """A tree like Ubuntu's, and a shell: Debian's or busybox's."""
    shell = shutil.which(request.param)
    if shell is None:
        unavailable(f"{request.param} is not installed")
    if os.geteuid() != 0:
        unavailable("only root can give files to others")
    root = tmp_path / "root"
    for folder in (root / "etc/skel", root / "home/ubuntu", root / "srv/eve", root / "bin"):
        folder.mkdir(parents=True)
    for path, owner in (("home/ubuntu", 1000), ("srv/eve", 1500)):
        (root / path / "notes").write_text("kept\n")
        for each in (root / path, root / path / "notes"):
            os.chown(each, owner, owner)
    for name, lines in TREE.items():
        (root / "etc" / name).write_text("\n".join(lines) + "\n")
    (root / "etc/shadow").chmod(0o640)
    (root / "etc/skel/.profile").write_text("# profile\n")
    (root / "bin/bash").touch(0o755)
    return Base(root, [shell, "sh"] if request.param == "busybox" else [shell])


def test_a_new_user_gets_a_group_a_home_and_a_shell(base: Base) -> None:
    assert base.make("2001", "ada") == ""
    assert base.new() == {
        "passwd": ["ada:x:2001:2001::/home/ada:/bin/bash"],
        "group": ["ada:x:2001:"],
        "shadow": ["ada:*::0:99999:7:::"],
        "gshadow": ["ada:!::"],
    }
    assert base.gone() == {}
    assert (base.root / "home/ada/.profile").read_text() == "# profile\n"
    assert (base.owner("home/ada"), base.owner("home/ada/.profile")) == ("2001:2001", "2001:2001")
    assert stat.S_IMODE((base.root / "home/ada").stat().st_mode) == 0o755
    assert stat.S_IMODE((base.root / "etc/shadow").stat().st_mode) == 0o640
    assert not list((base.root / "etc").glob("*.trailer"))


@pytest.mark.parametrize(
    ("asked", "passwd", "group"),
    [
        (("2001", ""), "user:x:2001:2001::/home/user:/bin/bash", ["user:x:2001:"]),
        (("", "ada"), "ada:x:1001:1001::/home/ada:/bin/bash", ["ada:x:1001:"]),
        (("500", "ada"), "ada:x:500:500::/home/ada:/bin/bash", ["ada:x:500:"]),
        (("65535", "ada"), "ada:x:65535:65535::/home/ada:/bin/bash", ["ada:x:65535:"]),
        (("2001", "ada", "2002"), "ada:x:2001:2002::/home/ada:/bin/bash", ["ada:x:2002:"]),
        (("2001", "ada", "2002", "team"), "ada:x:2001:2002::/home/ada:/bin/bash", ["team:x:2002:"]),
        (("2001", "ada", "", "team"), "ada:x:2001:2001::/home/ada:/bin/bash", ["team:x:2001:"]),
        (("2001", "ada", "33", ""), "ada:x:2001:33::/home/ada:/bin/bash", []),
        (("2001", "ada", "", "audio"), "ada:x:2001:29::/home/ada:/bin/bash", []),
        (("2001", "ada", "0", ""), "ada:x:2001:0::/home/ada:/bin/bash", []),
        (("2001", "ada", "33", "web"), "ada:x:2001:33::/home/ada:/bin/bash", ["web:x:33:"]),
        # Second accounts: the number belongs to the system.
        (("33", "web"), "web:x:33:33::/home/web:/bin/bash", []),
        (("65534", "none"), "none:x:65534:65534::/home/none:/bin/bash", []),
        (("0", "toor"), "toor:x:0:0::/home/toor:/bin/bash", []),
    ],
)
def test_new_accounts(base: Base, asked: tuple[str, ...], passwd: str, group: list[str]) -> None:
    assert base.make(*asked) == ""
    assert base.new()["passwd"] == [passwd]
    assert base.new().get("group", []) == group
    assert base.gone() == {}


def test_who_has_a_number_is_the_account_that_was_asked_for_unless_that_is_root(base: Base) -> None:
    assert base.make("33", "web") == ""
    assert base.make("0", "toor") == ""
    names = [line.split(":")[0] for line in base.lines("passwd")]
    assert names.index("web") == names.index("www-data") - 1
    assert names.index("toor") == names.index("root") + 1


def test_the_bases_own_regular_user_is_renamed_with_all_that_it_has(base: Base) -> None:
    assert base.make("1000", "dev") == ""
    assert base.new() == {
        "passwd": ["dev:x:1000:1000:Ubuntu:/home/dev:/bin/bash"],
        "group": ["sudo:x:27:dev", "audio:x:29:pulse,dev,eve", "dev:x:1000:"],
        "shadow": ["dev:!:19000:0:99999:7:::"],
        "gshadow": ["sudo:*::dev", "dev:!::"],
        "subuid": ["dev:100000:65536"],
        "subgid": ["dev:100000:65536"],
    }
    assert (base.root / "home/dev/notes").read_text() == "kept\n"
    assert not (base.root / "home/ubuntu").exists()


@pytest.mark.parametrize(
    ("asked", "new"),
    [
        (("1000",), {}),
        (("", "ubuntu"), {}),
        (("", "www-data"), {}),
        (("0",), {}),
        (("0", "root"), {}),
        (
            ("2001", "ubuntu"),
            {"passwd": ["ubuntu:x:2001:1000:Ubuntu:/home/ubuntu:/bin/bash"]},
        ),
        (("2001", "eve"), {"passwd": ["eve:x:2001:1500::/srv/eve:/bin/sh"]}),
        (
            ("", "ubuntu", "33"),
            {"passwd": ["ubuntu:x:1000:33:Ubuntu:/home/ubuntu:/bin/bash"]},
        ),
        (("1000", "", "1000", "dev"), {"group": ["dev:x:1000:"], "gshadow": ["dev:!::"]}),
        (("", "", "2001"), {"group": ["group2001:x:2001:"], "gshadow": ["group2001:!::"]}),
        (("", "", "", "team"), {"group": ["team:x:1001:"], "gshadow": ["team:!::"]}),
        (("", "", "33", ""), {}),
        (("", "", "33", "www-data"), {}),
        (("", "", "33", "web"), {"group": ["web:x:33:"], "gshadow": ["web:!::"]}),
        (("", "", "0", "wheel"), {"group": ["wheel:x:0:"], "gshadow": ["wheel:!::"]}),
        (("0", "", "2001", "team"), {"group": ["team:x:2001:"], "gshadow": ["team:!::"]}),
        (("", "", "2002", "eve"), {"group": ["eve:x:2002:"], "passwd": ["eve:x:1500:2002::/srv/eve:/bin/sh"]}),
    ],
)
def test_what_is_there_is_taken_as_it_is_or_changed(
    base: Base, asked: tuple[str, ...], new: dict[str, list[str]]
) -> None:
    assert base.make(*asked) == ""
    assert base.new() == new


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("2001", "www-data"), "www-data is an account of the system with uid 33: choose another user name"),
        (("2001", "root"), "root has uid 0: leave the uid empty"),
        (("1000", "eve"), "uid 1000 is the account ubuntu and the name eve is the account with uid 1500: choose"),
        (("33", "", "2001"), "www-data is an account of the system with gid 33: leave gid and group empty"),
        (("", "", "2001", "audio"), "the group audio belongs to the system with gid 29: choose another group name"),
        (("", "", "1000", "eve"), "gid 1000 is the group ubuntu and the name eve is the group with gid 1500: choose"),
        (("2001", "audio"), "the group audio belongs to the system with gid 29: name another group"),
    ],
)
def test_what_cannot_be_is_said(base: Base, asked: tuple[str, ...], told: str) -> None:
    assert base.make(*asked).startswith(told)
    assert base.gone() == {}


def test_a_home_follows_its_account_to_another_number_and_group(base: Base) -> None:
    assert base.make("2001", "eve") == ""
    assert (base.owner("srv/eve"), base.owner("srv/eve/notes")) == ("2001:1500", "2001:1500")
    assert base.make("", "ubuntu", "33") == ""
    assert (base.owner("home/ubuntu"), base.owner("home/ubuntu/notes")) == ("1000:33", "1000:1000")


def test_a_second_time_changes_nothing(base: Base) -> None:
    for asked in (("2001", "ada", "2002", "team"), ("1000", "dev"), ("33", "web"), ("", "", "2003")):
        assert base.make(*asked) == ""
        before = {name: base.lines(name) for name in TREE}
        assert base.make(*asked) == ""
        assert {name: base.lines(name) for name in TREE} == before


def test_a_tree_without_accounts_gets_root_and_the_user(base: Base) -> None:
    shutil.rmtree(base.root / "etc")
    (base.root / "bin/bash").unlink()
    assert base.make("2001", "ada") == ""
    assert base.lines("passwd") == ["root:x:0:0:root:/root:/bin/sh", "ada:x:2001:2001::/home/ada:/bin/sh"]
    assert base.lines("group") == ["root:x:0:", "ada:x:2001:"]
    assert not (base.root / "etc/shadow").exists()


def test_a_file_without_a_last_line_break_keeps_its_last_line(base: Base) -> None:
    passwd = base.root / "etc/passwd"
    passwd.write_text(passwd.read_text().rstrip("\n"))
    assert base.make("2001", "ada") == ""
    assert base.lines("passwd") == [*PASSWD, "ada:x:2001:2001::/home/ada:/bin/bash"]
