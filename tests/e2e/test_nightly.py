"""The nightly job on real input: what it publishes, what it says, what it keeps when a check fails."""

import csv
import shutil
from datetime import date

import duckdb

from pipelines.publish.backup import back_up, restore
from pipelines.publish.marts import published_tables
from pipelines.transform.manifest import load_manifest
from tests.building import Dbt


def test_every_published_table_is_there_with_real_keys(published):
    with published.marts() as marts:
        tables = {f"{s}.{t}" for s, t in marts.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()}
        keyed = {
            f"{s}.{t}"
            for s, t in marts.execute("select schema_name, table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'").fetchall()
        }
    expected = {
        "core.dim_area", "core.dim_csp", "core.dim_date", "core.dim_measure", "measures.measure_values", "measures.measure_comparisons",
        "measures.measure_spc", "measures.spc_alternatives", "measures.rebase_candidates", "quality.limit_review_queue",
        "measures.spc_signal_ledger", "measures.spc_limit_ledger",
        "measures.value_ledger", "quality.publications", "quality.arrivals",
        "measures.correlations", "measures.published_figures", "measures.revisions",
        "measures.profiles", "measures.profile_changes",
        "measures.measure_findings",
        "measures.drivers",
        "scorecards.cards", "scorecards.opcc", "scorecards.csp", "scorecards.wcjb", "scorecards.report_topics", "scorecards.report_lines",
        "scorecards.partner", "scorecards.public", "scorecards.suppressed_cells",
        "governance.risk_register", "governance.risk_history", "governance.risk_actions", "governance.deliverables", "governance.deliverable_history",
        "governance.risk_review_proposals",
        "governance.outcomes", "governance.focus", "governance.commentary", "governance.events", "governance.statutory_items",
        "governance.governance_map", "governance.governance_nodes", "governance.engagements", "governance.glossary", "governance.measure_links",
        "governance.workbook_messages",
        "quality.feed_outcomes", "quality.rejects", "quality.check_results", "quality.bt_adjustment", "quality.narrative_issues", "quality.heartbeat",
    }  # fmt: skip
    assert expected <= tables
    assert expected - keyed == set()
    parquet = {p.stem for p in (published.settings.published_dir / "parquet").glob("*.parquet")}
    assert parquet == tables


def test_every_published_table_is_row_for_row_what_dbt_built(published):
    with published.marts() as marts:
        marts.execute(f"attach '{published.settings.build_path}' as build (read_only)")
        for name, built in published_tables(load_manifest(published.settings)).items():
            rows = f"select count(*) from {name}", f"select count(*) from build.{built}"
            assert marts.execute(rows[0]).fetchone() == marts.execute(rows[1]).fetchone(), name
            assert marts.execute(f"select count(*) from (from {name} except all from build.{built})").fetchone() == (0,), name


def test_no_published_zero_is_negative(published):
    """Its sign says nothing, and no hash tells the two apart: where a publication replaces the rows that differ, either could stand."""
    columns = "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal and data_type = 'DOUBLE' order by all"
    with published.marts() as marts:
        negative = [
            (table, column)
            for table, column in marts.execute(columns).fetchall()
            if marts.execute(f'select count(*) from {table} where "{column}" = 0 and signbit("{column}")').fetchone() != (0,)
        ]
    assert negative == []


def test_rows_read_are_rows_accepted_plus_rejected(published):
    assert published.query("select count(*) from quality.feed_outcomes where rows_read <> rows_accepted + rows_rejected") == [(0,)]
    (rejected,) = published.query("select sum(rows_rejected) from quality.feed_outcomes")[0]
    assert rejected > 0, "the synthetic extracts hold rows that must be rejected"


def test_nothing_that_identifies_a_person_leaves_the_build_database(published):
    with published.marts() as marts:
        columns = {c for (c,) in marts.execute("select column_name from duckdb_columns() where not internal").fetchall()}
    assert columns.isdisjoint({"cli", "victim_age", "lsoa_code", "crime_ref", "call_id", "log_number"})
    with duckdb.connect(str(published.settings.build_path), read_only=True) as build:
        (longest, shortest) = build.execute("select max(length(cli)), min(length(cli)) from raw.force_calls where cli is not null").fetchone()
    assert (longest, shortest) == (64, 64), "callers' numbers are HMAC-SHA256 digests"


def test_heartbeat_says_as_of_when_from_which_files_by_which_version(published):
    ((data_to, files, version),) = published.query("select data_to, files, package_version from quality.heartbeat")
    assert data_to >= date(2023, 7, 31)
    assert version
    assert published.query("select count(*) from quality.feed_outcomes where status = 'loaded'") == [(files,)]


