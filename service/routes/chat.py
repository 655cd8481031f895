"""`POST /chat`: a conversation with the notes; its last question is answered, the ones before it are context."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.asking import answer_question, how_to_ask
from service.caching import NEVER_STORED
from service.chat import ChatParameters
from service.conversation import question_of
from service.events import stream_answer
from service.leaving import while_caller_waits
from service.negotiation import EVENTS, JSON, preferred
from service.openapi import ANSWERS_AND_EVENTS, Responses, problems
from service.questions import is_placeholder
from service.replies import rendered
from service.state import ScopeOfRequest

router = APIRouter(tags=["ask"])

_ANSWERS: Responses = {200: ANSWERS_AND_EVENTS[200]}


@router.post("/chat", responses={**_ANSWERS, **problems(400, 413, 429, 503)})
async def chat(request: Request, asked: ChatParameters, scope: ScopeOfRequest) -> Response:
    """Answer a conversation's last question from the notes; `question` in the reply says what was understood."""
    question = await question_of(scope, asked.turns, asked.options, asked.page)
    if preferred(request.headers.get("accept", ""), (EVENTS, JSON)) == EVENTS:
        return await stream_answer(request, scope, question, asked.options)
    if is_placeholder(question.text):
        return rendered(how_to_ask(scope, question), JSON, "", NEVER_STORED)
    body = await while_caller_waits(request, answer_question(scope, question, asked.options))
    return rendered(body, JSON, "", NEVER_STORED)
