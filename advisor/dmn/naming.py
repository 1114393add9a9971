"""Names of any origin as ids and words that rule files can have: the same on every run, and no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from advisor.quantities import NumberError, parse_number
from advisor.rulebook.names import is_choice, is_reserved


class Names:
    """Gives each name an id of its own."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """taken: ids that are given already."""
        self.taken = set(taken)
        self._ids: dict[str, str] = {}

    def id(self, name: str, otherwise: str) -> str:
        """Return the id of a fact or table: the name itself where it is one, else lower case with `_` between words.

        otherwise: what it is called when the name has no letter that could stand in an id.
        """
        made = name if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) else _words(name)
        made = made or otherwise
        if made[0].isdigit():
            made = f"n_{made}"
        return self.unique(made, lambda wanted: not is_reserved(wanted))

    def keep(self, texts: Iterable[str], *, numbers: bool = False) -> None:
        """Let words that can be used as they are stay so, whatever else is named. numbers: those like numbers too."""
        for text in texts:
            if is_choice(text) and (numbers or not _is_number(text)):
                self._ids[text] = text
                self.taken.add(text)

    def word(self, text: str) -> str:
        """Return the value of a choice that a text is: the text itself where no test could be misread."""
        if text not in self._ids:
            made = text.strip()
            if not is_choice(made) or _is_number(made):
                made = re.sub(r"\s*[^A-Za-z0-9_ .:/+-]+\s*", "_", _plain(made)).strip(" _-") or "text"
                made = f"_{made}" if _is_number(made) or made[0] in "-+.:/" else made[:150].strip()
            self._ids[text] = self.unique(made, is_choice)
        return self._ids[text]

    def unique(self, wanted: str, fits: Callable[[str], bool] = bool) -> str:
        """Return an id that was not given before, with a number behind where it must be."""
        made, number = wanted, 1
        while made in self.taken or not fits(made):
            number += 1
            made = f"{wanted}_{number}"
        self.taken.add(made)
        return made


def named(text: str) -> str:
    """Return a name as it is compared: space counts once."""
    return " ".join(text.split())


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _plain(name))
    return re.sub("[^A-Za-z0-9]+", "_", spaced).strip("_").lower()


def _plain(text: str) -> str:
    """Return a text without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except NumberError:
        return False
    return True
