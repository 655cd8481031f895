"""Requests and answers of `/v1`, as far as chat programs send and read them.

What tunes a language model (`temperature`, `tools`, …) is taken and has no effect: the notes are no language model.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from service.schemas import Body

MODEL = "askmd"
MOST_MESSAGES = 1_000
MOST_PARTS = 100


class ContentPart(BaseModel):
    """A part of a message; parts other than text are passed over."""

    type: str
    text: str = ""


class Message(BaseModel):
    """What was said; the roles of users count as questions."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """All that the message says as text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content[:MOST_PARTS] if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """How a stream ends."""

    include_usage: StrictBool = False


class CompletionRequest(BaseModel):
    """Body of `POST /v1/chat/completions`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"model": MODEL, "messages": [{"role": "user", "content": "What does gather return?"}]}
        }
    )

    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(default=None, description="The notes have one answer.")


class UrlCitation(Body):
    """Which characters of the content stand on which place in the notes."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(Body):
    """A citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(Body):
    """The answer, with its citations."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(Body):
    """The one answer."""

    index: Literal[0] = 0
    message: AnswerMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(Body):
    """Sizes, counted in words, since no language model's tokens are involved."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Judged(Body):
    """What the notes say about their answer; no field of OpenAI's."""

    question: str = Field(description="The question that was answered.")
    answered: bool
    confidence: float


class Completion(Body):
    """Answer to `POST /v1/chat/completions`."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[Choice]
    usage: Usage
    askmd: Judged


class Model(Body):
    """The notes, as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["askmd"] = "askmd"


class Models(Body):
    """Answer to `GET /v1/models`."""

    object: Literal["list"] = "list"
    data: list[Model]


class OpenAIError(Body):
    """What went wrong, in OpenAI's words."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIProblem(Body):
    """An error of `/v1`."""

    error: OpenAIError


def openai_problem(status: int, code: str, message: str, parameter: str | None) -> dict[str, Any]:
    """Make the body of an error in OpenAI's shape."""
    kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
    return OpenAIProblem(error=OpenAIError(message=message, type=kind, param=parameter, code=code)).model_dump()
