"""An answer as one Markdown document: the answer first, then excerpts, examples, follow-ups and sources.

Whatever comes from the notes or from the asker is data: quoted line by line, fenced by more backticks than it holds, or
escaped, so that it can't pass for a part of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from service.schemas import AnswerBody, ContinuationBody, ExampleBody, ExcerptBody, RunBody

_LINE_END = re.compile(r"\r\n|\r|\n")


def markdown_answer(body: AnswerBody) -> str:
    """Write an answer as Markdown."""
    blocks = [f"# {inline(body.question)}" if body.question else "# How to ask", *_answer(body)]
    if body.excerpts:
        blocks += ["## Excerpts", *(block for excerpt in body.excerpts for block in _excerpt(excerpt))]
    if body.examples:
        blocks += ["## Examples", *(block for example in body.examples for block in example_blocks(example))]
    if body.continuation:
        blocks.append(_continuation(body.continuation))
    if body.follow_ups:
        links = (f"- [{inline(each.question)}]({each.url})" for each in body.follow_ups)
        blocks += ["# Suggested Follow-up Questions", "\n".join(links)]
    if body.sources:
        blocks += ["# Sources" if body.answered else "# Nearest pages", "\n".join(_sources(body))]
    return "\n\n".join(blocks) + "\n"


def markdown_url(url: str) -> str:
    """Turn a page's address into that of its Markdown: `/guide/tasks#anchor` becomes `/guide/tasks.md#anchor`."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/") or "/index"
    path = path if path.endswith(".md") else f"{path}.md"
    fragment = f"#{quote(parts.fragment, safe='%')}" if parts.fragment else ""
    return quote(path, safe="/%") + fragment


def inline(text: str) -> str:
    """Escape text for use within a line: no link, no HTML and no line end can come of it."""
    one_line = " ".join(text.split())
    return "".join(f"\\{character}" if character in "\\<[]" else character for character in one_line)


def quoted(text: str) -> str:
    """Quote text line by line."""
    return "\n".join(f"> {line}" if line else ">" for line in _LINE_END.split(text))


def fenced(text: str, language: str = "text") -> str:
    """Fence text with more backticks than any run of them in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    word = "".join(character for character in language if character.isalnum() or character in "+#-")
    return f"{fence}{word}\n{text.rstrip(chr(10))}\n{fence}"


def _answer(body: AnswerBody) -> Iterator[str]:
    if body.answer is None:
        yield body.reason
        return
    marks = "".join(f"[{rank}]" for rank in dict.fromkeys(each.excerpt for each in body.answer.citations))
    text = "\n".join(_plain_line(line) for line in _LINE_END.split(body.answer.text))
    yield f"{text} {marks}".rstrip()
    places = (f"[{each.excerpt}] {each.page}:{each.start_line}-{each.end_line}" for each in body.answer.citations)
    yield f"Confidence {body.confidence:.2f}. Taken from {', '.join(dict.fromkeys(places))}."


def _plain_line(line: str) -> str:
    """Keep a line of the answer from starting a heading, a fence, a quote, a rule or an HTML block."""
    start = line.lstrip()
    return f"\\{start}" if start.startswith(("#", "```", "~~~", ">", "<", "---", "***", "===", "___")) else line


def _excerpt(excerpt: ExcerptBody) -> Iterator[str]:
    name = " › ".join(inline(heading) for heading in excerpt.headings) or inline(excerpt.title)
    yield f"### [{excerpt.rank}] {name}"
    place = f"{excerpt.page}:{excerpt.start_line}-{excerpt.end_line}"
    yield f"From [{inline(place)}]({markdown_url(excerpt.url)}):"
    yield quoted(excerpt.text)


def example_blocks(example: ExampleBody) -> Iterator[str]:
    """Write an example: its place, its code, and how it ran."""
    place = f"{example.page}:{example.start_line}-{example.end_line}"
    yield f"### [{inline(place)}]({markdown_url(example.url)})"
    yield fenced(example.code, example.language)
    if example.assembled:
        yield "To run it: " + "; ".join(inline(each) for each in example.assembled) + "."
    if example.run:
        yield from _run(example.run)
    if example.run and example.run.matches_expected is False and example.expected_output is not None:
        yield "The notes say that it prints:"
        yield fenced(example.expected_output)


def _run(run: RunBody) -> Iterator[str]:
    yield f"Status: {run.status}{_run_facts(run)}."
    if run.stdout:
        yield "It printed:"
        yield fenced(run.stdout)
    if run.stderr:
        yield "It wrote to standard error:"
        yield fenced(run.stderr)


def _run_facts(run: RunBody) -> str:
    facts = [
        inline(run.reason),
        f"exit code {run.exit_code}" if run.exit_code else "",
        f"{run.virtual_seconds:g} s of virtual time" if run.virtual_seconds else "",
        f"verified at {run.verified_at}" if run.verified_at else "",
        {True: "as the notes say", False: "not what the notes say", None: ""}[run.matches_expected],
        "output cut" if run.truncated else "",
    ]
    stated = "; ".join(fact for fact in facts if fact)
    return f" ({stated})" if stated else ""


def _continuation(left_out: ContinuationBody) -> str:
    counts = f"{_counted(left_out.excerpts, 'excerpt')} and {_counted(left_out.examples, 'example')}"
    return f"*This part keeps within the length asked for. [The next part]({left_out.url}) holds {counts} more.*"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _sources(body: AnswerBody) -> Iterator[str]:
    for source in body.sources:
        yield f"- [{inline(source.title)}]({markdown_url(source.url)})"
