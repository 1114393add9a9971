"""Lines of `label | text` folded in two columns, as `explain` and `prices` print them."""

from __future__ import annotations

import re
import textwrap
from typing import Final

WIDTH: Final = 100
LABEL: Final = 12  # columns that labels take
_LABELLED = re.compile(r"([\w./@~](?:[\w./ -]|[:@](?=\w))*\w) \|\s*(.*)")  # names of models hold : @ ~


def laid_out(text: str, width: int, label_width: int = LABEL) -> str:
    """Fold `label | text` lines under a heading; a label is said once, and lines without text are left out. A line
    without a label goes on with the text before it; a label that is too long for its column has a line of its own.
    """
    entries: list[tuple[str, str]] = []
    heading, *lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        labelled = _LABELLED.match(line)
        if labelled:
            entries.append((labelled[1], labelled[2]))
        elif entries:  # a text of the rules that goes on in another line
            label, said = entries.pop()
            entries.append((label, f"{said} {line}"))
    fold = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    fold.subsequent_indent = " " * (label_width + 2)
    out, last = [heading], ""
    for label, said in entries:
        if said:
            is_long = len(label) >= label_width
            if is_long and label != last:
                out.append(f"  {label}")
            fold.initial_indent = f"  {'' if is_long or label == last else label:{label_width}}"
            out.append(fold.fill(said))
            last = label
    return "\n".join(out)
