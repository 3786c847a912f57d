"""The `scorecards` command. Imports only what the command at hand needs: `status` must answer at once."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines import __version__
from pipelines.garbage_collection import leave_to_the_end
from pipelines.settings import TIERS, data_dir, load_settings

if TYPE_CHECKING:
    from pipelines.demand.what_if import Change


class Month(click.ParamType[date]):
    name = "YYYY-MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return datetime.strptime(str(value), "%Y-%m").date()
        except ValueError:
            self.fail(f"{value!r} is not a month: write it as 2023-07", param, ctx)


class Changed(click.ParamType["Change"]):
    """A change such as +10%, +20s or -2, in the units that make sense."""

    def __init__(self, *units: str) -> None:
        self.units = units
        self.name = " or ".join({"%": "±N%", "s": "±Ns", "": "±N"}[unit] for unit in units)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Change:
        from pipelines.demand.what_if import read_change

        try:
            return read_change(str(value), *self.units)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Quarter(click.ParamType[date]):
    name = "YYYYQn"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from pipelines.report.highlight.period import ReportError, quarter_of

        try:
            return quarter_of(str(value))
        except ReportError as error:
            self.fail(str(error), param, ctx)


class PastDay(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is not a day: write it as 2023-08-02", param, ctx)
        if day > date.today():
            self.fail(f"{day} lies ahead, and nobody knows yet what will be known then", param, ctx)
        return day


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """The Police & Crime Plan scorecard warehouse: extracts in, trusted marts out."""


@cli.command()
@click.option("--months", default=79, show_default=True, help="How many months of history (feeds that began later have fewer).")
@click.option("--scale", default=1.0, show_default=True, help="Share of the force's true volumes.")
@click.option("--seed", default=20230731, show_default=True, help="The same seed writes the same files.")
@click.option("--if-empty", is_flag=True, help="Only where the landing folder holds no force extracts yet.")
def demo(months: int, scale: float, seed: int, if_empty: bool) -> None:
    """Write synthetic extracts to the landing folder."""
    from pipelines.commands.demo import holds_force_extracts, write_demo

    settings = load_settings()
    if if_empty and holds_force_extracts(settings):
        return
    sys.exit(write_demo(settings, months=months, scale=scale, seed=seed))


@cli.command()
@click.option("--full-refresh", is_flag=True, help="Rebuild every month instead of those that new rows touch.")
@click.option("--as-at", type=PastDay(), help="The marts as they were known at the end of a day, beside the published ones; takes no file in.")
@click.option("--marts-only", is_flag=True, help="Publish the marts, and leave the site and the workbooks as they are.")
@click.option("--profile", is_flag=True, help="Say what each step and model costs, building one model at a time; all of it in warehouse/profile.csv.")
@click.option(
    "--demand-only", is_flag=True, help="Only the feeds of contact, days, half hours, forecasts and staffing, on what the last night built."
)
def run(full_refresh: bool, as_at: date | None, marts_only: bool, profile: bool, demand_only: bool) -> None:
    """Do what the nightly schedule does: ingest, transform, check, publish.

    With --as-at, transform, check and publish what was known then, into published/as_at/<day>/; the published marts stay as they are.

    Ends with 0 when the marts were published, 3 when they were but a file stands refused, 5 when they were but the site, a workbook
    or the share could not be made, 1 when nothing was published, 4 when another run holds the warehouse.
    """
    if demand_only and (full_refresh or marts_only or as_at is not None):
        raise click.UsageError("--demand-only goes with none of the others: it builds on what the last whole run built")
    if as_at is not None:
        from pipelines.commands.as_at import run_as_at

        sys.exit(run_as_at(load_settings(), as_at))
    from pipelines.commands.run import BUSY, PUBLISHED_OUTCOMES, run_nightly

    settings = replace(load_settings(), is_profiled=profile)
    job_name = "demand" if demand_only else "marts" if marts_only else "nightly"
    outcome = run_nightly(settings, full_refresh=full_refresh, job_name=job_name)
    if settings.alerting.is_configured and outcome != BUSY:
        from pipelines.commands.alert import alert as tell

        tell(settings)
    if settings.digests.is_after_run and outcome in PUBLISHED_OUTCOMES and job_name == "nightly":
        from pipelines.commands.digest import send_digests

        send_digests(settings)
    sys.exit(outcome)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="The state and its problems, for a machine.")
def status(as_json: bool) -> None:
    """Say what is published, the outcome of the last run, and what stands refused."""
    if as_json:
        from pipelines.commands.alert import print_json

        sys.exit(print_json(load_settings()))
    from pipelines.commands.summary import print_status

    sys.exit(print_status(load_settings()))


@cli.command()
@click.argument("load", type=int)
def file(load: int) -> None:
    """Say where the file of a load lies, by its full name, which may hold what is masked elsewhere: not for passing on."""
    from pipelines.commands.summary import print_file

    sys.exit(print_file(load_settings(), load))


@cli.command()
@click.option("--all-is-well", is_flag=True, help="Say so, too, once per publication, where there is no problem.")
def alert(all_is_well: bool) -> None:
    """Tell by mail and webhook what went wrong, once per cause; for a timer, every few minutes."""
    from pipelines.commands.alert import alert as tell

    sys.exit(tell(load_settings(), all_is_well))


@cli.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file for Prometheus's textfile collector.")
@click.option("--serve", "port", type=int, help="Serve /metrics and /health on this port of 127.0.0.1.")
def metrics(out: Path | None, port: int | None) -> None:
    """The state of the warehouse in Prometheus's text format."""
    from pipelines.commands.alert import metrics as write

    sys.exit(write(load_settings(), out, port))


