"""From the code blocks of a page to its examples: located, titled, annotated, with the output that the notes state.

A block that only shows another block's output is not an example of its own. An output that stands in a fence wins
over one that comments of the code state.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.code_blocks import Break, CodeBlock, Piece, Prose, page_pieces
from corpus.document import Example, ExpectedOutput, Section
from corpus.languages import DATA_LANGUAGES, OUTPUT_LANGUAGES, PRINTING_LANGUAGES
from corpus.markdown import ParsedPage
from corpus.outputs import is_approximate, is_session, leads_to_output, runnable_code, stated_output

__all__ = ["extract_examples", "runnable_code"]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A block that shows another block's output, and the words that lead to it."""

    block: CodeBlock
    lead: str


def extract_examples(parsed: ParsedPage, sections: Sequence[Section]) -> tuple[Example, ...]:
    """Return the page's code blocks as examples, in order. Never raises on what the page says."""
    starts = [section.start_line for section in sections]
    seen: Counter[tuple[str, str]] = Counter()
    examples: list[Example] = []
    for block, shown in _with_outputs(page_pieces(parsed)):
        language = block.language or ("python" if is_session(block.code) else "")
        seen[language, block.code] += 1
        position = bisect_right(starts, block.start_line) - 1
        section = sections[max(position, 0)] if sections else None
        example = Example(
            path=parsed.page.path,
            headings=section.headings if section else (parsed.page.title,),
            anchor=section.anchor if section else "",
            start_line=block.start_line,
            end_line=block.end_line,
            language=language,
            code=block.code,
            id=_content_hash(parsed.page.path, language, block.code, seen[language, block.code]),
            title=block.title or block.tab,
            expected=_stated(block, language),
            annotations=dict(block.annotations),
            origin=block.origin,
        )
        examples.append(_with_shown(example, shown) if shown else example)
    return tuple(examples)


def _stated(block: CodeBlock, language: str) -> ExpectedOutput | None:
    """Return what the code itself says it prints; of included code, on the line of the page that includes it."""
    expected = stated_output(language, block.code, block.start_line)
    if expected is None or not block.origin:
        return expected
    return replace(expected, start_line=block.start_line, end_line=block.end_line)


def _with_outputs(pieces: Sequence[Piece]) -> list[tuple[CodeBlock, _Shown | None]]:
    """Pair each block with the block behind it that shows its output."""
    found: list[tuple[CodeBlock, _Shown | None]] = []
    open_block: CodeBlock | None = None
    prose: list[str] = []
    for piece in pieces:
        match piece:
            case Break():
                open_block = None
            case Prose(text):
                prose.append(text)
            case CodeBlock():
                if open_block is not None and _shows_output(piece, open_block, prose):
                    found[-1] = (open_block, _Shown(piece, " ".join(prose)))
                    open_block = None
                else:
                    found.append((piece, None))
                    open_block = piece if _can_print(piece) else None
                prose = []
    return found


def _can_print(block: CodeBlock) -> bool:
    return block.language in PRINTING_LANGUAGES and not is_session(block.code)


def _shows_output(block: CodeBlock, program: CodeBlock, prose: Sequence[str]) -> bool:
    """Tell whether a block behind a program shows its output, given the paragraphs between the two."""
    announced = len(prose) <= 2 and bool(prose) and leads_to_output(prose[-1])
    if (prose and not announced) or (block.title not in ("", program.title) and not leads_to_output(block.title)):
        return False
    if block.language == "shell":
        return _is_bare_console(block)
    if block.language in OUTPUT_LANGUAGES:
        return (block.fenced or announced) and not is_session(block.code) and not block.code.lstrip().startswith("$ ")
    return announced and block.language in DATA_LANGUAGES


def _is_bare_console(block: CodeBlock) -> bool:
    """A `console` fence without a prompt shows what was printed; with one it is a command."""
    return block.word == "console" and not any(
        line.lstrip().startswith(("$ ", "% ", "# ", "> ")) for line in block.code.split("\n")
    )


def _with_shown(example: Example, shown: _Shown) -> Example:
    block = shown.block
    expected = ExpectedOutput(block.code, block.start_line, block.end_line, "fence")
    annotations = example.annotations | ({"output": "approximate"} if is_approximate(shown.lead) else {})
    return replace(example, expected=expected, annotations=annotations)


def _content_hash(path: str, language: str, code: str, repetition: int) -> str:
    text = "\0".join((path, language, code, str(repetition)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
