"""The built wheel, installed where no source tree is near, works with nothing but what it declares."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution, distributions
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

EXAMPLE = ROOT / "examples" / "ticket-triage.yaml"
NAME = "llm-tuning-advisor"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source distribution, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, capture_output=True, check=True)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in a new environment that holds the wheel and, linked, the distributions that the wheel asks for."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False)
    scripts = home / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--quiet", str(built[1])], check=True)
    (library,) = home.glob("lib/python*/site-packages")
    (wheel,) = distributions(name=NAME, path=[str(library)])
    for name in required(wheel.requires or []):
        link(name, library)
    return scripts / "advisor"


def required(asked: list[str]) -> set[str]:
    """Return the names of the distributions that are asked for without any extra, and of those they need in turn."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in asked]
    while waiting:
        requirement = waiting.pop()
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name not in found:
            found.add(requirement.name)
            waiting += [Requirement(text) for text in distribution(requirement.name).requires or ()]
    return found


def link(name: str, library: Path) -> None:
    """Link everything that a distribution has at the top of its library into another one."""
    held = distribution(name)
    for top in sorted({path.parts[0] for path in held.files or () if ".." not in path.parts}):
        if not (library / top).exists():
            (library / top).symlink_to(Path(str(held.locate_file(top))))


def run(command: Path, *arguments: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [command, *arguments], cwd=cwd, env=environment, input=stdin, capture_output=True, text=True, check=False
    )


def shipped() -> Iterator[str]:
    """Yield the paths of everything that rules/ and templates/ hold."""
    for folder in ("rules", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield path.relative_to(ROOT).as_posix()


def test_the_wheel_holds_every_module_rule_and_template(built: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(built[1]).namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "advisor").rglob("*.py")}
    assert modules <= names
    assert {f"advisor/_data/{name}" for name in shipped()} <= names
    assert "advisor/py.typed" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"advisor", "llm_tuning_advisor"}


def test_the_source_distribution_can_be_tested(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
    assert tests | set(shipped()) <= names
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "examples/ticket-triage.yaml"} <= names


def test_the_installed_command_recommends_from_another_folder(installed: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path / "answers.yaml")
    done = run(installed, "recommend", "answers.yaml", "--as-of", "2026-11-25", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    here = [sys.executable, "-m", "advisor", "recommend", "answers.yaml", "--as-of", "2026-11-25"]
    source = subprocess.run(
        here, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == source.stdout
    assert "\n# " in done.stdout


def test_nothing_but_the_installed_package_is_read(installed: Path, tmp_path: Path) -> None:
    code = "import advisor, advisor.data; print(advisor.__file__, advisor.data.data_dir('rules'))"
    done = run(installed.parent / "python", "-c", code, cwd=tmp_path)
    assert done.stderr == ""
    home = str(installed.parents[1].resolve())
    assert all(str(Path(path).resolve()).startswith(home) for path in done.stdout.split())


def test_every_command_works_where_only_the_declared_packages_are(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()  # a folder of that name in the current one is not read
    version = run(installed, "--version", cwd=tmp_path)
    assert re.fullmatch(r"advisor \d+\.\d+\.\d+\n", version.stdout)
    listed = run(installed, "explain", cwd=tmp_path)
    assert "row" in {line.split()[0] for line in listed.stdout.splitlines()}
    template = run(installed, "template", cwd=tmp_path)
    assert run(installed, "recommend", "-", cwd=tmp_path, stdin=template.stdout).returncode == 0
    asked = run(installed, "ask", cwd=tmp_path)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "Traceback" not in asked.stderr
