"""Garbage collection in a run, which keeps a million objects to its end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect after 50,000 new objects instead of 700. The parsed project, the rows of a workbook and Dagster's events all stay, and collecting took
    a twentieth of a small build."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def objects_that_stay() -> Iterator[None]:
    """Collect nothing while modules are imported and definitions are built, and leave those objects out of later collections."""
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # a later run in this process must not keep the garbage of the one before
            gc.freeze()
        gc.enable()


def leave_to_the_end() -> None:
    """The process ends, and all that it holds with it: Python would search the objects of a night for garbage before, for a second."""
    gc.freeze()
