"""Every path, secret and switch, read from the environment once."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.hash_key import HashKeyError, given_key

PROJECT_DIR = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and the way out."""


@dataclass(frozen=True)
class Settings:
    """Where things are, and how the pipeline behaves.

    data_dir          holds landing/, warehouse/ and published/ (SCORECARDS_DATA_DIR, default `data` beside the project)
    hash_key          keys the hashing of personal identifiers (SCORECARDS_HASH_KEY, 32 characters or more; else one made and kept in warehouse/)
    target            `duckdb` (SCORECARDS_TARGET)
    layouts_dir       further supplier layouts (SCORECARDS_LAYOUTS_DIR, default <data_dir>/layouts)
    memory_limit      what DuckDB may use (SCORECARDS_MEMORY_LIMIT, default 2GB)
    threads           worker threads of DuckDB and dbt, and processes that draw pages (SCORECARDS_THREADS, default the machine's cores)
    settle_seconds    a landing file younger than this may still be being written (SCORECARDS_SETTLE_SECONDS, default 2)
    postgres_url      Dagster's storage, where it is not SQLite (SCORECARDS_DAGSTER_POSTGRES_URL)
    history_days      how long Dagster's runs and events are kept (SCORECARDS_HISTORY_DAYS, default 30)
    ui_hosts          further host names by which the Dagster UI answers, behind a proxy (SCORECARDS_UI_HOSTS, comma separated)
    landing_sensor    whether the landing sensor starts switched on (SCORECARDS_LANDING_SENSOR=on)
    as_at             the past day whose knowledge is rebuilt, in a warehouse and a published folder of its own (`scorecards run --as-at`)
    """

    data_dir: Path
    hash_key: bytes
    target: str = "duckdb"
    layouts_dir: Path | None = None
    memory_limit: str = "2GB"
    threads: int = 2
    settle_seconds: float = 2.0
    postgres_url: str | None = None
    history_days: int = 30
    ui_hosts: tuple[str, ...] = ()
    landing_sensor: bool = False
    as_at: date | None = None

    def known_on(self, day: date) -> Settings:
        """The same force as it was known at the end of a local day: nothing written under these settings touches the nightly's warehouse or marts."""
        return replace(self, as_at=day)

    def known_days(self) -> list[date]:
        """The past days whose marts stand beside the published ones, the latest first."""
        days = []
        for marts in (self.data_dir / "published" / "as_at").glob("*/marts.duckdb"):
            with suppress(ValueError):  # a folder that somebody else put there
                days.append(date.fromisoformat(marts.parent.name))
        return sorted(days, reverse=True)

    @property
    def landing_dir(self) -> Path:
        return self.data_dir / "landing"

    @property
    def templates_dir(self) -> Path:
        """Empty workbooks for people to fill in; nothing here is read."""
        return self.data_dir / "templates"

    @property
    def known_words_path(self) -> Path:
        """Words that may be shown in names of files, headers and owners, besides those that the project knows (pipelines/masking.py)."""
        return self.data_dir / "known_words.txt"

    @property
    def warehouse_dir(self) -> Path:
        return self._of_the_day(self.data_dir / "warehouse")

    @property
    def build_path(self) -> Path:
        """The build database, which only the pipeline opens."""
        return self.warehouse_dir / "build.duckdb"

    @property
    def temp_dir(self) -> Path:
        return self.warehouse_dir / "tmp"

    @property
    def published_dir(self) -> Path:
        return self._of_the_day(self.data_dir / "published")

    def _of_the_day(self, folder: Path) -> Path:
        return folder if self.as_at is None else folder / "as_at" / self.as_at.isoformat()

    @property
    def marts_path(self) -> Path:
        """The published database that readers open; switched atomically after the gate."""
        return self.published_dir / "marts.duckdb"

    @property
    def dagster_home(self) -> Path:
        return self.data_dir / "dagster"

    @property
    def dbt_target_dir(self) -> Path:
        return self.warehouse_dir / "dbt"


def load_settings() -> Settings:
    """The settings of this process's environment. Raises SettingsError."""
    data_dir = Path(os.environ.get("SCORECARDS_DATA_DIR") or PROJECT_DIR / "data").expanduser().resolve()
    target = os.environ.get("SCORECARDS_TARGET", "duckdb")
    if target != "duckdb":
        raise SettingsError(f"SCORECARDS_TARGET={target!r} is not supported yet: unset it, or set it to duckdb")
    layouts = os.environ.get("SCORECARDS_LAYOUTS_DIR")
    layouts_dir = Path(layouts) if layouts else data_dir / "layouts"
    try:
        threads = int(os.environ.get("SCORECARDS_THREADS") or os.cpu_count() or 2)
        settle = float(os.environ.get("SCORECARDS_SETTLE_SECONDS", "2"))
        history_days = int(os.environ.get("SCORECARDS_HISTORY_DAYS", "30"))
    except ValueError as error:
        raise SettingsError(f"SCORECARDS_THREADS, SCORECARDS_SETTLE_SECONDS and SCORECARDS_HISTORY_DAYS are numbers: {error}") from error
    try:
        hash_key = given_key(data_dir / "warehouse")
    except HashKeyError as error:
        raise SettingsError(str(error)) from error
    return Settings(
        data_dir=data_dir,
        hash_key=hash_key,
        target=target,
        layouts_dir=layouts_dir if layouts_dir.is_dir() else None,
        memory_limit=os.environ.get("SCORECARDS_MEMORY_LIMIT", "2GB"),
        threads=threads,
        settle_seconds=settle,
        postgres_url=os.environ.get("SCORECARDS_DAGSTER_POSTGRES_URL") or None,
        history_days=history_days,
        ui_hosts=tuple(host.strip() for host in os.environ.get("SCORECARDS_UI_HOSTS", "").split(",") if host.strip()),
        landing_sensor=os.environ.get("SCORECARDS_LANDING_SENSOR", "off").lower() == "on",
    )
