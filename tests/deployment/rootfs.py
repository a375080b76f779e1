"""A system to run the steps of an image in, made of this machine's own, without any container.

A layer lies over the root of this machine: an overlay, mounted in a mount namespace of its own.
What a step reads is this machine's, what it writes lands in the layer. Needs root on Linux.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_ALONE = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
_MOUNT = """
set -e
mount -t overlay overlay -o lowerdir=/,upperdir={layer},workdir={work} {merged}
mount -t proc proc {merged}/proc
mount --rbind /dev {merged}/dev
{more}
exec chroot {merged} "$@"
"""
_NEEDED = ("unshare", "setpriv", "chroot", "mount", "useradd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """How a command is run of an image: read-only, with no capability, as nobody in particular."""

    user: int
    mounts: Mapping[str, Path] = field(default_factory=dict)
    """Folders of this machine, by where they are seen from inside."""


class RootFs:
    """The file system of one stage of an image."""

    def __init__(self, folder: Path) -> None:
        """Take a folder for the layer; it is made."""
        self.layer, self._work, self._merged = (folder / name for name in ("layer", "work", "root"))
        for each in (self.layer, self._work, self._merged):
            each.mkdir(parents=True)

    def hide(self, path: str) -> None:
        """Have an empty folder at `path`, whatever this machine has there."""
        place = self.inside(path)
        place.mkdir(parents=True)
        os.setxattr(place, "trusted.overlay.opaque", b"y")

    def inside(self, path: str) -> Path:
        """Return where in the layer that is which is seen at `path` from inside."""
        return self.layer / path.lstrip("/")

    def put(self, source: Path, path: str) -> None:
        """Put a file or folder at `path`, with the rights it has."""
        place = self.inside(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy2(source, place)

    def run(self, words: Sequence[str], environment: Mapping[str, str], folder: str = "/") -> str:
        """Return what a command of root's printed that was run inside; it must end well."""
        ran = subprocess.run(
            self.command(words, environment, folder),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert ran.returncode == 0, f"{shlex.join(words)}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def command(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        container: Container | None = None,
    ) -> Sequence[str]:
        """Return the command that runs `words` inside, as the first process there is."""
        more, privileges = _bounds(self._merged, container) if container else ((), ())
        script = _MOUNT.format(
            layer=self.layer, work=self._work, merged=self._merged, more="\n".join(more)
        )
        variables = [f"{name}={value}" for name, value in environment.items()]
        entered = ["env", "--ignore-environment", f"--chdir={folder}", *variables, *words]
        return [*_ALONE, "bash", "-c", script, "bash", *privileges, *entered]


@cache
def why_not() -> str | None:
    """Return why no such system can be made on this machine; None where it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "the steps of an image are run by root on Linux alone"
    missing = [each for each in _NEEDED if shutil.which(each) is None]
    if missing:
        return f"not installed here: {', '.join(missing)}"
    with tempfile.TemporaryDirectory() as folder:
        words = RootFs(Path(folder)).command(["true"], {"PATH": os.defpath}, "/")
        tried = subprocess.run(words, capture_output=True, check=False)
    return "this machine does not let layers be mounted" if tried.returncode else None


def _bounds(merged: Path, container: Container) -> tuple[Sequence[str], Sequence[str]]:
    """Return the commands that confine a container from outside, and the one from inside."""
    binds = [f"mount --bind {path} {merged}{seen}" for seen, path in container.mounts.items()]
    temporary = f"mount -t tmpfs -o mode=1777 tmpfs {merged}/tmp"  # noqa: S108 - of the container
    user = (f"--reuid={container.user}", f"--regid={container.user}", "--clear-groups")
    nothing = ("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs")
    return [temporary, *binds, f"mount -o remount,ro {merged}"], ["setpriv", *user, *nothing]
