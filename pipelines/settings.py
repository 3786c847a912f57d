"""Every path, secret and switch, read from the environment once."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipelines.hash_key import HashKeyError, given_key

PROJECT_DIR = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"
# How far a scorecard goes (docs/disclosure.md), the narrowest circle first.
TIERS = ("internal", "partner", "public")


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and the way out."""


@dataclass(frozen=True)
class Alerting:
    """Who is told when a night goes wrong, and when that is.

    smtp_url      the mail server (SCORECARDS_SMTP_URL: smtp://[user:password@]host[:port], or smtps://…)
    sender        SCORECARDS_ALERT_FROM
    recipients    SCORECARDS_ALERT_TO, comma separated
    webhooks      (shape, URL): SCORECARDS_ALERT_WEBHOOKS, comma separated, each teams=URL or slack=URL
    no_run_hours  without a publication for longer than this something is wrong (SCORECARDS_ALERT_NO_RUN_HOURS, default 26)
    free_gb       less free space than this is too little (SCORECARDS_ALERT_FREE_GB, default 5)
    docs_url      where docs/ can be read, so that a message links the runbook (SCORECARDS_DOCS_URL; else its path is named)
    """

    smtp_url: str | None = None
    sender: str = "scorecards@localhost"
    recipients: tuple[str, ...] = ()
    webhooks: tuple[tuple[str, str], ...] = ()
    no_run_hours: float = 26
    free_gb: float = 5
    docs_url: str | None = None

    @property
    def is_configured(self) -> bool:
        return bool((self.smtp_url and self.recipients) or self.webhooks)

    def runbook_url(self, path: str) -> str:
        """Where the runbook at a path of the project can be read."""
        return f"{self.docs_url.rstrip('/')}/{path.removeprefix('docs/')}" if self.docs_url else path


@dataclass(frozen=True)
class Digests:
    """Who is sent the digest of which scorecard, and where it links to. The mail server and the sender are those of the alerts.

    recipients       (scorecard or framework, tier, address): SCORECARDS_DIGEST_TO, comma separated, each OPCC=ADDRESS or csp_swindon:partner=ADDRESS;
                     without a tier, what the public may see
    is_after_run     whether a run that published sends them (SCORECARDS_DIGEST_AFTER_RUN=on)
    site_url         where readers inside the force reach the site (SCORECARDS_SITE_URL); without it a digest links nothing
    public_site_url  where everybody reaches the public site (SCORECARDS_PUBLIC_SITE_URL)
    """

    recipients: tuple[tuple[str, str, str], ...] = ()
    is_after_run: bool = False
    site_url: str | None = None
    public_site_url: str | None = None

    def url_for(self, tier: str) -> str | None:
        return self.public_site_url if tier == "public" else self.site_url


@dataclass(frozen=True)
class Licence:
    """The licence of the open data beside the public site: the force's choice (SCORECARDS_LICENCE, SCORECARDS_LICENCE_URL)."""

    title: str = "Open Government Licence v3.0"
    url: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


@dataclass(frozen=True)
class ObjectStore:
    """Where the objects of addresses s3://… are, in the variables that other programs read as well.

    endpoint      AWS_ENDPOINT_URL, such as https://minio.example.police.uk; without one, Amazon's. It is addressed by path, not by host name
    region        AWS_REGION (default eu-west-2)
    key_id        AWS_ACCESS_KEY_ID, with AWS_SECRET_ACCESS_KEY and, of a key for a while, AWS_SESSION_TOKEN
    """

    key_id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    endpoint: str = ""
    region: str = "eu-west-2"

    def environment(self) -> dict[str, str]:
        """The same as variables, for a process or a library that reads them."""
        return {
            "AWS_ACCESS_KEY_ID": self.key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
        }


