"""Choose the examples that show what an answer says: those of the section that it cites, then of excerpts as good.

An example of another subject is worse than none. Examples that fail come last, whatever they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from corpus.document import Example, Passage
from service.answers import Excerpt
from service.assembling import ASSEMBLERS
from service.runs import ProvenExample
from service.verdicts import FAILING, verdict_of

SHOWN = 3
CONSIDERED = 6
AS_GOOD = 0.8
"""Part of the best excerpt's score that another one has to have, for its examples to be on the same subject."""


def choose_examples(
    cited: Sequence[Passage], excerpts: Sequence[Excerpt], page_examples: Callable[[str], Sequence[Example]]
) -> tuple[Example, ...]:
    """Return examples in the order of their worth, a few more than are shown."""
    near = [example for passage in cited[:1] for example in _of_section(passage, excerpts, page_examples)]
    best = max((excerpt.score for excerpt in excerpts), default=0.0)
    good = [each for each in excerpts if each.score >= AS_GOOD * best or _holds(each, cited)]
    inside = [example for excerpt in good for example in _inside(excerpt, page_examples)]
    return tuple({example.id: example for example in [*near, *inside]}.values())[:CONSIDERED]


def best_proven(candidates: Sequence[ProvenExample]) -> list[ProvenExample]:
    """Return the examples that are shown: in each section those that hold first, those that fail after all others."""
    sections = [(each.example.path, each.example.headings) for each in candidates]

    def worth(position: int) -> tuple[bool, int, bool, int]:
        proven = candidates[position]
        fails = proven.run is not None and verdict_of(proven) in FAILING
        return fails, sections.index(sections[position]), not proven.as_expected, position

    return [candidates[position] for position in sorted(range(len(candidates)), key=worth)[:SHOWN]]


def _of_section(
    passage: Passage, excerpts: Sequence[Excerpt], page_examples: Callable[[str], Sequence[Example]]
) -> list[Example]:
    """Return the examples of a passage's section: those that are run first, then the nearest, those below it first."""
    section = next((each.headings for each in excerpts if _holds(each, [passage])), None)
    found = [example for example in page_examples(passage.path) if example.headings == section]
    return sorted(found, key=lambda example: (example.language not in ASSEMBLERS, _distance(example, passage)))


def _distance(example: Example, passage: Passage) -> tuple[bool, int]:
    lines = example.start_line - passage.start_line
    return lines < 0, abs(lines)


def _inside(excerpt: Excerpt, page_examples: Callable[[str], Sequence[Example]]) -> Iterator[Example]:
    for example in page_examples(excerpt.page):
        if excerpt.start_line <= example.start_line <= excerpt.end_line:
            yield example


def _holds(excerpt: Excerpt, passages: Sequence[Passage]) -> bool:
    return any(
        excerpt.page == each.path and excerpt.start_line <= each.start_line <= excerpt.end_line for each in passages
    )
