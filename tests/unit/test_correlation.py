"""The correlation macros against an independent implementation: r, p and words, over random series of every length."""

import math

import duckdb
import numpy as np
import pytest
from scipy import stats

from tests.models import render

NUMBERS = render(
    "{% set n = 'len(a)' %}select id, r, {{ correlation_p('r', 'n') }} as p, {{ correlation_words('r') }} as words "
    "from (select id, len(a) as n, {{ pearson_r('a', 'b') }} as r from series) order by id"
)


@pytest.fixture(scope="module")
def series():
    rng = np.random.default_rng(20230731)
    made = []
    for index in range(400):
        n = 3 + index % 88
        a = rng.normal(size=n).round(3)
        b = (rng.uniform(-2, 2) * a + rng.normal(size=n)).round(3)
        made.append((index, a.tolist(), b.tolist()))
    return made


def test_r_and_p_are_those_of_an_independent_implementation(series):
    connection = duckdb.connect()
    connection.execute("create table series (id integer, a double[], b double[])")
    connection.executemany("insert into series values (?, ?, ?)", series)
    for (_, a, b), (_, r, p, words) in zip(series, connection.execute(NUMBERS).fetchall(), strict=True):
        expected = stats.pearsonr(a, b)
        assert r == pytest.approx(expected.statistic, abs=1e-12)
        assert p == pytest.approx(expected.pvalue, abs=1e-10)
        strength = abs(expected.statistic)
        assert words == ("weak" if strength < 0.3 else "moderate" if strength < 0.5 else "moderate to strong" if strength < 0.7 else "strong")


def test_eight_months_with_r_086_leave_much_open():
    """methods.md 2.6: r = .86 over the eight months since the model change has a 95 % interval of .39 to .97."""
    low, high = (math.tanh(math.atanh(0.86) + sign * 1.959963984540054 / math.sqrt(8 - 3)) for sign in (-1, 1))
    assert (round(low, 2), round(high, 2)) == (0.39, 0.97)
    (p,) = duckdb.connect().sql(render("select {{ correlation_p('r', 'n') }} from (select 0.86::double as r, 8 as n)")).fetchone()
    assert p == pytest.approx(stats.t.sf(0.86 * math.sqrt(6 / (1 - 0.86**2)), 6) * 2, abs=1e-12)
    assert duckdb.connect().sql(render("select {{ pearson_r('a', 'b') }} from (select [1.0, 1, 1] as a, [1.0, 2, 3] as b)")).fetchone() == (None,)
