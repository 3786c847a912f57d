"""Reading ahead: the same items in the same order, no more than there is room for, and nothing left running."""

import threading

import pytest

from pipelines.ingest.prefetch import prefetch


def _numbers(made: list[int], until: int, fails_at: int | None = None):
    for number in range(until):
        if number == fails_at:
            raise OSError("the disk is gone")
        made.append(number)
        yield number


def _threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "ingest-read-ahead"]


def test_items_come_whole_and_in_order():
    with prefetch(_numbers([], 1000), lambda _: 1, 7) as items:
        assert list(items) == list(range(1000))
    assert _threads() == []


def test_no_more_is_made_than_there_is_room_for():
    made: list[int] = []
    weights = {0: 1, 1: 1, 2: 10}
    with prefetch(_numbers(made, 100), lambda n: weights.get(n, 1), 5) as items:
        threading.Event().wait(0.2)
        assert made == [0, 1, 2]  # 2 alone is more than there is room for: it is made, and nothing after it
        assert [next(items), next(items)] == [0, 1]
        threading.Event().wait(0.2)
        assert made == [0, 1, 2]
        assert next(items) == 2
        assert list(items) == list(range(3, 100))


def test_items_without_weight_never_wait():
    made: list[int] = []
    with prefetch(_numbers(made, 50), lambda _: 0, 1) as items:
        threading.Event().wait(0.2)
        assert len(made) == 50
        assert list(items) == made


def test_what_reading_raises_is_raised_where_items_are_taken_behind_those_before_it():
    taken = []
    with prefetch(_numbers([], 10, fails_at=3), lambda _: 1, 100) as items, pytest.raises(OSError, match="the disk is gone"):
        for item in items:
            taken.append(item)
    assert taken == [0, 1, 2]
    assert _threads() == []


def test_leaving_early_stops_and_closes_the_reader():
    closed = []

    def endless():
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    with prefetch(endless(), lambda _: 1, 3) as items:
        assert next(items) == 1
    assert closed == [True]
    assert _threads() == []
