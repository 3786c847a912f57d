"""Read ahead: polars prepares the next block while DuckDB writes this one, so that both cores have work."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_DONE = object()


@contextmanager
def read_ahead(items: Generator[T, None, None], depth: int = 1) -> Iterator[Iterator[T]]:
    """The generator's items, made in a thread of its own, at most `depth` waiting (which bounds memory).

    An exception of the generator is raised where the items are taken. Leaving the context stops and closes the generator.
    """
    waiting: queue.Queue[object] = queue.Queue(depth)
    stopped = threading.Event()
    failures: list[BaseException] = []

    def put(item: object) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as error:
            failures.append(error)
        finally:
            items.close()
            put(_DONE)

    def taken() -> Iterator[T]:
        while (item := waiting.get()) is not _DONE:
            yield item  # type: ignore[misc]
        if failures:
            raise failures[0]

    thread = threading.Thread(target=work, name="ingest-read-ahead", daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        stopped.set()
        thread.join()
