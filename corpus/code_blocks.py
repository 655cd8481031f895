"""Walk a page's tokens as an alternation of code blocks and what stands between them.

Fences, indented code, HTML `<pre>` and blocks inside lists, quotes and tabs all become one kind of `CodeBlock`; the
prose and the breaks between them decide later which block shows the output of which.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from markdown_it.token import Token

from corpus.agent_lines import agent_line_ranges, holds
from corpus.annotations import comment_annotations, read_info
from corpus.dialects import attributes_of, tag_name
from corpus.document import Included
from corpus.fenced_text import fenced_text
from corpus.html_code import pre_blocks, visible_text
from corpus.languages import canonical_language
from corpus.markdown import ParsedPage, parse_page
from corpus.myst import split_options

_DEEPEST_NESTING = 8
_MKDOCS_MARKS = ("=== ", "!!! ", "??? ", "???+ ")


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code as it stands in the file; lines are 1-based and inclusive, without the fence."""

    start_line: int
    end_line: int
    word: str
    """The language word of its fence or class, lower case."""
    code: str
    title: str = ""
    """Of the block itself (`{% code title="x" %}`, `title="x"`)."""
    tab: str = ""
    """Title of the tab it stands in."""
    fenced: bool = True
    annotations: dict[str, str] = field(default_factory=dict)
    origin: str = ""
    """`path:start-end` of the file that a page includes it from."""

    @property
    def language(self) -> str:
        """Canonical name of the language; empty when none is named."""
        return canonical_language(self.word)


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph, or the title of a tab or a summary."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A heading, a rule, a table, a list item: what stands after it does not belong to what stands before."""


Piece = CodeBlock | Prose | Break


def page_pieces(parsed: ParsedPage) -> list[Piece]:
    """Return code blocks, prose and breaks of a page in order; lines that publishers add for agents are left out."""
    skipped = agent_line_ranges(parsed.tokens)
    return list(_Walk(parsed, skipped).pieces())


class _Walk:
    """One pass over the tokens, with what earlier tokens said about the next block."""

    def __init__(self, parsed: ParsedPage, skipped: list[tuple[int, int]], depth: int = 0) -> None:
        self._parsed = parsed
        self._skipped = skipped
        self._depth = depth
        self._title = self._tab = ""
        self._annotations: dict[str, str] = {}
        self._mkdocs_mark = ""
        self._html_until = 0
        self._pre_ends = [number for number, line in enumerate(parsed.lines) if "</pre" in line.lower()]

    def pieces(self) -> Iterator[Piece]:
        previous = ""
        for token in self._parsed.tokens:
            line = token.map[0] if token.map else None
            if line is None or not (line < self._html_until or holds(self._skipped, line)):
                yield from self._read(token, previous)
            previous = token.type

    def _read(self, token: Token, previous: str) -> Iterator[Piece]:
        match token.type:
            case "fence" | "code_block":
                yield from self._code(token)
            case "html_block":
                yield from self._html(token)
            case "directive":
                yield from self._directive(token)
            case "inline" if previous == "paragraph_open":
                self._annotations = {}
                self._mkdocs_mark = next(
                    (row for row in token.content.split("\n") if row.startswith(_MKDOCS_MARKS)), ""
                )
                yield Prose(token.content)
            case "heading_open" | "hr" | "table_open" | "list_item_open" | "blockquote_open" | "front_matter":
                self._annotations = {}
                self._mkdocs_mark = ""
                yield Break()

    def _code(self, token: Token) -> Iterator[Piece]:
        if token.type == "code_block" and self._mkdocs_mark and self._depth < _DEEPEST_NESTING:
            yield from self._nested(token)
            return
        if "included" in token.meta:
            yield from self._included(token)
            return
        if not token.map or not token.content.strip():
            return
        if token.type == "fence" and (tokens := fenced_text(token, self._depth)):
            yield from _Walk(replace(self._parsed, tokens=tuple(tokens)), [], self._depth + 1).pieces()
            return
        fenced = token.type == "fence"
        info = read_info(token.info)
        options, content = split_options(token)
        first = token.map[0] + 1 + fenced + options
        code = content if content.endswith("\n") else content + "\n"
        yield CodeBlock(
            first,
            first + code.count("\n") - 1,
            info.word,
            code,
            info.title or self._title,
            self._tab,
            fenced,
            self._annotations | info.annotations,
        )
        self._annotations = {}

    def _included(self, token: Token) -> Iterator[Piece]:
        """Yield the code that a line of the page stands for, on that line."""
        included: Included = token.meta["included"]
        word = read_info(token.info).word if token.type == "fence" and "literalinclude" not in token.info else ""
        yield CodeBlock(
            included.line,
            included.line,
            word or PurePosixPath(included.path).suffix[1:].lower(),
            included.text.rstrip("\r\n") + "\n",
            self._title or PurePosixPath(included.path).name,
            self._tab,
            annotations=self._annotations,
            origin=str(included),
        )
        self._annotations = {}

    def _nested(self, token: Token) -> Iterator[Piece]:
        """Read as Markdown what MkDocs indents under a tab or an admonition, and CommonMark takes for code."""
        kind, _, title = self._mkdocs_mark.partition(" ")
        offset = token.map[0] if token.map else 0
        page = replace(self._parsed.page, text=token.content)
        walk = _Walk(parse_page(page), [], self._depth + 1)
        walk._tab = title.strip(' "') if kind == "===" else self._tab
        for piece in walk.pieces():
            if isinstance(piece, CodeBlock):
                piece = replace(piece, start_line=piece.start_line + offset, end_line=piece.end_line + offset)
            yield piece
        self._mkdocs_mark = ""

    def _html(self, token: Token) -> Iterator[Piece]:
        if token.content.lstrip().startswith("<!--") and token.content.rstrip().endswith("-->"):
            self._annotations |= comment_annotations(token.content)
            return
        first = token.map[0] if token.map else 0
        found = pre_blocks(self._whole_html(token))
        for block in found:
            yield CodeBlock(
                first + block.first_line + 1,
                first + block.last_line + 1,
                block.language.lower(),
                block.code,
                block.title or self._title,
                self._tab,
                annotations=self._annotations,
            )
            self._annotations = {}
        if not found and (text := visible_text(token.content)):
            yield Prose(text)

    def _whole_html(self, token: Token) -> str:
        """Return the block up to its `</pre>`: a blank line ends an HTML block, but not a `<pre>` inside it."""
        html = token.content
        lowered = html.lower()
        if not token.map or lowered.rfind("<pre") <= lowered.rfind("</pre"):
            return html
        position = bisect_left(self._pre_ends, token.map[1])
        if position == len(self._pre_ends):
            return html
        self._html_until = self._pre_ends[position] + 1
        return html + "".join(
            line.rstrip("\r\n") + "\n" for line in self._parsed.lines[token.map[1] : self._html_until]
        )

    def _directive(self, token: Token) -> Iterator[Piece]:
        if "included" in token.meta:
            yield from self._included(token)
            return
        name, title = tag_name(token.info), attributes_of(token.info).get("title", "")
        match name:
            case "code":
                self._title = title
            case "endcode":
                self._title = ""
            case "tab":
                self._tab = title
                yield Prose(title)
            case "endtab":
                self._tab = ""
            case _ if not name.startswith("end") and token.info:
                yield Break()
