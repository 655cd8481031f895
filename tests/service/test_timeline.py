"""The timeline of a run is a small picture that says in words what it shows."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from service.sandbox import Lane
from service.timeline import describe, labels
from service.timeline_svg import draw

LANES = (
    Lane("main", ((0.0, 0.0), (2.0, 2.0)), "done"),
    Lane("work", ((0.0, 0.001), (1.0, 1.0)), "failed"),
    Lane("work", ((0.001, 0.001), (0.5, 0.5)), "cancelled"),
    Lane("", ((0.25, 1.25),), "unfinished"),
)
SVG = "{http://www.w3.org/2000/svg}"

steps = st.lists(st.floats(0, 1e5), min_size=2, max_size=8).map(
    lambda times: tuple(zip(sorted(times)[::2], sorted(times)[1::2], strict=False))
)
endings = st.sampled_from(["done", "failed", "cancelled", "unfinished"])
printable = st.text(max_size=60).filter(str.isprintable)


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314  (our own)


def test_description_tells_each_task_its_times_and_its_end() -> None:
    assert describe(LANES) == (
        "main: 0 s to 2 s, waited 2 s, done; work (1): 0 s to 1 s, waited 1 s, failed; "
        "work (2): 0 s to 0.5 s, waited 0.5 s, cancelled; task: 0.2 s to 1.2 s, unfinished."
    )


def test_short_run_is_told_in_milliseconds() -> None:
    assert (
        describe((Lane("main", ((0.0, 0.0001), (0.0125, 0.013)), "done"),))
        == "main: 0 ms to 13 ms, waited 12.4 ms, done."
    )


def test_lanes_of_one_name_are_numbered() -> None:
    assert labels(LANES) == ["main", "work (1)", "work (2)", "task"]


def test_picture_has_a_lane_for_each_task_and_names_itself() -> None:
    root = parsed(draw(LANES, "Timeline of the example at a.md:1-9"))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "title description"
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == (
        "Timeline of the example at a.md:1-9",
        describe(LANES),
    )
    lanes = [group.findtext(f"{SVG}title") for group in root.iter(f"{SVG}g")]
    assert lanes == [part.strip() for part in describe(LANES).removesuffix(".").split(";")]
    assert len(root.findall(f".//{SVG}g/{SVG}rect[@class='step']")) == 7


def test_picture_follows_light_and_dark() -> None:
    assert "prefers-color-scheme: dark" in draw(LANES, "x")


def test_text_in_the_picture_is_data() -> None:
    hostile = "</text><script>alert(1)</script>&\"'"
    picture = draw((Lane(hostile, ((0.0, 0.1), (0.2, 0.3)), "done"),), hostile)
    root = parsed(picture)
    assert root.findtext(f"{SVG}title") == hostile
    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in picture


def test_picture_of_many_steps_stays_small() -> None:
    many = tuple((second / 100, second / 100) for second in range(1000))
    assert len(draw((Lane("busy", many, "done"),) * 4, "x")) < 100_000


@given(st.lists(st.builds(Lane, printable, steps, endings), min_size=1, max_size=5), printable)
def test_any_lanes_make_a_well_formed_picture(lanes: list[Lane], title: str) -> None:
    root = parsed(draw(lanes, title))
    numbers = [value for element in root.iter() for name, value in element.attrib.items() if name in {"x", "width"}]
    assert all(0 <= float(number) <= 1000 for number in numbers)


def test_timeline_of_almost_no_time_has_an_axis() -> None:
    lane = Lane("quick", ((0.0, 5e-324),), "done")
    assert parsed(draw([lane], "quick")).findall(".//{*}line")
