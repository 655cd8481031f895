"""The HTTP protocol of the server: uvicorn's fast parser, which is written in C, with a bound on a request's head.

The parser takes heads of any length; without a bound, one client could fill the memory. What it does not take is an
address of more than 64 kB, which a long question makes: its query is set aside for that moment.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 1_048_576
"""A question of 100 kB, percent-encoded, still reaches the check that says how long it may be."""

LONGEST_PARSED_ADDRESS = 65_535


class BoundedHeadProtocol(HttpToolsProtocol):
    """Closes a connection whose request line and headers go over the bound."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_bytes = 0
        self._in_head = True

    def data_received(self, data: bytes) -> None:
        """Hand what came to the parser, unless it belongs to a head that is too long."""
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self.send_400_response("The request's head is too long.")
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Start to work on the request."""
        self._in_head = False
        if len(self.url) <= LONGEST_PARSED_ADDRESS:
            super().on_headers_complete()
            return
        self.url, _, query = self.url.partition(b"?")
        super().on_headers_complete()
        self.scope["query_string"] = query  # nothing has read it yet: the work was only scheduled

    def on_message_complete(self) -> None:
        """Begin to count anew with the next request on the connection."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()
