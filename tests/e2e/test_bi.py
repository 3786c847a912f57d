"""What docs/bi promises: the queries and the Python run on a published force, old clients can read the file, the dashboard names real columns."""

import re
import zipfile

import duckdb
import pytest
import yaml

from pipelines.commands.superset_export import export
from pipelines.report.marts import Marts
from pipelines.report.superset.export import SupersetSourceError, export_files, named_columns, read_sources
from pipelines.settings import PROJECT_DIR

BI = PROJECT_DIR / "docs" / "bi"
QUESTIONS = re.findall(r"^## (\d+\. .+?)$.*?```sql\n(.+?)```", (BI / "questions.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"```python\n(.+?)```", (BI / "python.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def marts(published):
    with Marts.open(published.settings.marts_path, published.settings.threads) as opened:
        yield opened


def test_there_are_ten_questions():
    assert [int(title.split(".")[0]) for title, _ in QUESTIONS] == list(range(1, 11))


@pytest.mark.parametrize(("title", "sql"), QUESTIONS, ids=[title for title, _ in QUESTIONS])
def test_every_question_has_an_answer(published, title, sql):
    assert published.query(sql), title


def test_the_python_of_the_page_runs(published, capsys):
    names = {"MARTS": str(published.settings.marts_path), "PARQUET": str(published.settings.published_dir / "parquet")}
    for block in PYTHON:
        exec(compile(block, "python.md", "exec"), names)
    assert names["months"].height > 0
    assert names["card"].height > 0
    assert "judged as at" in capsys.readouterr().out


def test_the_marts_are_written_so_that_older_clients_can_read_them(published):
    ((tags,),) = published.query("select tags from duckdb_databases() where database_name = current_database()")
    assert tags["storage_version"] == "v1.0.0+"
    assert "`v1.0.0+`" in (BI / "README.md").read_text(encoding="utf-8")
    with pytest.raises(duckdb.Error), published.marts() as reader:
        reader.execute("delete from core.dim_area")


def test_every_column_of_a_published_model_says_what_it_is(published):
    """BI tools show the comments beside the columns."""
    silent = published.query(
        """
        select distinct schema_name || '.' || table_name from duckdb_columns()
        where not internal and database_name = current_database() and comment is null
        """
    )
    assert silent == []


def test_a_process_with_an_old_connection_open_sees_a_new_publication(tmp_path):
    for version in ("1", "2"):
        (tmp_path / version).mkdir()
        with duckdb.connect(str(tmp_path / version / "marts.duckdb")) as marts:
            marts.execute(f"create table heartbeat as select {version} as run")
    (tmp_path / "current").symlink_to("1")
    path = str(tmp_path / "current" / "marts.duckdb")
    with duckdb.connect(path, read_only=True) as held:
        (tmp_path / "next").symlink_to("2")
        (tmp_path / "next").replace(tmp_path / "current")
        with duckdb.connect(path, read_only=True) as opened:
            assert opened.execute("from heartbeat").fetchone() == (2,)
        assert held.execute("from heartbeat").fetchone() == (1,)


# ---- the Superset dashboard


def test_every_column_that_the_dashboard_names_is_published(marts):
    published_columns = {(name, column) for name, table in marts.tables.items() for column in table.columns}
    for file, source in read_sources().items():
        assert named_columns(source) <= published_columns, file


def test_the_import_file_is_whole_and_the_same_twice(published, marts, tmp_path):
    for name in ("one.zip", "two.zip"):
        assert export(published.settings, None, tmp_path / name) == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        files = {name.removeprefix("dashboard_export/"): yaml.safe_load(archive.read(name)) for name in archive.namelist()}
    assert files["metadata.yaml"]["type"] == "Dashboard"
    datasets = {file["uuid"]: file for name, file in files.items() if name.startswith("datasets/")}
    charts = {file["uuid"]: file for name, file in files.items() if name.startswith("charts/")}
    (database,) = [file for name, file in files.items() if name.startswith("databases/")]
    assert database["sqlalchemy_uri"] == f"duckdb:///{published.settings.marts_path}"
    assert database["extra"]["engine_params"]["connect_args"]["read_only"] is True
    for dataset in datasets.values():
        assert dataset["database_uuid"] == database["uuid"]
        columns = {column["column_name"]: column["type"] for column in dataset["columns"]}
        assert columns == dict(marts.tables[f"{dataset['schema']}.{dataset['table_name']}"].columns)
    assert {chart["dataset_uuid"] for chart in charts.values()} <= set(datasets)
    dashboards = {file["slug"]: file for name, file in files.items() if name.startswith("dashboards/")}
    assert set(dashboards) == {"opcc-scorecard", "demand-and-capacity"}
    placed = []
    for dashboard in dashboards.values():
        parts = [part for part in dashboard["position"].values() if isinstance(part, dict)]
        placed += [part["meta"]["uuid"] for part in parts if part["type"] == "CHART"]
        for row in (part for part in parts if part["type"] == "ROW"):
            assert sum(dashboard["position"][child]["meta"]["width"] for child in row["children"]) == 12
    assert sorted(placed) == sorted(charts), "each chart stands on one dashboard"
    for chart in charts.values():
        selected = {row.measure_id for row in marts.rows("select measure_id from core.dim_measure")}
        measures = {f["comparator"] for f in chart["params"]["adhoc_filters"] if f["subject"] == "measure_id"}
        assert measures <= selected, chart["slice_name"]


def test_every_chart_of_a_dashboard_has_rows(marts):
    """What a chart's filters leave of its table; Superset itself is asked by `make superset-check`."""
    for source in read_sources().values():
        for name, chart in source["charts"].items():
            table = source["datasets"][chart["dataset"]]["table"]
            where = " and ".join(f"{column} = ${column}" for column in chart.get("where", {})) or "true"
            (row,) = marts.rows(f"select count(*) as rows from {table} where {where}", chart.get("where") or None)
            assert row.rows or chart.get("may_be_empty"), name


def test_a_name_that_is_not_published_is_refused(marts, published):
    sources = read_sources()
    sources["opcc.yaml"]["charts"]["card"]["columns"].append("no_such_column")
    columns = {name: table.columns for name, table in marts.tables.items()}
    with pytest.raises(SupersetSourceError, match=r"scorecards\.opcc\.no_such_column"):
        export_files(sources, columns, "duckdb:///x", marts.value("select published_at from quality.heartbeat"))
