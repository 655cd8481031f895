"""Query parameters of the routes: names, defaults and bounds in one place.

An unknown name is refused, not ignored: an agent that writes `limit=3` should learn that it is `k=3`.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from fastapi import Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from service.errors import FieldError, InvalidRequest
from service.schemas import RunStatus, Verdict

UNKNOWN = "unknown_parameter"
NAME_CHARS = 100
"""Characters of an unknown name that are shown again."""
FEEDBACK_CHARS = 2_048
OTHER_NAMES = {
    "query": "q",
    "question": "q",
    "text": "q",
    "limit": "k",
    "top_k": "k",
    "n": "k",
    "count": "k",
    "size": "k",
}
"""What other search services call ours."""

Clock = Literal["virtual", "real"]
Run = Literal["cached", "live", "off"]
Scope = Literal["site", "section", "page"]
Form = Literal["json", "md"]


class Parameters(BaseModel):
    """Base of all sets of parameters: refuses names that it does not have."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"additionalProperties": False})

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_names(cls, data: Any) -> Any:
        unknown = sorted(set(data) - set(cls.model_fields)) if isinstance(data, Mapping) else []
        if unknown:
            raise PydanticCustomError(
                UNKNOWN, "unknown parameter", {"unknown": unknown, "known": list(cls.model_fields)}
            )
        return data


class SearchOptions(Parameters):
    """Where to look, and for how much."""

    goal: str = Field(
        default="",
        description="What the asker wants to reach in the end; not the question again.",
        examples=["fetch many pages at once"],
    )
    scope: Scope = Field(
        default="site", description="Search everywhere, or only in the section or the page that `page` names."
    )
    k: int | None = Field(
        default=None, ge=1, le=20, description="Number of excerpts; 5 unless the service is set otherwise."
    )


class AskOptions(SearchOptions):
    """How the answer should come."""

    run: Run = Field(default="cached", description="Results of examples: as kept, run again now, or none.")
    clock: Clock = Field(default="virtual", description="With `run=live`: skip waiting, or wait in real time.")
    max_chars: int | None = Field(
        default=None,
        ge=200,
        le=1_000_000,
        description="Bound on the answer's length; what is left out comes with a link to it.",
    )
    skip: int | None = Field(
        default=None, ge=0, le=100, description="For a later part: excerpts and examples that the parts before it gave."
    )
    format: Form | None = Field(default=None, description="JSON or Markdown; without it the Accept header decides.")


class _Asked(Parameters):
    q: str | None = Field(
        default=None, description="The question, in natural language.", examples=["What does gather return?"]
    )
    ask: str | None = Field(default=None, description="The same as `q`.")

    @model_validator(mode="after")
    def _refuse_two_questions(self) -> Self:
        if self.q is not None and self.ask is not None and self.q != self.ask:
            raise PydanticCustomError("two_questions", "q and ask mean the same; give one of them")
        return self

    @property
    def question(self) -> str | None:
        """The question by either name; None when neither was given."""
        return self.ask if self.q is None else self.q


class AskParameters(AskOptions, _Asked):
    """Parameters of `GET /ask`."""

    page: str = Field(
        default="",
        description="The page the asker reads, as `guide/tasks.md`: its sections rank a little higher.",
    )


class PageParameters(AskOptions, _Asked):
    """Parameters of a page: with a question it answers, without one it is the page itself."""

    displayAgentInstructions: bool = Field(  # noqa: N815  (the name that agents know)
        default=True, description="Whether a page's Markdown comes between the lines that tell agents how to ask."
    )


class WholeNotesParameters(Parameters):
    """Parameters of `/llms-full.txt`."""

    part: int = Field(default=1, ge=1, description="Which part, from 1; each part links to the next.")


class SearchParameters(SearchOptions, _Asked):
    """Parameters of `GET /search`."""

    page: str = Field(default="", description="As for `/ask`.")


