"""A forecast on a target and the facts beside it never contradict: the limits are doubted where they no longer describe the process."""

import duckdb
import pytest

from tests.models import render

SQL = render(
    "select {{ spc_assurance_doubt('assurance', 'is_target_met', 'months_running', 'sign', 'direction', 'flagged_share') }} from "
    "(select $assurance as assurance, $met as is_target_met, $months as months_running, $sign as sign, "
    "$direction as direction, $share as flagged_share)"
)


@pytest.mark.parametrize(
    ("assurance", "met", "months", "sign", "direction", "share", "doubt"),
    [
        ("pass", True, 30, 0, "decrease", 0.1, None),
        ("pass", False, 2, 0, "decrease", 0.1, None),
        ("pass", False, 7, 0, "decrease", 0.1, "target missed for 7 months running"),
        ("fail", True, 3, 0, "increase", 0.1, "target met for 3 months running"),
        ("pass", True, 9, 1, "decrease", 0.1, "the latest month signals against the target"),
        ("pass", True, 9, -1, "decrease", 0.1, None),
        ("pass", True, 9, -1, "increase", 0.1, "the latest month signals against the target"),
        ("fail", False, 9, 1, "increase", 0.1, "the latest month signals towards the target"),
        ("hit_or_miss", False, 9, 1, "decrease", 0.1, None),
        ("hit_or_miss", False, 1, 0, "decrease", 1 / 3, "a third or more of the months are flagged"),
        (None, False, 9, 1, "decrease", 0.9, None),
    ],
)
def test_the_limits_are_doubted_where_the_facts_speak_against_them(assurance, met, months, sign, direction, share, doubt):
    given = {"assurance": assurance, "met": met, "months": months, "sign": sign, "direction": direction, "share": share}
    assert duckdb.connect().execute(SQL, given).fetchone() == (doubt,)
