"""Where rules and templates lie, and where compiled templates are kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.data import data_dir
from advisor.templating import compiled_templates


def test_the_rules_and_templates_of_the_source_tree_are_found() -> None:
    assert (data_dir("rules") / "facts.yaml").is_file()
    assert (data_dir("templates") / "memo.md.j2").is_file()


def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(FileNotFoundError, match="holds no 'recipes'"):
        data_dir("recipes")


def test_compiled_templates_are_kept_in_the_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiled_templates() is not None
    assert [path.name for path in tmp_path.iterdir()] == ["advisor"]


@pytest.mark.parametrize("place", ["a file", "nobody's home"])
def test_where_nothing_can_be_kept_there_is_no_cache(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file") if place == "a file" else os.devnull)
    assert compiled_templates() is None
