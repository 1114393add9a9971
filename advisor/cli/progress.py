"""A progress bar on standard error, for a person at a terminal who waits longer than a second."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import Final, Self, TextIO

PATIENCE: Final = 1.0  # seconds before anything is shown
_PERIOD = 0.2
_BAR = 24
_LINE = 72


class Progress:
    """Shows how many of some steps are done. Without a terminal it shows nothing.

    A terminal that cannot move its cursor (TERM=dumb) gets one plain line instead of a bar. There are no colours, so
    NO_COLOR has nothing to take away.
    """

    def __init__(self, steps: int, stream: TextIO | None = None) -> None:
        self.steps, self.done, self.step = steps, -1, "reading the rules"
        self._stream = sys.stderr if stream is None else stream
        self._plain = os.environ.get("TERM", "dumb") == "dumb"
        self._shown = False
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self, step: str) -> None:
        """Say which step begins; all before it are done."""
        self.done, self.step = self.done + 1, step

    def __enter__(self) -> Self:
        if self._stream is not None and self._stream.isatty():
            # A thread of its own: one long step must not keep the bar from coming up.
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()
        if self._shown and not self._plain:
            self._write(f"\r{'':{_LINE}}\r")

    def _run(self) -> None:
        if self._end.wait(PATIENCE):
            return
        self._shown = True
        if self._plain:
            self._write("auditing the rules; this takes longer than a second ...\n")
            return
        began = time.monotonic() - PATIENCE
        while True:
            self._write(f"\r{self._line(time.monotonic() - began):{_LINE}}")
            if self._end.wait(_PERIOD):
                return

    def _line(self, seconds: float) -> str:
        done = min(max(self.done, 0), self.steps)
        full = _BAR * done // self.steps
        return f"[{'#' * full}{'-' * (_BAR - full)}] {done}/{self.steps}  {self.step}  {seconds:.0f} s"[:_LINE]

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._end.set()  # the terminal has gone
