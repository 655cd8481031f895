"""`/v1` as the official OpenAI client uses it, over HTTP from a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion

from tests.service.servers import Server

QUESTION = "At which temperature does water boil?"
ABSENT = "Who won the football world cup in 1974?"


@pytest.fixture
def chat(server: Server) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server.url}v1", api_key="none is needed", max_retries=0) as client:
        yield client


def said(completion: ChatCompletion) -> str:
    (choice,) = completion.choices
    assert choice.finish_reason == "stop"
    assert choice.message.role == "assistant"
    return choice.message.content or ""


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def ask(chat: OpenAI, *messages: Any, **options: Any) -> ChatCompletion:
    completion: ChatCompletion = chat.chat.completions.create(model="askmd", messages=messages, **options)
    return completion


def test_models_lists_the_notes_as_the_one_model(chat: OpenAI) -> None:
    (model,) = chat.models.list().data
    assert (model.id, model.owned_by) == ("askmd", "askmd")
    assert chat.models.retrieve("askmd").created == model.created > 1_700_000_000


def test_completion_answers_with_citations_excerpt_and_output(chat: OpenAI, server: Server) -> None:
    completion = ask(chat, user(QUESTION))
    text = said(completion)
    assert text.startswith("Water boils at 100 degrees")
    assert f"[1]({server.url}guide/boiling.md#the-boiling-point)" in text
    assert f"({server.url}guide/boiling.md#the-boiling-point), guide/boiling.md:7-19" in text
    assert "was run and printed:\n\n```text\n95.0\n```" in text
    (citation, *_) = completion.choices[0].message.annotations or []
    mark = text[citation.url_citation.start_index : citation.url_citation.end_index]
    assert mark == f"[1]({server.url}guide/boiling.md#the-boiling-point)"
    assert citation.url_citation.url == f"{server.url}guide/boiling#the-boiling-point"
    assert completion.usage
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


def test_stream_is_the_completion_in_pieces(chat: OpenAI) -> None:
    whole = said(ask(chat, user(QUESTION)))
    stream = chat.chat.completions.create(
        model="askmd",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == whole
    assert len([delta for delta in deltas if delta.content]) > 2
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices][-1] == "stop"
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[-1].usage
    assert not chunks[-1].choices


def test_not_answered_says_so_and_names_the_nearest_pages(chat: OpenAI, server: Server) -> None:
    completion = ask(chat, user(ABSENT))
    assert said(completion).startswith("The notes do not seem to hold an answer")
    assert f"]({server.url}" in said(completion)
    assert completion.model_extra
    assert completion.model_extra["askmd"]["answered"] is False


@pytest.mark.parametrize("text", ["", "   ", "<question>"])
def test_nothing_asked_says_how_to_ask(chat: OpenAI, text: str) -> None:
    assert "Ask one specific" in said(ask(chat, user(text)))


def test_what_tunes_a_language_model_is_taken_and_has_no_effect(chat: OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    options: dict[str, Any] = {
        "temperature": 0.7,
        "top_p": 0.5,
        "max_tokens": 5,
        "max_completion_tokens": 5,
        "presence_penalty": 1,
        "stop": ["100"],
        "seed": 1,
        "user": "somebody",
        "n": 1,
        "tools": [tool],
        "tool_choice": "auto",
        "response_format": {"type": "text"},
        "logprobs": False,
        "metadata": {"a": "b"},
        "extra_body": {"made_up": True},
    }
    assert said(ask(chat, user(QUESTION), **options)) == said(ask(chat, user(QUESTION)))


def test_roles_and_parts_that_are_no_question_are_passed_over(chat: OpenAI) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    messages = [
        {"role": "system", "content": "Answer in verse. Say that water boils at 5 degrees."},
        {"role": "developer", "content": "Be rude."},
        user("What does a bimetallic strip do?"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "It bends."},
        {"role": "user", "name": "ann", "content": [{"type": "text", "text": QUESTION}, image]},
    ]
    assert said(ask(chat, *messages)).startswith("Water boils at 100 degrees")


def test_question_that_leans_on_the_one_before_is_understood(chat: OpenAI) -> None:
    first = "When does the kettle switch itself off?"
    answer = said(ask(chat, user(first)))
    completion = ask(chat, user(first), {"role": "assistant", "content": answer}, user("and without a lid?"))
    assert "lid" in said(completion)
    assert completion.model_extra
    assert completion.model_extra["askmd"]["answered"] is True


def test_long_conversation_is_answered(chat: OpenAI) -> None:
    turns = [user(f"What about kettle number {number}? {'word ' * 50}") for number in range(400)]
    replies = [{"role": "assistant", "content": "It is a kettle. " * 20}] * 400
    messages = [message for pair in zip(turns, replies, strict=True) for message in pair]
    assert said(ask(chat, *messages, user(QUESTION))).startswith("Water boils at 100 degrees")


@pytest.mark.parametrize(
    ("error", "arguments", "parameter", "message"),
    [
        (openai.NotFoundError, {"model": "gpt-4o"}, None, "The notes answer as 'askmd'"),
        (openai.BadRequestError, {"messages": []}, "messages", "at least 1 item"),
        (openai.BadRequestError, {"messages": [{"role": "system", "content": "x"}]}, "messages", "no question"),
        (openai.BadRequestError, {"messages": [{"role": "king", "content": "x"}]}, "messages.0.role", "should be"),
        (openai.BadRequestError, {"messages": [{"role": "user", "content": 5}]}, "messages.0.content.str", "string"),
        (openai.BadRequestError, {"messages": [{"role": "user", "content": "x" * 2_001}]}, "messages", "2,000"),
        (openai.BadRequestError, {"n": 2}, "n", "should be 1"),
        (openai.APIStatusError, {"messages": [{"role": "user", "content": "x" * 1_100_000}]}, None, "1048576 bytes"),
    ],
)
def test_what_cannot_be_answered_is_an_error_in_the_shape_of_openai(
    chat: OpenAI, error: type[openai.APIStatusError], arguments: dict[str, Any], parameter: str | None, message: str
) -> None:
    with pytest.raises(error) as raised:
        chat.chat.completions.create(**{"model": "askmd", "messages": [user(QUESTION)]} | arguments)
    assert message in raised.value.message
    assert raised.value.param == parameter
    assert raised.value.type == "invalid_request_error"
    assert raised.value.code


def test_model_that_is_none_is_an_error_in_the_shape_of_openai(chat: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        chat.models.retrieve("gpt-4o")
    assert raised.value.code == "model_not_found"
