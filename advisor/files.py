"""Writing a file so that an interruption leaves either the old one or the new one, whole."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from advisor.errors import BadInput


def write_atomically(path: Path, text: str) -> None:
    """Replace a file by `text` in UTF-8 with `\\n` line ends, in one step.

    A link is followed and the mode of an existing file kept. What is no file, as a pipe or /dev/stdout, is written to
    as it is. Raises BadInput when the place cannot be written, and then leaves nothing behind.
    """
    try:
        content = text.encode()
        target = path.resolve()
        if target.is_dir():
            raise BadInput.one(f"{path} is a folder", "name a file in it")
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.write(content)
            return
        if target.exists() and not os.access(target, os.W_OK):
            raise BadInput.one(f"{path} is write-protected", "name another file, or let it be written")
        _replace(target, content)
    except (OSError, ValueError) as error:  # a name or a text may hold what none can
        cause = error.strerror if isinstance(error, OSError) else error
        mend = "name a file in a folder that exists and is yours"
        raise BadInput.one(f"{path} cannot be written: {cause}", mend) from None


def _replace(target: Path, content: bytes) -> None:
    """Write a new file beside the old one, on the disk before it takes the old one's place."""
    temporary = target.with_name(f".advisor-{secrets.token_hex(8)}.part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
