"""The set-up script, tried with stand-ins for the system's package tools on a copy of what it reads."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

SCRIPT = Path("packaging/setup/setup.sh")
NODE_LOCK = Path("tests/node/package-lock.json")
PACKAGES = [
    line.split("#")[0].strip()
    for line in (ROOT / "packaging/setup/debian-packages.txt").read_text(encoding="utf-8").splitlines()
    if line.split("#")[0].strip()
]
# The first install finds nothing, the update meets a broken list, the second install works.
APT_GET = """#!/bin/sh
echo "$@" >>"$CALLS"
case "$*" in
    *update*) exit 100 ;;
    *install*) [ "$(grep -c install "$CALLS")" -gt 1 ] ;;
esac
"""


class Machine:
    """A copy of the project's set-up files, and a path on which the package tools are ours."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.tools = folder / "tools"
        self.calls = folder / "calls"
        self.calls.touch()
        self.tools.mkdir()
        for name in (
            SCRIPT,
            SCRIPT.with_name("debian-packages.txt"),
            Path("uv.lock"),
            Path("pyproject.toml"),
            NODE_LOCK,
            NODE_LOCK.with_name("package.json"),
        ):
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.project / name)
        self.tool("apt-get", APT_GET)

    def tool(self, name: str, text: str) -> None:
        path = self.tools / name
        path.write_text(text)
        path.chmod(0o755)

    def user(self, uid: int) -> None:
        self.tool("id", f"#!/bin/sh\necho {uid}\n")

    def installed(self, packages: list[str]) -> None:
        told = " ".join(f"installed:{package}" for package in packages)
        self.tool("dpkg-query", f"#!/bin/sh\nprintf '%s ' {told}\n")

    def environment_is_ready(self) -> None:
        """What an earlier run leaves: a Python that works, and the fingerprint of what it was made from."""
        python = self.project / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text("#!/bin/sh\nexit 0\n")
        python.chmod(0o755)
        made_from = [self.project / name for name in ("uv.lock", "pyproject.toml", str(SCRIPT))]
        fingerprint = subprocess.run(
            ["cksum"], input=b"".join(map(Path.read_bytes, made_from)), capture_output=True, check=True
        ).stdout
        (self.project / ".venv" / ".mps-setup").write_bytes(fingerprint)
        self.test_tools_are_ready()

    def test_tools_are_ready(self) -> None:
        """The lock file that npm's tools were installed from, remembered beside them."""
        locked = subprocess.run(
            ["cksum"], input=(self.project / NODE_LOCK).read_bytes(), capture_output=True, check=True
        ).stdout
        folder = self.project / ".venv" / "node"
        folder.mkdir(parents=True)
        (folder / ".mps-setup").write_bytes(locked)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "PYTHON": sys.executable,
            "HOME": os.environ.get("HOME", "/"),
            "CALLS": str(self.calls),
        }
        return subprocess.run(
            ["sh", str(self.project / SCRIPT)], env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_ordinary_user_is_told_one_command_in_both_languages_and_nothing_is_begun(
    machine: Machine,
) -> None:
    machine.user(1000)
    machine.installed([package for package in PACKAGES if package not in {"xdotool", "libzbar0"}])
    done = machine.set_up()
    assert done.returncode == 69
    commands = [line.strip() for line in done.stderr.splitlines() if "sudo" in line]
    assert commands == [
        "sudo sh -c 'apt-get update; apt-get install -y --no-install-recommends libzbar0 xdotool'"
    ]
    assert "administrator" in done.stderr
    assert "管理員" in done.stderr
    assert machine.calls.read_text() == ""
    assert not (machine.project / ".venv").exists()


def test_a_name_that_is_part_of_an_installed_one_is_still_missing(machine: Machine) -> None:
    machine.user(1000)
    machine.installed([*(package for package in PACKAGES if package != "tesseract-ocr"), "tesseract-ocr-all"])
    assert "no-install-recommends tesseract-ocr'" in machine.set_up().stderr


def test_a_broken_list_of_a_third_party_does_not_stop_the_install(machine: Machine) -> None:
    machine.user(0)
    machine.installed([package for package in PACKAGES if package != "xdotool"])
    machine.environment_is_ready()
    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    verbs = [next(word for word in call.split() if word in {"install", "update"}) for call in _lines(machine)]
    assert verbs == ["install", "update", "install"]
    assert all(call.endswith("xdotool") for call in _lines(machine) if "install" in call)


def test_repeated_it_says_nothing_and_does_nothing(machine: Machine) -> None:
    machine.user(1000)
    machine.installed(PACKAGES)
    machine.environment_is_ready()
    done = machine.set_up()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.calls.read_text() == ""


def test_an_install_that_fails_shows_the_end_of_its_log(machine: Machine) -> None:
    machine.user(0)
    machine.installed([package for package in PACKAGES if package != "xdotool"])
    machine.tool("apt-get", "#!/bin/sh\necho E: no such package\nexit 100\n")
    done = machine.set_up()
    assert done.returncode == 1
    assert "E: no such package" in done.stderr


@pytest.mark.parametrize(("npm_exit", "times"), [(0, 1), (1, 2)])
def test_tools_of_npm_are_installed_from_the_lock_file_and_their_absence_stops_nobody(
    machine: Machine, npm_exit: int, times: int
) -> None:
    machine.user(1000)
    machine.installed(PACKAGES)
    machine.environment_is_ready()
    shutil.rmtree(machine.project / ".venv" / "node")
    machine.tool("npm", f'#!/bin/sh\necho npm "$@" >>"$CALLS"\nexit {npm_exit}\n')

    first, second = machine.set_up(), machine.set_up()

    assert (first.returncode, second.returncode) == (0, 0)
    assert ("npm" in first.stderr) == bool(npm_exit)
    calls = [line for line in _lines(machine) if line.startswith("npm ")]
    assert calls == ["npm ci --ignore-scripts --no-audit --no-fund"] * times


def _lines(machine: Machine) -> list[str]:
    return machine.calls.read_text().splitlines()