@cli.command()
@click.argument("measure")
@click.option("--area", default="wiltshire_force", show_default=True)
@click.option("--month", type=Month(), help="A month, such as 2023-07; the latest complete periods by default.")
def explain(measure: str, area: str, month: date | None) -> None:
    """Say what a figure is, what it rests on, and where its rows came from."""
    from pipelines.commands.explain import print_explanation

    sys.exit(print_explanation(load_settings(), measure, area, month))


@cli.command("what-if")
@click.option("--line", help="One line, such as 999; all lines by default.")
@click.option("--offered", type=Changed("%"), default="+0%", help="More or fewer calls, such as +10%.")
@click.option("--handling", type=Changed("s", "%"), default="+0s", help="Longer or shorter calls, such as +20s.")
@click.option("--operators", type=Changed(""), default="+0", help="More or fewer operators in every half hour, such as -2.")
@click.option("--weeks", type=click.IntRange(1, 100), default=8, show_default=True, help="How many of the last weeks are the usual one.")
@click.option("--shrinkage", type=click.FloatRange(0, 1, max_open=True), default=0.3, show_default=True, help="Share of paid time without calls.")
@click.option("--max-occupancy", type=click.FloatRange(0, 1, min_open=True), default=0.85, show_default=True, help="No operator is to be busier.")
@click.option("--area", default="wiltshire_force", show_default=True)
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write every half hour of the week.")
def what_if(
    line: str | None,
    offered: Change,
    handling: Change,
    operators: Change,
    weeks: int,
    shrinkage: float,
    max_occupancy: float,
    area: str,
    csv: Path | None,
) -> None:
    """Say what more calls, longer calls or fewer operators do to waits and abandonment."""
    from pipelines.commands.what_if import print_what_if

    sys.exit(print_what_if(load_settings(), area, line, weeks, offered, handling, operators, shrinkage, max_occupancy, csv))


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--feed", help="Hold the file against this feed, not the one that it fits best.")
@click.option("--write-layout", type=click.Path(dir_okay=False, path_type=Path), help="Write a commented layout to finish.")
def inspect(file: Path, feed: str | None, write_layout: Path | None) -> None:
    """Say what a file holds (no values), which feed it fits best, and what is missing."""
    from pipelines.commands.layout import inspect_file

    sys.exit(inspect_file(load_settings(), file, feed, write_layout))


