"""What `POST /chat` takes: the turns of a conversation, oldest first, and the options of `/ask` that fit it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.conversation import Turn
from service.parameters import AskOptions, Clock, Run, SearchOptions

MOST_MESSAGES = 1_000


class ChatMessage(BaseModel):
    """What one side said; the user's messages are the questions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["user", "assistant"]
    content: str


class ChatParameters(SearchOptions):
    """Body of `POST /chat`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "messages": [
                    {"role": "user", "content": "How does the event loop work?"},
                    {"role": "assistant", "content": "It runs one task at a time."},
                    {"role": "user", "content": "and in Node?"},
                ]
            },
            "additionalProperties": False,
        }
    )

    messages: list[ChatMessage] = Field(
        min_length=1, max_length=MOST_MESSAGES, description="The conversation, oldest first; the last one is answered."
    )
    page: str = Field(default="", description="The page the asker reads, as for `/ask`.")
    run: Run = Field(default="cached", description="Results of examples: as kept, run again now, or none.")
    clock: Clock = Field(default="virtual", description="With `run=live`: skip waiting, or wait in real time.")

    @property
    def turns(self) -> list[Turn]:
        """The conversation as the service sees it."""
        return [Turn("asker" if each.role == "user" else "notes", each.content) for each in self.messages]

    @property
    def options(self) -> AskOptions:
        """The same options as those of `/ask`."""
        return AskOptions(goal=self.goal, scope=self.scope, k=self.k, run=self.run, clock=self.clock)
