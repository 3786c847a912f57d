"""Makes Superset's import file (a zip of YAML files) of the dashboards beside this module and the columns of the published marts.

    dashboard_export/
      metadata.yaml
      databases/scorecards.yaml
      datasets/scorecards/<dataset>.yaml    every column of the table, with its type
      charts/<chart>.yaml
      dashboards/<dashboard>.yaml

Identifiers are made from names, so that a second import replaces the first.
"""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from pipelines.report.marts import Marts

# The dashboards; the first one names the database of all.
SOURCES = ("opcc.yaml", "demand.yaml")
ROOT = "dashboard_export"
VERSION = "1.0.0"  # of Superset's import format
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "scorecards:superset")
LONGEST_LINE = 1_000
LONGEST_TABLE = 2_000
# How an axis writes times, by their grain.
AXIS_TIMES = {"P1M": "%b %Y", "P1D": "%d %b", None: "%a %d %b %H:%M"}
HEARTBEAT = "quality.heartbeat"


class SupersetSourceError(ValueError):
    """A dashboard names a table or column that is not published; the message says which."""


def read_sources() -> dict[str, dict[str, Any]]:
    """File -> the dashboard in it."""
    return {name: yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8")) for name in SOURCES}


def named_columns(source: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every (schema.table, column) that the source names."""
    tables = {name: dataset["table"] for name, dataset in source["datasets"].items()}
    named = {(tables[name], dataset["time"]) for name, dataset in source["datasets"].items() if "time" in dataset}
    for chart in source["charts"].values():
        columns = [*chart.get("columns", []), *chart.get("lines", {}).values(), *chart.get("where", {})]
        columns += [entry.split()[0] for entry in chart.get("order", [])]
        columns += [chart["value"]["column"]] if "value" in chart else []
        named |= {(tables[chart["dataset"]], column) for column in columns}
    return named | {(tables[entry["dataset"]], entry["column"]) for entry in source["dashboard"].get("filters", [])}


def write_export(marts: Marts, marts_path: Path, out: Path) -> Path:
    """Write the import file to `out`; `marts_path` is where Superset's machine finds the marts. Raises SupersetSourceError."""
    columns = {name: table.columns for name, table in marts.tables.items()}
    published_at = marts.value(f"select published_at from {HEARTBEAT}")
    files = export_files(read_sources(), columns, f"duckdb:///{marts_path}", published_at)
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{ROOT}/{name}", date_time=(1980, 1, 1, 0, 0, 0))  # the same content makes the same file
            archive.writestr(entry, yaml.safe_dump(content, sort_keys=False, allow_unicode=True), zipfile.ZIP_DEFLATED)
    return out


def export_files(
    sources: Mapping[str, Mapping[str, Any]], columns: Mapping[str, Mapping[str, str]], uri: str, at: datetime
) -> dict[str, dict[str, Any]]:
    """Name in the archive -> content. `columns`: schema.table -> column -> DuckDB type. Raises SupersetSourceError."""
    database = sources[SOURCES[0]]["database"]
    files = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": at.isoformat()},
        f"databases/{database['name']}.yaml": _database(database, uri),
    }
    for file, source in sources.items():
        missing = sorted(f"{table}.{column}" for table, column in named_columns(source) if column not in columns.get(table, {}))
        if missing:
            raise SupersetSourceError(f"{file} names what is not published: {', '.join(missing)}")
        files[f"dashboards/{source['dashboard']['slug']}.yaml"] = _dashboard(source)
        for name, dataset in source["datasets"].items():
            files[f"datasets/{database['name']}/{name}.yaml"] = _dataset(name, dataset, database["name"], columns[dataset["table"]])
        for name, chart in source["charts"].items():
            files[f"charts/{name}.yaml"] = _chart(name, chart, source["datasets"][chart["dataset"]].get("time", ""))
    return files


def identifier(kind: str, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind}:{name}"))


def _database(database: Mapping[str, Any], uri: str) -> dict[str, Any]:
    return {
        "database_name": database["name"],
        "sqlalchemy_uri": uri,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"engine_params": database["engine_params"], "allows_virtual_table_explore": True},
        "uuid": identifier("database", database["name"]),
        "version": VERSION,
    }


def _dataset(name: str, dataset: Mapping[str, Any], database: str, columns: Mapping[str, str]) -> dict[str, Any]:
    schema, _, table = dataset["table"].partition(".")
    return {
        "table_name": table,
        "schema": schema,
        "main_dttm_col": dataset.get("time"),
        "filter_select_enabled": True,
        "columns": [
            {
                "column_name": column,
                "type": type_,
                "is_dttm": type_ in {"DATE", "TIMESTAMP"},
                "is_active": True,
                "groupby": True,
                "filterable": True,
            }
            for column, type_ in columns.items()
        ],
        "metrics": [{"metric_name": "count", "verbose_name": "rows", "metric_type": "count", "expression": "count(*)"}],
        "uuid": identifier("dataset", name),
        "version": VERSION,
        "database_uuid": identifier("database", database),
    }


# ---- charts: what Superset's pages read (params), and the query that its API runs (query_context)


def _metric(column: str, label: str, times: int = 1) -> dict[str, Any]:
    """The maximum of a column: there is one row per month or card line, so any aggregate is the cell itself."""
    if times != 1:
        return {"expressionType": "SQL", "sqlExpression": f"max({column}) * {times}", "label": label, "hasCustomLabel": True}
    return {"expressionType": "SIMPLE", "column": {"column_name": column}, "aggregate": "MAX", "label": label, "hasCustomLabel": True}


