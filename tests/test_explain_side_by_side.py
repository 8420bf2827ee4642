"""Independent solves side by side: their answers in order, and Ctrl-C ends them all."""

from __future__ import annotations

import os
import signal
import time
from threading import Event

from optimizer.explain.side_by_side import side_by_side


def test_answers_come_in_the_order_of_the_tasks() -> None:
    """The first is the last to end."""

    def waiting(seconds: float, cancel: Event) -> float:
        cancel.wait(seconds)
        return seconds

    times = (0.2, 0.0, 0.1)
    assert side_by_side([lambda cancel, each=each: waiting(each, cancel) for each in times]) == list(times)  # type: ignore[misc]


def test_without_tasks_there_are_no_answers() -> None:
    """As where nothing is scarce."""
    assert side_by_side([]) == []


def test_ctrl_c_tells_every_task_to_give_up() -> None:
    """Each would wait for a minute; told to give up they end at once, with answers of their own."""

    def interrupting(cancel: Event) -> bool:
        time.sleep(0.2)  # until the caller waits
        os.kill(os.getpid(), signal.SIGINT)
        return cancel.wait(60.0)

    def patient(cancel: Event) -> bool:
        return cancel.wait(60.0)

    began = time.monotonic()
    assert side_by_side([interrupting, patient]) == [True, True]
    assert time.monotonic() - began < 30.0
