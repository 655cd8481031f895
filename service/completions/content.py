"""An answer as a chat message: the answer with citation marks, its best excerpt and example, and the cited places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.completions.schemas import Annotation, UrlCitation
from service.markdown_answer import cited, fenced, inline, mark, markdown_url, plain_text, quoted
from service.schemas import AnswerBody, ExampleBody, ExcerptBody

EXCERPT_CHARS = 1_500
"""A longer excerpt is left to its link."""
OUTPUT_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class ChatContent:
    """A message in pieces, as they are streamed; `annotations` count characters over all of them."""

    pieces: tuple[str, ...]
    annotations: tuple[Annotation, ...]

    @property
    def text(self) -> str:
        """The whole message."""
        return "".join(self.pieces)


def chat_content(body: AnswerBody, site: str) -> ChatContent:
    """Write an answer as a message; links begin with `site`."""
    if body.answer is None:
        return ChatContent((_not_answered(body, site),), ())
    text = plain_text(body.answer.text)
    excerpts = cited(body)
    marks = [f" {mark(excerpt, site)}" for excerpt in excerpts]
    blocks = [*_evidence(body, excerpts), _places(excerpts, site)]
    pieces = (text, *marks, *(f"\n\n{block}" for block in blocks))
    return ChatContent(pieces, tuple(_annotations(text, marks, excerpts, site)))


def _annotations(text: str, marks: list[str], excerpts: list[ExcerptBody], site: str) -> Iterator[Annotation]:
    """Point each mark to its place; the indices are those of the mark."""
    start = len(text)
    for written, excerpt in zip(marks, excerpts, strict=True):
        end = start + len(written)
        citation = UrlCitation(start_index=start + 1, end_index=end, title=_name(excerpt), url=f"{site}{excerpt.url}")
        yield Annotation(url_citation=citation)
        start = end


def _evidence(body: AnswerBody, excerpts: list[ExcerptBody]) -> Iterator[str]:
    """Show the first excerpt that is cited, and the first example that ran."""
    best = next((excerpt for excerpt in excerpts if len(excerpt.text) <= EXCERPT_CHARS), None)
    if best:
        yield quoted(best.text)
    ran = next((each for each in body.examples if each.run and each.run.status == "ok"), None)
    if ran:
        yield from _example(ran, is_shown=best is not None and _holds(best, ran))


def _example(example: ExampleBody, *, is_shown: bool) -> Iterator[str]:
    if not is_shown:
        yield fenced(example.code, example.language)
    if example.run and example.run.stdout:
        place = inline(f"{example.page}:{example.start_line}-{example.end_line}")
        yield f"The example at {place} was run and printed:"
        yield fenced(example.run.stdout[:OUTPUT_CHARS])


def _places(excerpts: list[ExcerptBody], site: str) -> str:
    lines = (
        f"{each.rank}: [{inline(_name(each))}]({site}{markdown_url(each.url)}),"
        f" {inline(each.page)}:{each.start_line}-{each.end_line}"
        for each in excerpts
    )
    return "  \n".join(lines)


def _not_answered(body: AnswerBody, site: str) -> str:
    links = [f"- [{inline(source.title)}]({site}{markdown_url(source.url)})" for source in body.sources]
    return "\n\n".join([body.reason, *(["\n".join(links)] if links else [])])


def _holds(excerpt: ExcerptBody, example: ExampleBody) -> bool:
    return excerpt.page == example.page and excerpt.start_line <= example.start_line <= excerpt.end_line


def _name(excerpt: ExcerptBody) -> str:
    return " › ".join(excerpt.headings) or excerpt.title