@dataclass(frozen=True)
class Lake:
    """A lake: the address of its catalogue, a PostgreSQL database, and the folder of its data, or the address of one in an object store.

    The build database's are SCORECARDS_LAKE_CATALOGUE and SCORECARDS_LAKE_DATA, those of the share SCORECARDS_SHARE_CATALOGUE and
    SCORECARDS_SHARE_DATA. Into a share's folder others may look: its files are encrypted, and only a role that may read the catalogue has the keys.
    """

    catalogue: str
    data: str
    is_share: bool = False
    store: ObjectStore | None = None  # a reader of shares has one without knowing where their data are

    @property
    def is_remote(self) -> bool:
        """Whether the data are objects of a store, and no files of this machine."""
        return "://" in self.data

    @property
    def address(self) -> str:
        """The catalogue's address as it may be shown: without the password."""
        return self.without_password(self.catalogue)

    def without_password(self, text: str) -> str:
        """A text that may quote the address."""
        text = re.sub(r"(://[^:@/\s]*):[^@\s]*@", r"\1@", text)
        text = re.sub(r"password\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", "password=***", text)
        for secret in (self.store.secret, self.store.token) if self.store else ():
            text = text.replace(secret, "***") if secret else text
        return text


@dataclass(frozen=True)
class Settings:
    """Where things are, and how the pipeline behaves.

    data_dir          holds landing/, warehouse/ and published/ (SCORECARDS_DATA_DIR, default `data` beside the project)
    hash_key          keys the hashing of personal identifiers (SCORECARDS_HASH_KEY, 32 characters or more; else one made and kept in warehouse/)
    lake              where the build database is a lake and no file (SCORECARDS_TARGET=ducklake; default duckdb)
    share             the lake in which others find the publication, where there is one (SCORECARDS_SHARE_CATALOGUE and SCORECARDS_SHARE_DATA)
    layouts_dir       further supplier layouts (SCORECARDS_LAYOUTS_DIR, default <data_dir>/layouts)
    memory_limit      what DuckDB may use (SCORECARDS_MEMORY_LIMIT, default 2GB)
    threads           worker threads of DuckDB and dbt, and processes that draw pages (SCORECARDS_THREADS, default the machine's cores)
    settle_seconds    a landing file younger than this may still be being written (SCORECARDS_SETTLE_SECONDS, default 2)
    postgres_url      Dagster's storage, where it is not SQLite (SCORECARDS_DAGSTER_POSTGRES_URL)
    history_days      how long Dagster's runs and events are kept (SCORECARDS_HISTORY_DAYS, default 30)
    ui_hosts          further host names by which the Dagster UI answers, behind a proxy (SCORECARDS_UI_HOSTS, comma separated)
    landing_sensor    whether the landing sensor starts switched on (SCORECARDS_LANDING_SENSOR=on)
    alerting          who is told when a night goes wrong
    digests           who is sent the digest of a scorecard
    licence           of the open data beside the public site
    is_profiled       whether models are built one at a time, so that the profile of a run knows what each costs (`scorecards run --profile`)
    as_at             the past day whose knowledge is rebuilt, in a warehouse and a published folder of its own (`scorecards run --as-at`)
    """

    data_dir: Path
    hash_key: bytes
    lake: Lake | None = None
    share: Lake | None = None
    layouts_dir: Path | None = None
    memory_limit: str = "2GB"
    threads: int = 2
    settle_seconds: float = 2.0
    postgres_url: str | None = None
    history_days: int = 30
    ui_hosts: tuple[str, ...] = ()
    landing_sensor: bool = False
    alerting: Alerting = Alerting()
    digests: Digests = Digests()
    licence: Licence = Licence()
    is_profiled: bool = False
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
    def demonstration_path(self) -> Path:
        """The date of a demonstration (pipelines/demonstration.py); there is no such file where the data are a force's own."""
        return self.data_dir / "demonstration.json"

    @property
    def shares_path(self) -> Path:
        """Which forces' shares are read (pipelines/national); there is no such file where the data are a force's own."""
        return self.data_dir / "shares.yaml"

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
    def profile_path(self) -> Path:
        """What the steps and models of the last profiled run cost."""
        return self.warehouse_dir / "profile.csv"

    @property
    def dbt_target_dir(self) -> Path:
        return self.warehouse_dir / "dbt"


def data_dir() -> Path:
    """The data folder of this process's environment."""
    return Path(os.environ.get("SCORECARDS_DATA_DIR") or PROJECT_DIR / "data").expanduser().resolve()


