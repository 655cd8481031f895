"""Run code that a caller gives: an example that was edited, or any code. Only where whoever runs the service allows it.

It goes the way of the notes' examples, through the same sandbox, queue and rate; nothing of it is kept.
"""

from __future__ import annotations

import dataclasses

from corpus.document import Example
from service.errors import EditedCodeNotAllowed
from service.example_results import example_body, find_example, place_for_run
from service.parameters import EditedCode
from service.schemas import EditedRunBody
from service.state import RequestScope


async def run_edited(scope: RequestScope, edited: EditedCode) -> EditedRunBody:
    """Run the code now. Raises EditedCodeNotAllowed, ExampleNotFound or TooManyRuns."""
    application = scope.application
    if not application.settings.allow_edited_code:
        raise EditedCodeNotAllowed
    example = await _example(scope, edited)
    async with place_for_run(application):
        proven = await application.runner.run_edited(example, edited.clock)
    body = example_body(proven)
    # No picture: at the address of one stands that of the notes' own code.
    run = body.run and body.run.model_copy(update={"timeline": None})
    return EditedRunBody(language=body.language, program=body.program, assembled=body.assembled, run=run)


async def _example(scope: RequestScope, edited: EditedCode) -> Example:
    """Return the code as an example: in the place of the one it was made from, or in no place at all."""
    if not edited.example:
        return Example("", (), "", 1, 1, edited.language or "python", edited.code, id="")
    original = await find_example(scope, edited.example)
    annotations = {name: value for name, value in original.annotations.items() if name in {"clock", "group", "timeout"}}
    language = edited.language or original.language
    return dataclasses.replace(original, code=edited.code, language=language, expected=None, annotations=annotations)