def test_a_night_with_nothing_new_changes_no_figure_be_it_on_a_restored_warehouse(published, make_force, tmp_path, capsys):
    """A backup restored elsewhere, the same extracts, and one of them once more under another name: a night publishes what was published.
    Its site cannot be drawn, which shows, and keeps no figure from readers."""
    first, force = make_force("first", from_published=True), make_force("restored")
    restore(force.settings, back_up(first.settings, tmp_path / "backups"))
    before = published.fingerprint()
    assert force.fingerprint() == before
    force.landing.rmdir()
    shutil.copytree(published.landing, force.landing)
    original = next(p for p in sorted((force.landing / "force_calls").iterdir()) if p.suffix == ".csv")
    (force.landing / "force_calls" / "again.csv").write_bytes(original.read_bytes())
    publications = force.query("from quality.publications order by published_at")
    said = force.query("from measures.value_ledger order by all")
    with duckdb.connect(str(force.settings.build_path)) as build:
        builds = build.execute("select count(*) from ingest.builds").fetchall()
    (force.settings.published_dir / ".sites").write_text("a file where a folder should be")
    assert force.run(pages=True) == 5
    printed = capsys.readouterr().out
    assert "the site could not be written" in printed
    assert "Published in" in printed
    assert force.fingerprint() == before
    # what was said before is carried on: one publication more, and no figure said again
    assert len(publications) == 1
    assert force.query("from quality.publications order by published_at")[:-1] == publications
    assert force.query("select count(*), count(distinct published_at) from quality.publications") == [(2, 2)]
    assert said
    assert force.query("from measures.value_ledger order by all") == said
    with duckdb.connect(str(force.settings.build_path)) as build:
        assert build.execute("select count(*) from ingest.builds").fetchall() == builds, "nothing was built again"
        outcomes = "select table_name, check_name from quality.check_results where run_id = ? order by all"
        (earlier, later) = build.execute("select run_id from quality.check_runs order by checked_at").fetchall()[-2:]
        assert build.execute(outcomes, later).fetchall() == build.execute(outcomes, earlier).fetchall(), "every check has a result in every run"


def test_ghost_legs_warn_and_stand_as_a_caveat(published, eventful_night):
    last = """
        select status, message from quality.check_results
        where check_name = 'bt_error_inflated_abandonment' order by checked_at desc limit 1
    """
    ((status, message),) = published.query(last)
    assert status == "warned", "June 2023 has a wide failure of its own"
    assert "May 2023" not in message
    force = eventful_night.force
    assert eventful_night.status in (0, 3), "a warning publishes"
    ((status, message),) = force.query(last)
    assert status == "warned"
    assert "Wiltshire Police, May 2023: 60.8% as supplied, 2.0% without the errors; 301 calls left out" in message
    caveats = force.query(
        """
        select period_end from measures.measure_values
        where measure_id = 'bt_999_abandonment_rate' and area_id = 'wiltshire_force' and period_type = 'month' and caveat like '%BT_GHOST 300%'
        """
    )
    assert caveats == [(date(2023, 5, 31),)]


def test_the_gate_keeps_the_last_good_marts(make_force, capsys):
    force = make_force(from_published=True)
    before, inode = force.fingerprint(), force.settings.marts_path.stat().st_ino
    with duckdb.connect(str(force.settings.build_path)) as build:  # rows that no ledger entry accounts for: a fault of ours, an error
        build.execute("insert into raw.arrests select * from raw.arrests limit 5")
    assert force.run() == 1
    assert force.settings.marts_path.stat().st_ino == inode
    assert force.fingerprint() == before
    said = capsys.readouterr().out
    assert "Nothing was published" in said
    assert "last good marts" in said


def test_a_directory_with_public_street_files_only(make_force, extracts, capsys):
    force = make_force()
    for path in sorted((extracts / "police_uk_street").glob("*"))[:4]:
        (force.landing / "police_uk_street").mkdir(parents=True, exist_ok=True)
        (force.landing / "police_uk_street" / path.name).write_bytes(path.read_bytes())
    assert force.run() == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "No data yet for: force_calls" in said
    recount: dict[tuple, int] = {}
    for path in (force.landing / "police_uk_street").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                first = row["LSOA name"].split(" ")[0]
                district = {"Swindon": "swindon", "Wiltshire": "wiltshire_county"}.get(first, "wiltshire_unallocated")
                key = (row["Month"], district, row["Crime type"])
                recount[key] = recount.get(key, 0) + 1
    counted = force.query(
        """
        select strftime(period_end, '%Y-%m'), area_id, segment, value::int from measures.measure_values
        where measure_id = 'street_crime_volume' and period_type = 'month' and segment <> 'all' and value > 0
            and area_id in ('swindon', 'wiltshire_county', 'wiltshire_unallocated')
        """
    )
    assert {(m, a, s): v for m, a, s, v in counted} == recount


def test_medians_of_one_population_after_the_other_are_those_of_all_at_once(published, parsed, tmp_path):
    """Many rows are worked out in parts, in as much memory as one of them takes."""
    build = tmp_path / "build.duckdb"
    shutil.copyfile(published.settings.build_path, build)
    digest = "select count(*), sum(hash(t)), bit_xor(hash(t)) from measures.int_measure_quantiles as t"
    with duckdb.connect(str(build)) as connection:
        at_once = connection.execute(digest).fetchone()
    Dbt(parsed.dbt_target_dir, ()).build_only(build, ["int_measure_quantiles"], "--full-refresh", "--vars", "{rows_at_once: 0}")
    with duckdb.connect(str(build)) as connection:
        assert connection.execute(digest).fetchone() == at_once
    assert at_once[0] > 0
