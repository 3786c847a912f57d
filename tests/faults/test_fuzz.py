"""Five hundred mutants through the door; `make fuzz` sends ten thousand."""

import pytest

from tests.fuzz.run import findings


@pytest.mark.slow
def test_no_mutant_ends_hangs_or_bloats_the_reader_and_none_loses_a_row():
    assert [str(finding) for finding in findings(500)] == []
