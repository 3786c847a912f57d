"""The landing sensor: starts the nightly job when the landing folder has changed and then stood still."""

import hashlib
import os

import dagster as dg

from pipelines.settings import Settings


def landing_digest(settings: Settings) -> str:
    """A digest of every file's path, size and time under the landing folder; reads no file."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(settings.landing_dir):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            try:
                stat = os.stat(path)
            except OSError:  # moved away while we looked, or no file that can be read
                continue
            digest.update(os.fsencode(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n"))
    return digest.hexdigest()


def build_landing_sensor(settings: Settings, job_name: str) -> dg.SensorDefinition:
    """Off unless SCORECARDS_LANDING_SENSOR=on: the schedule suffices, and a supplier who writes all day would start many runs."""

    @dg.sensor(
        name="landing_sensor",
        job_name=job_name,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING if settings.landing_sensor else dg.DefaultSensorStatus.STOPPED,
        description="Runs the nightly job once the landing folder has changed and has stood still for one tick.",
    )
    def landing_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        taken, _, seen = (context.cursor or "|").partition("|")
        now = landing_digest(settings)
        if now == taken:
            return dg.SkipReason("nothing new in the landing folder")
        if now != seen:
            context.update_cursor(f"{taken}|{now}")
            return dg.SkipReason("the landing folder is changing; waiting until it stands still")
        context.update_cursor(f"{now}|{now}")
        return dg.RunRequest(run_key=now)

    return landing_sensor