@cli.group()
def layout() -> None:
    """Try a supplier's layout on a file."""


@layout.command("check")
@click.argument("layout_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def layout_check(layout_file: Path, file: Path) -> None:
    """Show what a layout makes of a file: rows accepted, rejects by reason, months. The warehouse is not touched."""
    from pipelines.commands.layout import check_layout

    sys.exit(check_layout(load_settings(), layout_file, file))


@cli.group()
def download() -> None:
    """Fetch public data into the landing folder, where a network is at hand."""


@download.command("police-uk")
@click.option(
    "--force", "forces", multiple=True, default=("wiltshire",), show_default=True, help="A force as the publisher spells it; may be repeated."
)
@click.option("--from", "first", type=Month(), required=True, help="The first month, such as 2023-01.")
@click.option("--to", "last", type=Month(), help="The last month; the first alone by default.")
@click.option("--release", default="latest", show_default=True, help="The release whose archive is read, such as 2023-07: it holds 36 months.")
@click.option("--archives", help="Where the archives are, if not at the publisher's.")
def download_police_uk(forces: tuple[str, ...], first: date, last: date | None, release: str, archives: str | None) -> None:
    """Fetch street-level crime of data.police.uk for some months of a force.

    Ends with 0 when all was fetched, 1 when the archive lacks some of it, 2 when it cannot be reached.
    """
    from pipelines.commands import download as fetching

    months = fetching.months_between(first, last or first)
    sys.exit(fetching.download_police_uk(load_settings(), forces, months, release, archives or fetching.ARCHIVES))


@cli.command()
def docs() -> None:
    """Write every generated document: dictionary, measures, feeds, checks, systems, governance map, dbt docs."""
    from pipelines.commands.docs import build_docs

    sys.exit(build_docs(load_settings()))


@cli.command()
@click.option("--quarter", type=Quarter(), help="A calendar quarter, such as 2023Q2; its latest month with figures is shown.")
@click.option("--month", type=Month(), help="A month, such as 2023-07; the latest month with figures by default.")
@click.option("--force", help="The force, by its code; needed only where several have a report.")
@click.option("--sign-off", metavar="NAME", help="Sign the report off: it is a draft, and marked as one, until then.")
@click.option(
    "--beside-printed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write only the page that sets it beside the printed report of July 2023.",
)
def report(quarter: date | None, month: date | None, force: str | None, sign_off: str | None, beside_printed: Path | None) -> None:
    """Write the quarterly highlight report as HTML, PDF and slides (PPTX), from the published marts.

    Ends with 0 when it was written, 1 when nothing is published, 2 when there is no such force or the period has no figures.
    """
    from pipelines.commands.report import build_report

    sys.exit(build_report(load_settings(), quarter, month, force, sign_off, beside_printed))


@cli.command()
@click.option(
    "--public", "is_public", is_flag=True, help="The site for everybody with its open data, from the public tier alone, into published/public."
)
def site(is_public: bool) -> None:
    """Draw the scorecard site from the published marts (the nightly run does it too)."""
    from pipelines.commands.site import build_scorecard_site, build_site_for_the_public

    sys.exit((build_site_for_the_public if is_public else build_scorecard_site)(load_settings()))


@cli.command()
@click.argument("scorecards", nargs=-1)
@click.option("--tier", type=click.Choice(TIERS), default="internal", show_default=True, help="For whom: what small numbers are suppressed.")
@click.option("--send", is_flag=True, help="Mail the recipients of SCORECARDS_DIGEST_TO theirs, once per publication.")
def digest(scorecards: tuple[str, ...], tier: str, send: bool) -> None:
    """Write what is new on SCORECARDS (ids or frameworks; all by default) since the last publication, as HTML and plain text.

    Ends with 0 when it was written or sent, 1 when there is nothing to tell of or nobody to tell, 2 when a mail could not be delivered.
    """
    from pipelines.commands.digest import send_digests, write_digests

    if send and scorecards:
        raise click.UsageError("--send goes to all that SCORECARDS_DIGEST_TO names; name scorecards there")
    settings = load_settings()
    sys.exit(send_digests(settings) if send else write_digests(settings, scorecards, tier))


@cli.command()
@click.option("--force", is_flag=True, help="Also workbooks in which nothing has changed.")
def xlsx(force: bool) -> None:
    """Write one Excel workbook per scorecard from the published marts."""
    from pipelines.commands.xlsx import write

    sys.exit(write(load_settings(), force=force))


@cli.group()
def measure() -> None:
    """Add a measure to the catalogue, or check the catalogue."""


@measure.command("check")
@click.argument("measure_id", required=False)
def measure_check(measure_id: str | None) -> None:
    """Say what is wrong with the catalogue, or how MEASURE_ID will be computed."""
    from pipelines.commands.measure import check_measures

    sys.exit(check_measures(measure_id))


@measure.command("new")
@click.argument("measure_id")
@click.option("--file", required=True, help="The file under pipelines/catalogue/measures, without its ending, such as contact.")
@click.option("--statistic", default="count", show_default=True, help="What is made of the rows: count, share, mean, median …")
def measure_new(measure_id: str, file: str, statistic: str) -> None:
    """Append an entry to fill in."""
    from pipelines.commands.measure import new_measure

    sys.exit(new_measure(measure_id, file, statistic))


@cli.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Copy the build database and the marts into a new folder below FOLDER; the hash key and the landing files are not in it."""
    from pipelines.commands.backup import make_backup

    sys.exit(make_backup(load_settings(), folder))


@cli.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--with-another-key", is_flag=True, help="Where the backup's hash key is lost; `scorecards key rotate` must follow.")
def restore(folder: Path, with_another_key: bool) -> None:
    """Put the backup in FOLDER in place, in a data directory without a warehouse."""
    from pipelines.commands.backup import restore_backup

    sys.exit(restore_backup(load_settings(), folder, with_another_key))


@cli.group()
def lake() -> None:
    """Where SCORECARDS_TARGET=ducklake or there is a share: make them, bring a build database over, let others read (docs/lake.md)."""


@lake.command("init")
def lake_init() -> None:
    """Make the lake and the share of the settings, each in its catalogue and folder; what is there stays."""
    from pipelines.commands.lake import init

    sys.exit(init(load_settings()))


@lake.command("import")
def lake_import() -> None:
    """Bring this data directory's build file into the lake, which must hold nothing yet."""
    from pipelines.commands.lake import bring_in

    sys.exit(bring_in(load_settings()))


@lake.command("export")
def lake_export() -> None:
    """Bring the lake into a build file of this data directory, which must have none yet."""
    from pipelines.commands.lake import bring_out

    sys.exit(bring_out(load_settings()))


@lake.command("grant")
@click.argument("role")
@click.option("--revoke", is_flag=True, help="Take the right away again.")
def lake_grant(role: str, revoke: bool) -> None:
    """Let ROLE of the PostgreSQL server read the share, and nothing else: an analyst, a BI server, the national view."""
    from pipelines.commands.lake import grant

    sys.exit(grant(load_settings(), role, revoke))


@lake.command("publications")
def lake_publications() -> None:
    """List the publications that can be read in the share."""
    from pipelines.commands.lake import list_publications

    sys.exit(list_publications(load_settings()))


@lake.command("maintain")
@click.option("--keep-days", type=click.IntRange(min=1), default=30, show_default=True, help="How long former states of the lake can be read.")
@click.option("--keep-published-days", type=click.IntRange(min=1), default=400, show_default=True, help="The same of publications in the share.")
def lake_maintain(keep_days: int, keep_published_days: int) -> None:
    """Forget former states, merge small files, and remove those that nobody reads."""
    from pipelines.commands.lake import maintain

    sys.exit(maintain(load_settings(), keep_days, keep_published_days))


@lake.command("forget-force")
@click.argument("force")
@click.option("--confirm", metavar="FORCE", help="Remove it: the name of the force once more. Without it, what would go is listed.")
@click.option("--admin", metavar="ADDRESS", help="The server's superuser, such as postgresql://postgres@db: the force's role goes as well.")
@click.option(
    "--backups",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where backups lie: the force's are named.",
)
def lake_forget_force(force: str, confirm: str | None, admin: str | None, backups: tuple[Path, ...]) -> None:
    """Remove the lake and the share of FORCE, or in the national view what was taken from its share.

    Ends with 0 when it was listed or removed, 1 when it cannot be, 2 when the confirmation is another name, 4 when a run is at work.
    """
    from pipelines.commands.forget import forget_force

    sys.exit(forget_force(load_settings(), force, confirm, admin, backups))


@cli.group()
def key() -> None:
    """The key that personal identifiers are hashed with."""


@key.command("rotate")
@click.option("--unlink", is_flag=True, help="Where files are gone from the landing folder: their rows stay, and their identifiers match no others.")
def key_rotate(unlink: bool) -> None:
    """Hash the personal identifiers anew, from the landing files, with a new key; or with the present one, where it was changed or lost."""
    from pipelines.commands.key import rotate

    sys.exit(rotate(load_settings(), unlink))


@cli.command("superset-export")
@click.option("--marts", type=click.Path(path_type=Path), help="Where Superset's machine finds marts.duckdb; by default, where it lies here.")
@click.option("--out", type=click.Path(path_type=Path), help="The zip to write; by default published/superset.zip.")
def superset_export(marts: Path | None, out: Path | None) -> None:
    """Write the import file of the Superset dashboard."""
    from pipelines.commands.superset_export import export

    sys.exit(export(load_settings(), marts, out))


@cli.command()
def doctor() -> None:
    """Say whether this machine can run the warehouse, and what is in the way."""
    from pipelines.commands.doctor import print_doctor

    sys.exit(print_doctor(load_settings()))


@cli.command()
@click.option("--port", default=3000, show_default=True)
@click.option("--without-daemon", is_flag=True, help="The pages alone: `scorecards daemon` runs the schedule, as a service of its own.")
def ui(port: int, without_daemon: bool) -> None:
    """Serve the Dagster UI, with the schedule, on 127.0.0.1."""
    from pipelines.commands.ui import serve

    serve(load_settings(), port, with_daemon=not without_daemon)


@cli.command()
def daemon() -> None:
    """Run the schedule, the sensor and the queue of runs, without pages."""
    from pipelines.commands.ui import run_daemon

    run_daemon(load_settings())


@cli.command(hidden=True)
def prepare() -> None:
    """Parse the dbt project and evaluate its unit tests ahead of the first run (what `make setup` ends with)."""
    from pipelines.commands.prepare import prepare_first_run

    sys.exit(prepare_first_run(load_settings()))


def main() -> None:
    """The entry point: what our own code refuses (a setting, a contract, a suite, a model) and what the disk refuses ends with its message."""
    logging.raiseExceptions = False  # a log that cannot be written, as on a full disk, prints no traceback of its own
    try:
        cli()
    except Exception as error:
        from pipelines import storage

        is_own = type(error).__module__.startswith("pipelines.")
        trouble = error.__cause__ if is_own else error  # what the disk refused is told as such, whatever it was done for
        told = None if trouble is None else storage.sentence(data_dir(), trouble)
        if told is None and not is_own:
            raise
        raise SystemExit(f"scorecards: {told or error}") from None
    finally:
        leave_to_the_end()


if __name__ == "__main__":
    main()
