"""The wire form of everything that is answered as JSON: the HTTP contract, field by field.

Names in here are kept: clients build on them. Fields may be added, none renamed.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RunStatus = Literal[
    "ok",
    "error",
    "timeout",
    "cpu_limit",
    "memory_limit",
    "process_limit",
    "output_limit",
    "disk_limit",
    "forbidden_syscall",
    "virtual_time_limit",
    "killed",
    "not_runnable",
    "sandbox_error",
    "sandbox_unavailable",
]


Verdict = Literal["ok", "mismatch", "failed", "not runnable", "undeclared"]
"""`undeclared` can't be run, in a language that is run, and its author has not said so."""


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class CitationBody(Body):
    """Which excerpt, by rank, and which lines of which page a part of the answer was taken from."""

    excerpt: int = Field(examples=[1])
    page: str = Field(examples=["guide/tasks.md"])
    start_line: int
    end_line: int


class DirectAnswerBody(Body):
    """The answer in about 300 characters at most."""

    text: str
    kind: Literal["extractive", "generated"]
    citations: list[CitationBody]


class ExcerptBody(Body):
    """A piece of the notes, verbatim, with its place."""

    rank: int
    id: str
    page: str
    title: str
    headings: list[str]
    url: str = Field(examples=["/guide/tasks#create_task"])
    start_line: int
    end_line: int
    text: str = Field(description="Exactly the file's characters between the two lines; fences are balanced.")
    score: float


class RunBody(Body):
    """How a run of an example ended. Slow or failing example code is a result, not an error."""

    status: RunStatus
    reason: str = Field(
        default="", description="Why it was not run, or what ended it; empty when there is nothing to say."
    )
    error: str = Field(
        default="", description="The line that names the error it ended with; empty when it did not fail."
    )
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    truncated: bool = Field(default=False, description="Whether output beyond the bound was dropped.")
    duration_ms: float | None = None
    clock: Literal["virtual", "real"] | None = None
    virtual_seconds: float | None = Field(
        default=None, description="Where the program's virtual clock stood after its last skipped wait; 0 without one."
    )
    timeline: str | None = Field(
        default=None, description="Address of a picture (SVG) of when each asyncio task ran; null without tasks."
    )
    timeline_text: str | None = Field(default=None, description="What the picture shows, in words.")
    python: str | None = Field(default=None, description="Version of the interpreter that ran it.")
    verified_at: str | None = Field(default=None, description="When it ran: UTC, ISO 8601.")
    matches_expected: bool | None = Field(
        default=None, description="Whether it printed what the notes say; null if they don't."
    )


class ExampleBody(Body):
    """A code example of the notes, with the proof that it ran."""

    id: str
    page: str
    url: str
    title: str = ""
    start_line: int
    end_line: int
    language: str
    code: str = Field(description="Verbatim.")
    origin: str = Field(
        default="",
        description="Where the code stands, `path:start-end`, when the page includes it from another file.",
    )
    program: str | None = Field(description="What really ran; null when nothing did.")
    assembled: list[str] = Field(description="What was added to the code to make it a program, and why.")
    expected_output: str | None
    run: RunBody | None = Field(description="Null with `run=off`, and before the first run.")
    verdict: Verdict | None = Field(
        default=None,
        description="What the run means for the notes: `mismatch` ran and printed something other than they say,"
        " `undeclared` can't run and is not marked so; null without a run.",
    )


class EditedRunBody(Body):
    """Answer to `POST /run`."""

    language: str
    program: str | None = Field(description="What really ran; null when nothing did.")
    assembled: list[str] = Field(description="What was added to the code to make it a program, and why.")
    run: RunBody | None


class SourceBody(Body):
    """A page that the answer or its excerpts come from."""

    title: str
    url: str


class FollowUpBody(Body):
    """A question that the notes can answer next."""

    question: str
    url: str


class IndexBody(Body):
    """Which index answered."""

    version: str
    pages: int
    chunks: int
    model: str


class ContinuationBody(Body):
    """What `max_chars` left out, and where it is."""

    excerpts: int
    examples: int
    url: str


class AnswerBody(Body):
    """Answer to `GET /ask`."""

    question: str
    goal: str
    answered: bool
    confidence: float = Field(ge=0, le=1)
    reason: str = Field(description="Why there is no direct answer; empty when there is one.")
    answer: DirectAnswerBody | None
    excerpts: list[ExcerptBody]
    examples: list[ExampleBody]
    sources: list[SourceBody]
    follow_ups: list[FollowUpBody]
    continuation: ContinuationBody | None = None
    index: IndexBody
    took_ms: float


class SearchBody(Body):
    """Answer to `GET /search`."""

    question: str
    excerpts: list[ExcerptBody]
    index: IndexBody
    took_ms: float


class ExamplesBody(Body):
    """Answer to `GET /examples`."""

    counts: dict[str, int] = Field(
        description="Number of examples by status of their last run; `not_run` has none yet."
    )
    total: int = Field(description="Number of examples that fit what was asked for, on all answers together.")
    examples: list[ExampleBody]


class AskedBody(Body):
    """A question that was asked and not answered."""

    question: str
    goal: str
    times: int
    confidence: float = Field(description="That of the last time.")
    first_at: str = Field(description="UTC, ISO 8601.")
    last_at: str


class GapBody(Body):
    """Questions that ask for the same thing, which the notes do not say."""

    question: str = Field(description="The one that was asked most often.")
    times: int = Field(description="Of all of them together.")
    last_at: str
    nearest_pages: list[str] = Field(description="Addresses of the pages where an answer might belong.")
    asked: list[AskedBody]


class ReportBody(Body):
    """A problem that somebody reported."""

    content: str
    page: str
    goal: str
    reported_at: str


class ReportedBody(Body):
    """Answer to `POST /feedback`."""

    kept: Literal[True]
    page: str = Field(description="Path of the page it is about, or what was given when the notes hold no such page.")


class GapsBody(Body):
    """What the notes lack."""

    questions: list[GapBody]
    examples: list[ExampleBody] = Field(description="Examples that do not do what the notes say.")
    examples_failing: int = Field(description="Number of them, also where the list is cut.")
    reports: list[ReportBody]
    logged: Literal["none", "unanswered", "all"] = Field(description="Which questions are kept.")


class HealthBody(Body):
    """Answer to `GET /healthz`."""

    status: Literal["ok"] = "ok"


class SandboxBody(Body):
    """How examples are isolated, and what that does not stop."""

    available: bool
    tier: str
    detail: str = Field(description="What keeps examples from running, and what to do; empty when they run.")
    interpreters: dict[str, str]
    does_not_stop: list[str]
    edited_code: bool = Field(description="Whether `POST /run` runs code that callers give.")


class ReadyBody(Body):
    """Answer to `GET /readyz`."""

    status: Literal["ready"] = "ready"
    index: IndexBody
    built_at: str
    search: Literal["exact", "shortlist"] = Field(
        description="Whether a question is compared with every chunk's vector, or first with one bit a number."
    )
    newer_index: str = Field(description="Why a newer index is not taken; empty when there is none.")
    backend: str = Field(
        description="What turns questions into vectors: `openvino`, or `torch` where the model does not export.",
    )
    reranker: str = Field(description="The cross-encoder that orders the best chunks anew; empty when there is none.")
    sandbox: SandboxBody
    examples: dict[str, int] = Field(description="Number of examples by status of their last run.")
