"""When files are extracted, how they are written, and their faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.synthetic.calibration.shapes import Weights


@dataclass(frozen=True)
class Extracts:
    """When a feed's files are extracted, and how much of a month comes late or is corrected.

    A month's base file is extracted two days after its end (or `days`); correction files are extracted nine days after the end of
    `correction_months` and hold the late and the corrected rows of the months since the one before.
    """

    base_time: str  # HHMM, local
    correction_months: tuple[int, ...]
    late: float
    corrected: float
    has_extracted_at: bool = False
    days: int = 2


CORRECTION_DAYS = 9
AFTERMATH_DAYS = 70  # dated extracts taken within so many days of the period's end are written with it
_QUARTERS, _HALVES = (1, 4, 7, 10), (1, 7)
EXTRACTS: Mapping[str, Extracts] = {
    "force_calls": Extracts("0105", _HALVES, 0.0005, 0.0005),
    "bt_999_calls": Extracts("0420", _HALVES, 0.0010, 0.0005),
    "bt_incidents": Extracts("0900", (), 0.0, 0.0),
    "ccc_operator_rota": Extracts("0600", (), 0.0, 0.0),
    "incident_logs": Extracts("0210", _QUARTERS, 0.0030, 0.0150, has_extracted_at=True),
    "online_reports": Extracts("0130", _HALVES, 0.0010, 0.0020),
    "crimes": Extracts("0315", _QUARTERS, 0.0060, 0.0100, has_extracted_at=True),
    "crime_outcomes": Extracts("0330", _HALVES, 0.0040, 0.0060),
    "arrests": Extracts("0345", _HALVES, 0.0030, 0.0030),
    "suspects": Extracts("0610", (), 0.0, 0.0),  # taken on the snapshot's own day
    "protection_orders": Extracts("0930", (), 0.0, 0.0),
    "speedwatch_sessions": Extracts("1000", (), 0.0, 0.0),
    "speed_enforcement": Extracts("0800", _QUARTERS, 0.0, 0.0, days=1),
    "collisions": Extracts("1100", _HALVES, 0.0100, 0.0),
    "section_60": Extracts("0900", (), 0.0, 0.0),
    "measure_returns": Extracts("1700", (), 0.0, 0.0),
    "csew_estimates": Extracts("0930", (), 0.0, 0.0),
    "force_comparators": Extracts("1730", (), 0.0, 0.0),
}

# The first month of each feed. Calls and logs go back furthest: a printed wait is the longest since 2017.
FIRST_MONTHS: Mapping[str, date] = {
    "force_calls": date(2017, 1, 1),
    "bt_999_calls": date(2021, 1, 1),
    "bt_incidents": date(2021, 1, 1),
    "ccc_operator_rota": date(2023, 1, 1),
    "incident_logs": date(2017, 1, 1),
    "online_reports": date(2021, 1, 1),
    "crimes": date(2019, 1, 1),
    "crime_outcomes": date(2019, 1, 1),
    "arrests": date(2019, 1, 1),
    "police_uk_street": date(2020, 8, 1),
    "suspects": date(2021, 1, 1),
    "protection_orders": date(2021, 1, 1),
    "speedwatch_sessions": date(2021, 4, 1),
    "speed_enforcement": date(2022, 4, 1),
    "collisions": date(2019, 1, 1),
    "section_60": date(2021, 1, 1),
    "measure_returns": date(2020, 5, 1),
    "csew_estimates": date(2021, 7, 1),
    "force_comparators": date(2020, 4, 1),
}
FORCE_CODE = "wiltshire"
FORCE_SPELLINGS: Weights = {"wiltshire": 0.85, "Wiltshire": 0.15}  # by file

# What BT numbers, for all forces alike; keys of other feeds are a force's own.
NUMBERS_OF_BT = ("bt_leg_id", "bt_call_ref")

# Feeds whose files always have a publisher's headers, or UK dates.
HEADERS: Mapping[str, Mapping[str, str]] = {"collisions": {"force_code": "police_force"}}
UK_DATES = ("collisions",)

# Files that are not plain csv, where the month is in the period. gzip is slow, so only a few.
FORMATS: Mapping[tuple[str, date], str] = {
    ("bt_999_calls", date(2022, 9, 1)): "csv.gz",
    ("bt_999_calls", date(2023, 4, 1)): "csv.gz",
    ("crimes", date(2023, 2, 1)): "csv.gz",
    ("incident_logs", date(2022, 3, 1)): "csv.gz",
    ("force_calls", date(2022, 8, 1)): "parquet",
    ("online_reports", date(2023, 3, 1)): "xlsx",
    ("measure_returns", date(2023, 6, 1)): "xlsx",
}


@dataclass(frozen=True)
class DataFault:
    """One kind of fault in one feed's base files of these months; of months outside the period, others take the place.

    `share` is the share of the file's rows that it touches (at least one), where the kind touches single rows.
    """

    kind: str
    feed: str
    months: tuple[date, ...]
    share: float = 0.0
    column: str = ""


def _m(*months: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(f"{m}-01") for m in months)


DATA_FAULTS: tuple[DataFault, ...] = (
    # how a file is written
    DataFault("bom", "force_calls", _m("2021-02", "2023-07")),
    DataFault("bom", "crimes", _m("2023-05")),
    DataFault("header_upper", "incident_logs", _m("2020-11", "2023-02")),
    DataFault("header_upper", "arrests", _m("2021-09")),
    DataFault("header_spaces", "force_calls", _m("2022-05", "2023-03")),
    DataFault("header_spaces", "online_reports", _m("2023-06")),
    DataFault("header_aliases", "crimes", _m("2021-12", "2023-04")),
    DataFault("header_aliases", "bt_999_calls", _m("2023-06")),
    DataFault("header_aliases", "incident_logs", _m("2023-05")),
    DataFault("header_aliases", "measure_returns", _m("2023-05")),
    DataFault("column_order", "crime_outcomes", _m("2022-02", "2023-07")),
    DataFault("column_order", "arrests", _m("2023-02")),
    DataFault("header_aliases", "protection_orders", _m("2023-03")),
    DataFault("header_spaces", "speedwatch_sessions", _m("2023-05")),
    DataFault("uk_times", "speed_enforcement", _m("2023-06")),
    DataFault("uk_times", "crimes", _m("2020-09", "2023-03")),
    DataFault("uk_times", "crime_outcomes", _m("2023-04")),
    DataFault("uk_times", "measure_returns", _m("2023-04")),
    DataFault("booleans_words", "incident_logs", _m("2022-06", "2023-04")),
    DataFault("booleans_digits", "bt_999_calls", _m("2023-05")),
    DataFault("extra_column", "force_calls", _m("2022-10", "2023-06")),
    DataFault("quoted_newline", "incident_logs", _m("2022-12", "2023-07"), share=0.01),
    DataFault("blank_column", "bt_999_calls", _m("2022-04", "2023-03"), column="bt_centre"),
    DataFault("blank_column", "incident_logs", _m("2023-06"), column="lsoa_code"),
    # single cells
    DataFault("null_texts", "force_calls", _m("2021-05", "2023-04"), share=0.001),
    DataFault("null_texts", "incident_logs", _m("2023-03"), share=0.002),
    DataFault("null_texts", "crimes", _m("2022-10", "2023-06"), share=0.004),
    DataFault("blank_texts", "incident_logs", _m("2022-01", "2023-06"), share=0.002),
    DataFault("blank_texts", "arrests", _m("2023-05"), share=0.01),
    DataFault("zero_times", "force_calls", _m("2020-12", "2023-05"), share=0.002),
    DataFault("zero_times", "incident_logs", _m("2023-02"), share=0.002),
    DataFault("padded", "crimes", _m("2023-07"), share=0.01),
    DataFault("code_spellings", "incident_logs", _m("2022-09", "2023-06"), share=0.01, column="final_grade"),
    DataFault("code_spellings", "crime_outcomes", _m("2023-05"), share=0.05, column="outcome_code"),
    # single rows that are accepted once or skipped
    DataFault("repeated_header", "force_calls", _m("2023-02")),
    DataFault("repeated_header", "arrests", _m("2021-06", "2023-07")),
    DataFault("exact_duplicates", "force_calls", _m("2021-10", "2023-07"), share=0.0005),
    DataFault("exact_duplicates", "crimes", _m("2023-02"), share=0.002),
    DataFault("exact_duplicates", "crime_outcomes", _m("2022-08"), share=0.003),
    # single rows that must be rejected
    DataFault("invalid_times", "force_calls", _m("2021-03", "2022-03", "2023-06"), share=0.0005),
    DataFault("invalid_times", "incident_logs", _m("2022-11", "2023-07"), share=0.0005),
    DataFault("invalid_times", "crime_outcomes", _m("2023-06"), share=0.002),
    DataFault("missing_keys", "bt_999_calls", _m("2021-07", "2023-07"), share=0.0005),
    DataFault("missing_keys", "crimes", _m("2022-05", "2023-07"), share=0.001),
    DataFault("missing_keys", "incident_logs", _m("2023-01"), share=0.0003),
    DataFault("missing_keys", "speedwatch_sessions", _m("2023-06"), share=0.002),
    DataFault("invalid_values", "crimes", _m("2022-12", "2023-07"), share=0.001, column="victim_age"),
    DataFault("invalid_values", "force_calls", _m("2022-07", "2023-07"), share=0.0003, column="line"),
    DataFault("invalid_values", "crime_outcomes", _m("2023-03"), share=0.001, column="outcome_code"),
)
NULL_TEXTS = ("NULL", "#DIV/0!", "N/A", "null")
BLANK_TEXTS = ("   ", "-", " ")
ZERO_TIME = "0:00:00"
INVALID_TIMES = ("31/02/2023 10:15:00", "2022-13-04 08:00:00", "2023-06-31 25:61:00", "not known")
INVALID_VALUES: Mapping[str, tuple[str, ...]] = {"victim_age": ("176", "-7", "forty"), "line": ("9999", "IVR"), "outcome_code": ("TBC", "1-6")}
CODE_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "final_grade": {"Immediate": "Grade 1", "Priority": "GRADE 2", "Scheduled": "scheduled", "No Deployment": "Resolution Without Deployment"},
    "outcome_code": {"1": "01", "15": "Outcome 15", "16": "Outcome 16", "18": "18.0"},
}
EXTRA_COLUMN = ("Operator Team", ("A", "B", "C", "D", "E"))
REMARKS_COLUMN = ("Closing Remarks", ("No offences disclosed,\nadvice given", 'Caller said "all in order",\nno trace', "Passed to partner;\nsee log"))
