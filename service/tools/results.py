"""What the tools return beside the bodies of the HTTP contract: small answers, each with its place in the notes."""

from __future__ import annotations

from pydantic import Field

from service.schemas import Body


class SectionBody(Body):
    """The best section of one page."""

    page: str = Field(examples=["guide/tasks.md"])
    title: str
    headings: list[str]
    url: str = Field(examples=["/guide/tasks#create_task"], description="What getPage takes.")
    start_line: int
    end_line: int
    text: str = Field(description="Verbatim.")
    score: float


class SectionsBody(Body):
    """Result of `searchDocumentation`."""

    query: str
    sections: list[SectionBody]


class PagePartBody(Body):
    """Result of `getPage`."""

    page: str
    title: str
    url: str
    start_line: int
    end_line: int
    total_lines: int
    text: str = Field(description="Verbatim Markdown.")
    continue_at: int | None = Field(description="The startLine that gives the next part; null when this is the end.")
