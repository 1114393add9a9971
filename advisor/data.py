"""Where the rules and templates lie: inside the installed package, or at the root of a source tree."""

from pathlib import Path


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
