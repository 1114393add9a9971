"""Writing a file so that an interruption leaves either the old one or the new one, whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from advisor.errors import BadInput


def write_atomically(path: Path, text: str) -> None:
    """Replace a file by `text` in UTF-8 with `\\n` line ends, in one step.

    A link is followed and the mode of an existing file kept. Raises BadInput when the place cannot be written.
    """
    target = path.resolve()
    temporary = None
    try:
        if target.is_dir():
            raise BadInput.one(f"{path} is a folder", "name a file in it")
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        Path(temporary).replace(target)
    except OSError as error:
        raise BadInput.one(
            f"{path} cannot be written: {error.strerror}", "name a file in a folder that exists and is yours"
        ) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