def load_settings() -> Settings:
    """The settings of this process's environment. Raises SettingsError."""
    folder = data_dir()
    layouts = os.environ.get("SCORECARDS_LAYOUTS_DIR")
    layouts_dir = Path(layouts) if layouts else folder / "layouts"
    try:
        threads = int(os.environ.get("SCORECARDS_THREADS") or os.cpu_count() or 2)
        settle = float(os.environ.get("SCORECARDS_SETTLE_SECONDS", "2"))
        history_days = int(os.environ.get("SCORECARDS_HISTORY_DAYS", "30"))
    except ValueError as error:
        raise SettingsError(f"SCORECARDS_THREADS, SCORECARDS_SETTLE_SECONDS and SCORECARDS_HISTORY_DAYS are numbers: {error}") from error
    try:
        hash_key = given_key(folder / "warehouse")
    except HashKeyError as error:
        raise SettingsError(str(error)) from error
    lake = _lake()
    return Settings(
        data_dir=folder,
        hash_key=hash_key,
        lake=lake,
        share=_share(lake),
        layouts_dir=layouts_dir if layouts_dir.is_dir() else None,
        memory_limit=os.environ.get("SCORECARDS_MEMORY_LIMIT", "2GB"),
        threads=threads,
        settle_seconds=settle,
        postgres_url=os.environ.get("SCORECARDS_DAGSTER_POSTGRES_URL") or None,
        history_days=history_days,
        ui_hosts=tuple(host.strip() for host in os.environ.get("SCORECARDS_UI_HOSTS", "").split(",") if host.strip()),
        landing_sensor=os.environ.get("SCORECARDS_LANDING_SENSOR", "off").lower() == "on",
        alerting=_alerting(),
        digests=_digests(),
        licence=_licence(),
    )


def _lake() -> Lake | None:
    target = os.environ.get("SCORECARDS_TARGET") or "duckdb"
    if target == "duckdb":
        return None
    if target != "ducklake":
        raise SettingsError(f"SCORECARDS_TARGET={target!r} is neither duckdb nor ducklake: unset it for a build database in one file")
    lake = _lake_at("SCORECARDS_LAKE")
    if lake is None:
        raise SettingsError(
            "SCORECARDS_TARGET=ducklake needs SCORECARDS_LAKE_CATALOGUE (a PostgreSQL database, such as postgresql://force_a@db/force_a) and "
            "SCORECARDS_LAKE_DATA (a folder): set them"
        )
    return lake


def _share(lake: Lake | None) -> Lake | None:
    share = _lake_at("SCORECARDS_SHARE")
    if share and lake and (share.catalogue == lake.catalogue or share.data == lake.data):
        raise SettingsError(
            "SCORECARDS_SHARE_CATALOGUE and SCORECARDS_SHARE_DATA are a database and a folder of their own: a role that may read "
            "SCORECARDS_LAKE_CATALOGUE reads every row of the build"
        )
    return replace(share, is_share=True) if share else None


def _lake_at(prefix: str) -> Lake | None:
    catalogue, data = (os.environ.get(f"{prefix}_{part}", "") for part in ("CATALOGUE", "DATA"))
    if not catalogue and not data:
        return None
    if not catalogue or not data:
        raise SettingsError(f"{prefix}_CATALOGUE (a PostgreSQL database) and {prefix}_DATA (a folder) go together: set the one that is missing")
    if "://" not in catalogue and "=" not in catalogue:
        raise SettingsError(f"{prefix}_CATALOGUE is no address of PostgreSQL: write it as postgresql://role@host/database or host=… dbname=…")
    if "://" not in data:
        return Lake(catalogue, str(Path(data).expanduser().absolute()))  # as the catalogue keeps it, through links
    if not re.fullmatch(r"s3://[^/]+/.+", data):
        raise SettingsError(f"{prefix}_DATA={data!r} is neither a folder nor s3://bucket/prefix: a lake has a prefix of its own")
    store = object_store()
    if store is None:
        raise SettingsError(
            f"{prefix}_DATA is in an object store: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL if it is not Amazon's"
        )
    return Lake(catalogue, data.rstrip("/"), store=store)


