"""The arguments of the tools: names, bounds and the descriptions that agents choose by.

Names are those that agents know from other documentation servers, hence the capitals within them.
"""

from __future__ import annotations

from pydantic import Field

from service.parameters import FEEDBACK_CHARS, Parameters

ADDRESS_CHARS = 2_048

_GOAL = "What you want to reach in the end; not the question again."


class SearchArguments(Parameters):
    """Arguments of `searchDocumentation`."""

    query: str = Field(min_length=1, description="What to look for, in natural language or as keywords.")


class PageArguments(Parameters):
    """Arguments of `getPage`."""

    url: str = Field(
        max_length=ADDRESS_CHARS,
        description="Address or path of a page, as search results give it; with #anchor only that section.",
        examples=["/guide/tasks#create_task", "guide/tasks.md"],
    )
    startLine: int = Field(  # noqa: N815
        default=1, ge=1, description="First line wanted; a page that was cut says where it continues."
    )


class QuestionArguments(Parameters):
    """Arguments of `askQuestion`."""

    question: str = Field(min_length=1, description="One specific, self-contained question in natural language.")
    goal: str = Field(default="", description=_GOAL)


class ExampleArguments(Parameters):
    """Arguments of `runExample`."""

    id: str = Field(min_length=1, max_length=100, description="Id of an example, as askQuestion gives it.")


class FeedbackArguments(Parameters):
    """Arguments of `sendFeedback`."""

    content: str = Field(
        min_length=1, max_length=FEEDBACK_CHARS, description="What is wrong or missing, and what you expected."
    )
    pageUrl: str = Field(max_length=ADDRESS_CHARS, description="Address or path of the page it is about.")  # noqa: N815
    goal: str = Field(default="", max_length=FEEDBACK_CHARS, description=_GOAL)
