"""What was read lately is not read again, and no more than so much is kept."""

from __future__ import annotations

from collections.abc import Sequence

from index.recent import Recent


def test_get_kept_rows_are_not_read_again_and_come_in_the_order_asked_for() -> None:
    reads: list[list[int]] = []

    def read(rows: Sequence[int]) -> list[str]:
        reads.append(list(rows))
        return [f"row {row}" for row in rows]

    recent = Recent(read, most=3)
    assert recent.get([2, 1, 2]) == ["row 2", "row 1", "row 2"]
    assert recent.get([3, 1]) == ["row 3", "row 1"]
    assert reads == [[2, 1], [3]]


def test_get_row_that_was_not_asked_for_lately_goes_first() -> None:
    reads: list[list[int]] = []

    def read(rows: Sequence[int]) -> list[int]:
        reads.append(list(rows))
        return list(rows)

    recent = Recent(read, most=2)
    for row in (1, 2, 1, 3, 1, 2):
        recent.get([row])
    assert reads == [[1], [2], [3], [2]]


def test_get_more_rows_than_are_kept_gives_all() -> None:
    recent = Recent(lambda rows: list(rows), most=2)
    assert recent.get([5, 4, 3, 2, 1]) == [5, 4, 3, 2, 1]
