"""An answer carries the examples of what it says, the proven ones before those that fail."""

from __future__ import annotations

from corpus.document import Example, Page, Passage
from corpus.examples import extract_examples
from corpus.markdown import parse_page
from corpus.sections import split_sections
from service.answers import Excerpt
from service.assembling import assemble
from service.example_choice import best_proven, choose_examples
from service.runs import ProvenExample, Run

TEXT = """# Page

## One

Words.

```python
above = 1
```

The cited sentence.

```yaml
a: 1
```

```python
below = 1
```

## Two

```python
two = 2
```

## Three

```python
three = 3
```
"""


def page_examples(path: str) -> tuple[Example, ...]:
    parsed = parse_page(Page(path, "Page", TEXT))
    return extract_examples(parsed, split_sections(parsed))


def excerpt(rank: int, heading: str, lines: tuple[int, int], score: float) -> Excerpt:
    return Excerpt(rank, str(rank), "page.md", "Page", ("Page", heading), "/page", *lines, text="", score=score)


CITED = Passage(0, "page.md", 11, 11, "The cited sentence.")
EXCERPTS = [excerpt(1, "One", (3, 12), 1.0), excerpt(2, "Two", (21, 25), 0.9), excerpt(3, "Three", (27, 31), 0.5)]


def codes(examples: tuple[Example, ...]) -> list[str]:
    return [example.code.partition(" ")[0] for example in examples]


def test_examples_of_the_cited_section_come_first_and_those_of_other_subjects_not_at_all() -> None:
    chosen = choose_examples([CITED], EXCERPTS, page_examples)
    assert codes(chosen) == ["below", "above", "a:", "two"]


def test_answer_without_an_example_on_its_subject_has_none() -> None:
    cited = Passage(0, "page.md", 1, 1, "Nothing but words.")
    excerpts = [excerpt(1, "Page", (1, 1), 1.0), excerpt(2, "Three", (27, 31), 0.5)]
    assert choose_examples([cited], excerpts, page_examples) == ()


def proven(example: Example, run: Run | None) -> ProvenExample:
    return ProvenExample(example, assemble(example), run)


def test_examples_that_fail_make_room_for_those_that_hold() -> None:
    above, _, below, two, three = page_examples("page.md")
    shown = best_proven(
        [
            proven(above, Run("error")),
            proven(below, Run("not_runnable", "needs package x")),
            proven(two, Run("ok")),
            proven(three, Run("ok", matches_expected=False)),
        ]
    )
    assert [each.example for each in shown] == [below, two, above]


def test_examples_of_one_section_are_shown_proven_ones_first() -> None:
    above, _, below, two, _ = page_examples("page.md")
    shown = best_proven([proven(above, None), proven(two, None), proven(below, Run("ok"))])
    assert [each.example for each in shown] == [below, above, two]
