"""Answer a chat program: from its messages to a completion, whole or as a stream."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.asking import answer_question, how_to_ask
from service.completions.content import ChatContent, chat_content
from service.completions.schemas import (
    MODEL,
    AnswerMessage,
    Choice,
    Completion,
    CompletionRequest,
    Judged,
    Message,
    Model,
    Models,
    Usage,
)
from service.conversation import Speaker, Turn, question_of
from service.errors import FieldError, InvalidRequest, ModelNotFound
from service.events import one_line
from service.parameters import AskOptions
from service.questions import is_placeholder
from service.schemas import AnswerBody
from service.state import RequestScope

EXCERPTS = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is ready to be sent as a completion."""

    id: str
    created: int
    body: AnswerBody
    content: ChatContent
    usage: Usage

    def completion(self) -> Completion:
        """Return all of it at once."""
        message = AnswerMessage(content=self.content.text, annotations=list(self.content.annotations))
        return Completion(
            id=self.id,
            created=self.created,
            model=MODEL,
            choices=[Choice(message=message)],
            usage=self.usage,
            askmd=self.judged,
        )

    @property
    def judged(self) -> Judged:
        """What the notes say about their answer."""
        return Judged(question=self.body.question, answered=self.body.answered, confidence=self.body.confidence)

    def events(self, *, with_usage: bool) -> Iterator[str]:
        """Yield the completion as server-sent events: the text in pieces, then the citations, then `[DONE]`."""
        yield self._event({"role": "assistant", "content": ""})
        for piece in self.content.pieces:
            yield self._event({"content": piece})
        annotations = [each.model_dump() for each in self.content.annotations]
        yield self._event({"annotations": annotations}, finish_reason="stop", askmd=self.judged.model_dump())
        if with_usage:
            yield self._written({"choices": [], "usage": self.usage.model_dump()})
        yield "data: [DONE]\n\n"

    def _event(self, delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return self._written({"choices": [choice], **more})

    def _written(self, part: dict[str, Any]) -> str:
        head = {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": MODEL}
        return f"data: {one_line(json.dumps({**head, **part}, ensure_ascii=False))}\n\n"


async def answer_chat(scope: RequestScope, request: CompletionRequest, site: str) -> Answered:
    """Answer the last question of a conversation. Raises ModelNotFound, InvalidRequest and Busy."""
    if request.model != MODEL:
        raise ModelNotFound(request.model, MODEL)
    if not any(message.role == "user" for message in request.messages):
        raise InvalidRequest([FieldError("messages", "hold no question: none has the role user")])
    options = AskOptions(k=EXCERPTS)
    try:
        question = await question_of(scope, turns_of(request.messages), options)
    except InvalidRequest as error:
        raise InvalidRequest([FieldError("messages", each.message) for each in error.errors]) from error
    empty = is_placeholder(question.text)
    body = how_to_ask(scope, question) if empty else await answer_question(scope, question, options)
    content = chat_content(body, site)
    asked = sum(len(message.text.split()) for message in request.messages)
    said = len(content.text.split())
    usage = Usage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said)
    return Answered(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), body, content, usage)


def turns_of(messages: Sequence[Message]) -> list[Turn]:
    """Keep what users and the notes said; what steers a language model is no part of the conversation."""
    speakers: dict[str, Speaker] = {"user": "asker", "assistant": "notes"}
    return [Turn(speakers[each.role], each.text) for each in messages if each.role in speakers]


def models(scope: RequestScope) -> Models:
    """List the notes as the one model."""
    return Models(data=[model(scope)])


def model(scope: RequestScope, name: str = MODEL) -> Model:
    """Describe the notes as a model. Raises ModelNotFound for another name."""
    if name != MODEL:
        raise ModelNotFound(name, MODEL)
    built_at = datetime.fromisoformat(scope.generation.index.manifest.created_at)
    return Model(id=MODEL, created=int(built_at.timestamp()))