def object_store() -> ObjectStore | None:
    """The object store of this process's environment, where it names one. Raises SettingsError."""
    key_id, secret, token, endpoint, region = (
        os.environ.get(f"AWS_{name}", "") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "ENDPOINT_URL", "REGION")
    )
    if not key_id and not secret:
        return None
    if not key_id or not secret:
        raise SettingsError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: set the one that is missing")
    if endpoint and not re.fullmatch(r"https?://[^/]+/?", endpoint):
        raise SettingsError(f"AWS_ENDPOINT_URL={endpoint!r} is no address of a server: write it as https://host or https://host:port")
    return ObjectStore(key_id, secret, token, endpoint.rstrip("/"), region or "eu-west-2")


def _alerting() -> Alerting:
    webhooks = []
    for entry in _listed("SCORECARDS_ALERT_WEBHOOKS"):
        shape, _, url = entry.partition("=")
        if shape not in {"teams", "slack"} or not url.startswith(("https://", "http://")):
            raise SettingsError(
                "SCORECARDS_ALERT_WEBHOOKS has an entry that is neither teams=https://… nor slack=https://…; entries are comma separated"
            )
        webhooks.append((shape, url))
    smtp_url = os.environ.get("SCORECARDS_SMTP_URL") or None
    if smtp_url and not smtp_url.startswith(("smtp://", "smtps://")):
        raise SettingsError("SCORECARDS_SMTP_URL begins with smtp:// or smtps://")
    recipients = _listed("SCORECARDS_ALERT_TO")
    if bool(smtp_url) != bool(recipients or _listed("SCORECARDS_DIGEST_TO")):
        raise SettingsError(
            "mail needs SCORECARDS_SMTP_URL and recipients, SCORECARDS_ALERT_TO or SCORECARDS_DIGEST_TO: set what is missing, or unset the others"
        )
    try:
        hours = float(os.environ.get("SCORECARDS_ALERT_NO_RUN_HOURS", "26"))
        free_gb = float(os.environ.get("SCORECARDS_ALERT_FREE_GB", "5"))
    except ValueError as error:
        raise SettingsError(f"SCORECARDS_ALERT_NO_RUN_HOURS and SCORECARDS_ALERT_FREE_GB are numbers: {error}") from error
    sender = os.environ.get("SCORECARDS_ALERT_FROM") or "scorecards@localhost"
    return Alerting(smtp_url, sender, tuple(recipients), tuple(webhooks), hours, free_gb, os.environ.get("SCORECARDS_DOCS_URL") or None)


def _digests() -> Digests:
    recipients = []
    for entry in _listed("SCORECARDS_DIGEST_TO"):
        audience, _, address = entry.partition("=")
        name, _, tier = audience.partition(":")
        tier = tier or "public"
        if tier not in TIERS or not name or "@" not in address:
            raise SettingsError(
                f"SCORECARDS_DIGEST_TO has an entry that is not SCORECARD=ADDRESS or SCORECARD:TIER=ADDRESS, with a tier of {', '.join(TIERS)}; "
                "entries are comma separated"
            )
        recipients.append((name.strip(), tier.strip(), address.strip()))
    is_after_run = os.environ.get("SCORECARDS_DIGEST_AFTER_RUN", "off").lower() == "on"
    urls = [os.environ.get(variable) or None for variable in ("SCORECARDS_SITE_URL", "SCORECARDS_PUBLIC_SITE_URL")]
    return Digests(tuple(recipients), is_after_run, *urls)


def _licence() -> Licence:
    title, url = (os.environ.get(variable) or None for variable in ("SCORECARDS_LICENCE", "SCORECARDS_LICENCE_URL"))
    if bool(title) != bool(url):
        raise SettingsError("a licence has a name and an address: set both SCORECARDS_LICENCE and SCORECARDS_LICENCE_URL, or neither")
    return Licence(title, url) if title and url else Licence()


def _listed(variable: str) -> list[str]:
    return [entry.strip() for entry in os.environ.get(variable, "").split(",") if entry.strip()]
