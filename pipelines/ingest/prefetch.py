"""Prefetch: polars prepares the next blocks while DuckDB writes what it has, so that both cores have work."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def prefetch(items: Generator[T, None, None], weight: Callable[[T], int], room: int) -> Iterator[Iterator[T]]:
    """The generator's items, made in a thread of its own.

    Another is made while those that wait weigh less than `room` together: a write that takes long finds enough to go on with, and
    memory stays bounded. An exception of the generator is raised where the items are taken. Leaving the context stops and closes
    the generator.
    """
    waiting: deque[T] = deque()
    changed = threading.Condition()
    failures: list[BaseException] = []
    load = 0
    is_over = is_stopped = False

    def has_room() -> bool:
        return load < room or is_stopped

    def work() -> None:
        nonlocal load, is_over
        try:
            for item in items:
                with changed:
                    waiting.append(item)
                    load += weight(item)
                    changed.notify_all()
                    changed.wait_for(has_room)
                    if is_stopped:
                        return
        except BaseException as error:
            failures.append(error)
        finally:
            items.close()
            with changed:
                is_over = True
                changed.notify_all()

    def has_news() -> bool:
        return bool(waiting) or is_over

    def taken() -> Iterator[T]:
        nonlocal load
        while True:
            with changed:
                changed.wait_for(has_news)
                if not waiting:
                    break
                item = waiting.popleft()
                load -= weight(item)
                changed.notify_all()
            yield item
            del item  # a block that was handed over must not stay while the next is awaited
        if failures:
            raise failures[0]

    thread = threading.Thread(target=work, name="ingest-read-ahead", daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        with changed:
            is_stopped = True
            changed.notify_all()
        thread.join()
