"""Where the rules and templates lie: inside the installed package, or at the root of a source tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import BytecodeCache


def data_dir(name: str) -> Path:
    """Return the folder `rules` or `templates`.

    Raises FileNotFoundError when neither the package nor the source tree has it. The current folder never counts.
    """
    package = Path(__file__).resolve().parent
    packaged, root = package / "_data" / name, package.parent
    if packaged.is_dir():
        return packaged
    if (root / "pyproject.toml").is_file() and (root / name).is_dir():
        return root / name
    raise FileNotFoundError(f"the package holds no {name!r}: reinstall it, or run it from a source tree")


def compiled_templates() -> BytecodeCache | None:
    """Return where compiled templates are kept between runs, or None where nothing can be kept.

    That is the folder `advisor` in XDG_CACHE_HOME, by default ~/.cache. Compiling takes a tenth of the time of a memo;
    Jinja compiles a template again when its text has changed.
    """
    from jinja2 import FileSystemBytecodeCache

    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "advisor"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a read-only disk, or nobody's home
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None
