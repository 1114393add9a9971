"""The Jinja environments of all that is written from templates: memos, reports, documents, explanations."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

from advisor.data import data_dir


def environment(filters: Mapping[str, Any], *, autoescape: bool = False, **settings: Any) -> Environment:
    """Return an environment over `templates/` in which an unknown name is an error.

    autoescape: for HTML and SVG; everything else is plain text. settings: further ones of Jinja's.
    """
    made = Environment(
        loader=FileSystemLoader(data_dir("templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=autoescape,
        bytecode_cache=compiled_templates(),
        optimized=False,  # what it would save in rendering once, it costs several times over in compiling
        **settings,
    )
    made.filters.update(filters)
    return made


def compiled_templates() -> BytecodeCache | None:
    """Return where compiled templates are kept between runs, or None where nothing can be kept.

    That is the folder `advisor` in XDG_CACHE_HOME, by default ~/.cache. Compiling takes a tenth of the time of a memo;
    Jinja compiles a template again when its text has changed.
    """
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "advisor"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a read-only disk, or nobody's home
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None