class ExamplesParameters(Parameters):
    """Parameters of `GET /examples`."""

    status: RunStatus | Literal["not_run", ""] = Field(default="", description="Only examples whose last run ended so.")
    verdict: Verdict | Literal[""] = Field(
        default="", description="Only examples of which this holds; `mismatch` ran and printed something else."
    )
    page: str = Field(default="", description="Only examples of this page.")
    limit: int = Field(default=200, ge=1, le=1_000, description="Examples in one answer.")
    skip: int = Field(default=0, ge=0, description="Examples that answers before this one gave.")


class RunParameters(Parameters):
    """Parameters of `POST /run/{id}` and `GET /examples/{id}/timeline.svg`."""

    clock: Clock = Field(default="virtual", description="Skip waiting, or wait in real time.")


class EditedCode(Parameters):
    """Body of `POST /run`."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": "print(6 * 7)"}, "additionalProperties": False})

    code: str = Field(min_length=1, description="The code to run.")
    language: Literal["python", "javascript", ""] = Field(
        default="", description="Its language; without it the example's, or Python."
    )
    example: str = Field(
        default="",
        max_length=100,
        description="Id of the example that it was made from: what that one needs from its page is then added.",
    )
    clock: Clock = Field(default="virtual", description="Skip waiting, or wait in real time.")


class GapsParameters(Parameters):
    """Parameters of `GET /gaps.md`."""

    format: Form = Field(default="md", description="Markdown or JSON.")


class FeedbackParameters(Parameters):
    """Body of `POST /feedback`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"content": "The page does not say what happens to the others.", "page": "guide/tasks.md"},
            "additionalProperties": False,
        }
    )

    content: str = Field(
        min_length=1, max_length=FEEDBACK_CHARS, description="What is wrong or missing, and what was expected."
    )
    page: str = Field(default="", max_length=FEEDBACK_CHARS, description="Address or path of the page it is about.")
    goal: str = Field(
        default="", max_length=FEEDBACK_CHARS, description="What whoever reports wants to reach in the end."
    )


AskQuery = Annotated[AskParameters, Query()]
PageQuery = Annotated[PageParameters, Query()]
SearchQuery = Annotated[SearchParameters, Query()]
ExamplesQuery = Annotated[ExamplesParameters, Query()]
RunQuery = Annotated[RunParameters, Query()]
WholeNotesQuery = Annotated[WholeNotesParameters, Query()]
GapsQuery = Annotated[GapsParameters, Query()]


async def refuse_ignored(request: Request) -> None:
    """Raise `InvalidRequest` for a parameter that would be ignored: given twice, or where there are none at all."""
    counts = Counter(name for name, _ in request.query_params.multi_items())
    errors = [FieldError(name, f"is given {count} times") for name, count in counts.items() if count > 1]
    route = request.scope.get("route")
    if isinstance(route, APIRoute) and route.include_in_schema and not route.dependant.query_params:
        errors += [FieldError(name[:NAME_CHARS], "is no parameter here; there are none") for name in counts]
    if errors:
        raise InvalidRequest(errors)


def explain(error: Mapping[str, Any]) -> Iterator[FieldError]:
    """Say in plain words what one error of a validation found; its place begins with where the value came from."""
    context = error.get("ctx", {})
    if error["type"] == UNKNOWN:
        for name in context["unknown"]:
            yield FieldError(name[:NAME_CHARS], f"is no parameter here; {_known(name, context['known'])}")
        return
    source, *place = map(str, error["loc"])
    if error["type"] == "json_invalid":
        yield FieldError(source, f"is not JSON: {context['error']}, at character {place[-1]}")
        return
    given = f", not {str(error['input'])[:80]!r}" if place and error["type"] != "missing" else ""
    message = str(error["msg"]).removeprefix("Input ")
    name = ".".join(place)[:NAME_CHARS] or ("q" if source == "query" else source)
    yield FieldError(name, f"{message[:1].lower()}{message[1:]}{given}")


def _known(name: str, known: Sequence[str]) -> str:
    """Name the parameter that was most likely meant, or all that there are."""
    meaning = OTHER_NAMES.get(name.lower(), name.lower())
    near = [each for each in known if OTHER_NAMES.get(each, each) == meaning]
    near = near or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
