"""Runs the steps of a Dockerfile in layers over this machine's own system."""

from __future__ import annotations

import os
import re
import site
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tests.deployment.dockerfile import ROOT, Stage, Step, read_stages
from tests.deployment.rootfs import Container, RootFs

PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
"""Of the base image."""
# Where packages come from, and how to get there, is a matter of the machine, as with Docker.
_HANDED_ON = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT", "REQUESTS_CA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What a Dockerfile makes: a file system, and how it is started."""

    root: RootFs
    stage: Stage
    environment: Mapping[str, str]

    def command(
        self, words: Sequence[str], mounts: Mapping[str, Path], **variables: str
    ) -> Sequence[str]:
        """Return the command that does what ``docker run --read-only --cap-drop ALL`` would."""
        user = int(self.stage.last("USER").text.split(":")[0])
        container = Container(user=user, mounts=mounts)
        folder = self.stage.last("WORKDIR").text
        return self.root.command(words, {**self.environment, **variables}, folder, container)


def build(folder: Path, *, context: Path = ROOT, is_lent: bool) -> Image:
    """Run every step of the Dockerfile below `folder`; return what the last stage comes to.

    `context` is what COPY copies from. Where packages `is_lent` by this environment, pip finds all
    there is in the lock, and downloads nothing.
    """
    stages = read_stages()
    roots: dict[str | None, RootFs] = {}
    for number, stage in enumerate(stages):
        roots[stage.name] = root = RootFs(folder / str(number))
        _lay_base(root)
        if is_lent and number == 0:
            _lend(root)
        environment = _run_steps(stage, context, root, roots)
    return Image(root=root, stage=stages[-1], environment=environment)


def _run_steps(
    stage: Stage, context: Path, root: RootFs, roots: Mapping[str | None, RootFs]
) -> Mapping[str, str]:
    """Do what a stage says; return the environment that it ends with."""
    environment = {"PATH": PATH, "HOME": "/"}
    where = "/"
    for step in stage.steps:
        if step.name == "WORKDIR":
            where = step.text
            root.inside(where).mkdir(parents=True, exist_ok=True)
        elif step.name == "ENV":
            pairs = (word.split("=", 1) for word in step.words)
            environment |= {
                name: value.replace("$PATH", environment["PATH"]) for name, value in pairs
            }
        elif step.name == "COPY":
            _copy(step, context, where, root, roots)
        elif step.name == "RUN":
            root.run(["sh", "-c", step.text], {**environment, **_handed_on()}, where)
    return environment


def _lay_base(root: RootFs) -> None:
    """Stand in for the base image: a Python that everybody may run, called `python`."""
    for hidden in ("/data", "/opt/heatsync", "/src"):
        root.hide(hidden)
    python = root.inside("/usr/local/bin/python")
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {_base_python()} "$@"\n')
    python.chmod(0o755)
    for path in (_base_python(), Path(site.getsitepackages()[0]) / "here"):
        root.run(["chmod", "a+x", *map(str, path.parents)], {"PATH": PATH})


def _base_python() -> Path:
    """Return the interpreter that this one's environment was made of."""
    return Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")


def _lend(root: RootFs) -> None:
    """Let the environment that is going to be made have what the lock asks for from this one."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    place = root.inside(f"/opt/heatsync/lib/{version}/site-packages")
    place.mkdir(parents=True)
    for name in _lent():
        (place / name).symlink_to(Path(site.getsitepackages()[0], name))


def _lent() -> set[str]:
    """Return the files and folders of every package that the lock asks for."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE)
    files = [path for name in names for path in metadata.distribution(name).files or ()]
    return {path.parts[0] for path in files} - {"..", "__pycache__"}


def _copy(
    step: Step, context: Path, where: str, root: RootFs, roots: Mapping[str | None, RootFs]
) -> None:
    *sources, target = step.rest.words
    origin = step.options.get("from")
    for source in sources:
        found = roots[origin].inside(source) if origin else context / source
        place = str(Path(where, target))
        is_folder = target.endswith("/") and not found.is_dir()
        root.put(found, f"{place}/{found.name}" if is_folder else place)


def _handed_on() -> Mapping[str, str]:
    return {
        name: value for name, value in os.environ.items() if name.upper().startswith(_HANDED_ON)
    }
