"""How a worker ends: once asked it completes the jobs at hand, asked again it gives them back."""

from __future__ import annotations

import threading


class Leaving:
    """Shared by all parts of a worker; signals set it."""

    def __init__(self) -> None:
        self.finish = threading.Event()
        """Take no new job."""
        self.stop = threading.Event()
        """Give the job at hand back now."""

    def ask(self) -> None:
        """To finish; where that was asked before, to stop."""
        if self.finish.is_set():
            self.stop.set()
        self.finish.set()

    def sleep(self, seconds: float) -> None:
        """Ended by whoever asks to leave."""
        self.finish.wait(max(0.0, seconds))