def _filters(where: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same conditions in the form of the pages and in that of the API."""
    for_pages = [
        {"clause": "WHERE", "expressionType": "SIMPLE", "subject": column, "operator": "==", "operatorId": "EQUALS", "comparator": value}
        for column, value in where.items()
    ]
    return for_pages, [{"col": column, "op": "==", "val": value} for column, value in where.items()]


def _chart(name: str, chart: Mapping[str, Any], time: str) -> dict[str, Any]:
    for_pages, for_query = _filters(chart.get("where", {}))
    viz_type, params, query = _KINDS[chart["kind"]](chart, time)
    params = {"viz_type": viz_type, "adhoc_filters": for_pages, **params}
    query = {"filters": for_query, "extras": {"having": "", "where": ""}, "applied_time_extras": {}, "annotation_layers": [], **query}
    context = {"force": False, "queries": [query], "form_data": params, "result_format": "json", "result_type": "full"}
    return {
        "slice_name": chart["title"],
        "viz_type": viz_type,
        "params": params,
        "query_context": json.dumps(context),
        "uuid": identifier("chart", name),
        "version": VERSION,
        "dataset_uuid": identifier("dataset", chart["dataset"]),
    }


def _number(chart: Mapping[str, Any], _: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    metric = _metric(chart["value"]["column"], chart["title"], chart["value"].get("times", 1))
    params = {"metric": metric, "y_axis_format": chart["format"], "subtitle": chart["under"], "header_font_size": 0.4, "subheader_font_size": 0.15}
    return "big_number_total", params, {"columns": [], "metrics": [metric]}


def _line(chart: Mapping[str, Any], time: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    metrics = [_metric(column, label) for label, column in chart["lines"].items()]
    grain = chart.get("grain", "P1M")  # an ISO 8601 duration; null: the times as they are
    axis = {"columnType": "BASE_AXIS", "sqlExpression": time, "label": time, "expressionType": "SQL", "timeGrain": grain}
    params = {
        "x_axis": time,
        "time_grain_sqla": grain,
        "metrics": metrics,
        "groupby": [],
        "row_limit": LONGEST_LINE,
        "y_axis_format": chart["format"],
        "x_axis_time_format": AXIS_TIMES[grain],
        "rich_tooltip": True,
        "show_legend": True,
        "truncateYAxis": False,
    }
    query = {"columns": [axis], "metrics": metrics, "series_columns": [], "orderby": [[metrics[0], False]], "row_limit": LONGEST_LINE}
    return "echarts_timeseries_line", params, query


def _table(chart: Mapping[str, Any], _: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    order = [[entry.split()[0], not entry.endswith(" desc")] for entry in chart["order"]]
    limit = chart.get("limit", LONGEST_TABLE)
    params = {
        "query_mode": "raw",
        "all_columns": chart["columns"],
        "order_by_cols": [json.dumps(entry) for entry in order],
        "row_limit": limit,
        "include_search": True,
        "table_timestamp_format": "%d %b %Y",
        "page_length": 50,
    }
    return "table", params, {"columns": chart["columns"], "orderby": order, "row_limit": limit}


_KINDS = {"number": _number, "line": _line, "table": _table}


# ---- the dashboard: rows of charts, and filters


def _dashboard(source: Mapping[str, Any]) -> dict[str, Any]:
    dashboard = source["dashboard"]
    return {
        "dashboard_title": dashboard["title"],
        "description": dashboard["description"],
        "slug": dashboard["slug"],
        "uuid": identifier("dashboard", dashboard["slug"]),
        "position": _position(source),
        "metadata": {
            "color_scheme": "supersetColors",
            "cross_filters_enabled": True,
            "native_filter_configuration": [_filter(entry) for entry in dashboard.get("filters", [])],
        },
        "published": True,
        "version": VERSION,
    }


def _position(source: Mapping[str, Any]) -> dict[str, Any]:
    rows = source["dashboard"]["rows"]
    row_ids = [f"ROW-{number}" for number in range(1, len(rows) + 1)]
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": row_ids, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": source["dashboard"]["title"]}},
    }
    number = 0
    for row_id, row in zip(row_ids, rows, strict=True):
        parents = ["ROOT_ID", "GRID_ID"]
        children = [f"CHART-{name}" for name in row["charts"]]
        position[row_id] = {"id": row_id, "type": "ROW", "children": children, "parents": parents, "meta": {"background": "BACKGROUND_TRANSPARENT"}}
        for name, width in row["charts"].items():
            number += 1  # replaced by Superset with its own number
            meta = {
                "chartId": number,
                "height": row["height"],
                "width": width,
                "sliceName": source["charts"][name]["title"],
                "uuid": identifier("chart", name),
            }
            position[f"CHART-{name}"] = {"id": f"CHART-{name}", "type": "CHART", "children": [], "parents": [*parents, row_id], "meta": meta}
    return position


def _filter(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{entry['column']}",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": entry["name"],
        "targets": [{"column": {"name": entry["column"]}, "datasetUuid": identifier("dataset", entry["dataset"])}],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "controlValues": {"multiSelect": True, "enableEmptyFilter": False, "defaultToFirstItem": False, "searchAllOptions": False},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [],
    }
