"""A night that dies: killed while it ingests, transforms, checks or publishes, the next one puts everything right."""

import os
import signal
import subprocess
import sys
import time

import pytest

from pipelines.settings import PROJECT_DIR

LATE = "call_id,force_code,line,offered_at,answered_at\nkilled-1,wiltshire,999,2022-03-05 10:00:00,2022-03-05 10:00:07\n"


def start(force) -> subprocess.Popen:
    environment = os.environ | {
        "SCORECARDS_DATA_DIR": str(force.settings.data_dir),
        "SCORECARDS_HASH_KEY": force.settings.hash_key.decode(),
        "SCORECARDS_SETTLE_SECONDS": "0",
        "SCORECARDS_THREADS": str(force.settings.threads),
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen([sys.executable, "-m", "pipelines.cli", "run"], cwd=PROJECT_DIR, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_run_that_was_killed_anywhere_is_put_right_by_the_next(make_force):
    force = make_force(from_published=True)
    force.file("force_calls", "force_calls_killed_x20230809T0200.csv", LATE)
    before = force.figures()
    # a line ends each step: the next step is under way when it stands there
    kills = [
        ("prepare", 0.05),  # while it ingests
        ("ingest police_uk_street", 6.0),  # while it builds the models
        ("transform", 1.0),  # while it checks
        ("check", 1.0),  # while it builds the publication, behind the gate
        ("gate and publication", 0.2),  # while it publishes
    ]
    for last_line, seconds in kills:
        run = start(force)
        for line in run.stdout:
            if line.strip().startswith(last_line):
                break
        time.sleep(seconds)
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        assert force.figures() == before, "readers still see the last good marts"
    assert force.run() == 0
    mended = force.fingerprint()
    assert force.figures() != before, "the late row counts"
    assert force.run(full_refresh=True) == 0
    assert force.fingerprint() == mended
