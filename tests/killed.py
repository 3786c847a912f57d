"""Processes that end by SIGKILL: forked from one that has imported what they need, so that none of them pays for the imports again."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

# It imports, and runs nothing: a process with threads of DuckDB or polars cannot be forked. Its environment is that of the first test that asks for
# it: what a process needs of its own, its function sets.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    ["pytest", "pipelines.cli", "pipelines.definitions", "pipelines.ingest.feed", "pipelines.publish.marts", "tests.handmade", "tests.landing"]
)


def kill_itself(*_: Any) -> None:
    """The process that calls it ends here, with nothing put in order."""
    os.kill(os.getpid(), signal.SIGKILL)


def is_killed(function: Callable[..., None], *arguments: Any) -> bool:
    """Whether a process of its own was killed in the function, which is at the top of its module; an error in it is printed."""
    process = FORKED.Process(target=function, args=arguments)
    process.start()
    process.join()
    return process.exitcode == -signal.SIGKILL
