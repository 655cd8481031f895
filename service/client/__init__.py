"""A typed client of the service, for programs: `Client` and, with the same methods to await, `AsyncClient`.

    from service.client import Client

    with Client("http://127.0.0.1:8000") as notes:
        answer = notes.ask("What does asyncio.gather return?")
        if answer.answer:
            print(answer.answer.text)

Results are the bodies of the HTTP contract. A busy service (429, 503) is asked again after the time it names, a few
times at most.
"""

from service.client.awaited import AsyncClient
from service.client.blocking import Client
from service.client.errors import AnswerNotUnderstood, ClientError, RequestRefused, ServerBusy, ServerNotReached

__all__ = [
    "AnswerNotUnderstood",
    "AsyncClient",
    "Client",
    "ClientError",
    "RequestRefused",
    "ServerBusy",
    "ServerNotReached",
]
