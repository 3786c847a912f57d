"""When Python looks for refuse among its objects: seldom in a run, which keeps a million of them to its end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look after 50,000 new objects instead of 700: the parsed project, rows of a workbook and events of Dagster stay, and looking for refuse among
    them took a twentieth of a small build and a sixth of a workbook."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def objects_that_stay() -> Iterator[None]:
    """A million objects come into being as modules are imported and definitions built: to look through them for refuse is in vain."""
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # a later run in this process must not keep the refuse of the one before
            gc.freeze()
        gc.enable()
