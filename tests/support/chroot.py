"""Programs of another root file system, with mounts that nobody else sees and that vanish with the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

# Bound onto itself, because container engines remount their root; the shared folder keeps its path inside.
_ENTER = """\
set -e
root=$1 shared=$2
shift 2
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root$shared"
mount --bind "$shared" "$root$shared"
[ -e /etc/resolv.conf ] && cat /etc/resolv.conf >"$root/run/resolv.conf"
exec chroot "$root" "$@"
"""

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def inside(root: Path, shared: Path, command: Sequence[str]) -> list[str]:
    """The command that runs `command` with `root` as its root file system; needs root.

    `shared` is a folder below /tmp that the program sees under the same path. No process stands between: signals
    reach the program itself.
    """
    enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "enter", str(root), str(shared)]
    return [*enter, "env", f"PATH={SEARCH_PATH}", *command]
