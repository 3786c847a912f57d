"""Three hundred mutants through the door; `make fuzz` sends ten thousand. And the files that they are made of, as they are."""

import pytest

from pipelines.ingest.files import ending_of
from tests.faults.bad_files import CORPUS
from tests.fuzz.mutants import corpus
from tests.fuzz.records import records_of
from tests.fuzz.run import findings
from tests.landing import Landing, contracts


@pytest.mark.slow
def test_no_mutant_ends_hangs_or_bloats_the_reader_and_none_loses_a_row():
    assert [str(finding) for finding in findings(300)] == []


def test_rows_read_are_as_many_as_an_independent_count_of_records_gives(tmp_path):
    landing = Landing.at(tmp_path)
    files = {f"{feed}/{number:03}{ending}": (feed, ending, content) for number, (feed, ending, content) in enumerate(corpus())}
    for number, bad in enumerate(one for one in CORPUS if not callable(one.content)):
        ending = ending_of(bad.file_name)
        content = bad.content if isinstance(bad.content, bytes) else bad.content.encode()
        if len(content) < 1 << 20 and ending != ".parquet":
            files[f"{bad.feed}/bad{number:03}{ending}"] = (bad.feed, ending, content)
    for name, (_, _, content) in files.items():
        landing.write(name, content)
    outcomes = {f.file_path: f for feed in sorted({feed for feed, _, _ in files.values()}) for f in landing.run(feed).files}
    counted = 0
    for name, (feed, ending, content) in files.items():
        outcome = outcomes.get(name)  # None: the same bytes lie there under another name
        if outcome is None or outcome.status != "loaded" or outcome.layout != "canonical":
            continue
        if (expected := records_of(contracts().feeds[feed], ending, content)) is not None:
            counted += 1
            assert outcome.rows_read == expected, name
    assert counted >= 60
