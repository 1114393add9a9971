"""The lock file: public addresses alone, and everything that pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

LOCK = ROOT / "uv.lock"
PUBLIC = {"pypi.org", "files.pythonhosted.org"}


def test_it_names_public_hosts_alone() -> None:
    hosts = set(re.findall(r"[a-z+]+://([^/\"\s]+)", LOCK.read_text(encoding="utf-8")))
    assert hosts <= PUBLIC


def test_it_locks_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = tomllib.loads(LOCK.read_text(encoding="utf-8"))
    versions = {package["name"]: package["version"] for package in lock["package"]}
    asked = [*project["dependencies"], *(text for extra in project["optional-dependencies"].values() for text in extra)]
    assert versions[project["name"]] == project["version"]
    for text in asked:
        requirement = Requirement(text)
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), text
    assert lock["requires-python"].replace(" ", "") == ">=3.11,<3.13"
