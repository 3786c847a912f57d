"""Bad files, late rows, and a night that dies: killed while it ingests, transforms, checks or publishes, the next one puts everything right.

One warehouse and one sequence of nights serve all tests; from the first to the last a reader holds the marts open. What is right is what the
eventful night published (conftest), which had the same files, one thread where the last night here has four, and did not die.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import cli
from tests.e2e.arrivals import arrive
from tests.e2e.force import Force, Night, output_to
from tests.killed import FORKED
from tests.landing import HASH_KEY

pytestmark = pytest.mark.slow

READER = """
import duckdb, sys
marts = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    # decimals: a sum of doubles depends on the order in which threads add them
    total = "(select sum(value::decimal(38, 6)) from measures.measure_values)"
    print(marts.execute(f"select run_id, {total} from quality.heartbeat").fetchone(), flush=True)
"""

CALLS_OF_THE_HALF_HOUR = """
select offered_count from measures.interval_demand
where area_id = 'wiltshire_force' and line = 'cch' and interval_start_local = timestamp '2023-06-30 23:30:00'
"""

# Where a night is killed: so many seconds after the line that ends a step, while the next one works.
KILLS = {
    "ingest": ("prepare", 0.05),
    "transform": ("ingest police_uk_street", 6.0),
    "check": ("transform", 1.0),
    "publication, behind the gate": ("check", 1.0),
    "publish": ("gate and publication", 0.2),
}


@dataclass
class Story:
    output: str  # what the last night printed, which meets the bad files again
    refused: list[tuple]
    figures: dict[str, list[tuple]]  # by night
    marts: dict[str, tuple[int, ...]]  # fingerprints of the tables after the last night
    morning: int  # the status of the run of demand before the killed nights
    half_hour: list[int]  # its calls before that run, and after
    halfway: int  # the status of a run of demand after a night that died while it built the models
    mending: int  # the status of the night after the killed ones
    held: list[str]  # what the reader sees who opened the marts before the first night, before it and after the last
    newest: list[Any]  # the run that a new reader sees then


def run_night(data_dir: Path, pipe: Connection) -> None:
    """The command of a night, which says what it does into a pipe."""
    os.environ |= {
        "SCORECARDS_DATA_DIR": str(data_dir),
        "SCORECARDS_HASH_KEY": HASH_KEY.decode(),
        "SCORECARDS_SETTLE_SECONDS": "0",
        "SCORECARDS_THREADS": "1",
    }
    os.dup2(pipe.fileno(), 1)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    cli(["run"])


def kill(force: Force, last_line: str, seconds: float) -> None:
    heard, said = FORKED.Pipe(duplex=False)
    night = FORKED.Process(target=run_night, args=(force.settings.data_dir, said))
    night.start()
    said.close()  # so that the pipe ends with the night
    with os.fdopen(os.dup(heard.fileno())) as lines:
        assert any(line.strip().startswith(last_line) for line in lines), f"the night ended before it had come to {last_line}"
        time.sleep(seconds)
        night.kill()
    night.join()
    heard.close()


@pytest.fixture(scope="module")
def story(force_in: Callable[..., Force], tmp_path_factory: pytest.TempPathFactory) -> Story:
    force = force_in(tmp_path_factory.mktemp("nights"), from_published=True)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(force.settings.marts_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        held, newest = [], []

        def look() -> None:
            reader.stdin.write("\n")
            reader.stdin.flush()
            held.append(reader.stdout.readline())
            newest.append(force.query("select run_id from quality.heartbeat")[0][0])

        look()
        figures = {"published": force.figures()}

        arrive(force)
        half_hour = [calls for (calls,) in force.query(CALLS_OF_THE_HALF_HOUR)]
        morning = force.run_demand()
        half_hour += [calls for (calls,) in force.query(CALLS_OF_THE_HALF_HOUR)]
        figures["morning"] = force.figures()

        for step, (last_line, seconds) in KILLS.items():
            kill(force, last_line, seconds)
            figures[f"killed in {step}"] = force.figures()
            if step == "transform":
                halfway = force.run_demand()
                figures["halfway"] = force.figures()
        with output_to(force.settings.data_dir / "output.txt"):
            mending = replace(force, settings=replace(force.settings, threads=4)).run()
        look()
        output = (force.settings.data_dir / "output.txt").read_text(encoding="utf-8")
        refused = force.query("select feed from quality.feed_outcomes where status = 'refused' order by 1")
        figures["late rows"] = force.figures()
        reader.stdin.close()
    return Story(output, refused, figures, force.fingerprint(), morning, half_hour, halfway, mending, held, newest)


def test_a_bad_file_is_refused_and_stops_nothing(story: Story, eventful_night: Night):
    assert story.mending == eventful_night.status == 3, "published, while the bad files stand refused"
    said = " ".join(story.output.split())
    assert "wrong.csv" in said
    assert "broken.csv.gz" in said
    assert {("arrests",), ("crimes",)} <= set(story.refused)
    assert story.figures["late rows"] != story.figures["published"], "the late rows count"


@pytest.mark.parametrize("step", KILLS)
def test_readers_of_a_night_that_was_killed_still_see_the_last_good_marts(story: Story, step: str):
    assert story.figures[f"killed in {step}"] == story.figures["published"]


def test_the_run_of_the_morning_publishes_half_hours_and_leaves_measures_to_the_night(story: Story):
    assert story.morning == 3, "published, while files of contact stand refused"
    assert story.half_hour[1] == story.half_hour[0] + 1
    assert story.figures["morning"] == story.figures["published"]


def test_a_run_of_the_morning_publishes_nothing_that_a_night_left_half_built(story: Story):
    assert story.halfway == 1
    assert story.figures["halfway"] == story.figures["published"]


def test_nights_that_were_killed_anywhere_give_the_marts_of_one_that_was_not(story: Story, eventful_night: Night):
    assert story.marts == eventful_night.force.fingerprint()


def test_a_reader_who_holds_the_marts_sees_one_state_and_a_new_one_the_newest(story: Story):
    assert len(set(story.held)) == 1
    assert story.newest[0] in story.held[0]
    assert len(set(story.newest)) == len(story.newest) == 2
