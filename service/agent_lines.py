"""The lines for agents around every page that is served as Markdown: where all pages are, and how to ask.

Their shape is the one that `corpus.agent_lines` takes out again when notes are read, so that notes fetched from one
service can be served by another. None of it stands on the HTML pages.
"""

from __future__ import annotations

QUESTION = "Which option sets how long a request may take?"
GOAL = "give up on uploads that hang"

_FOOTER = """---

# Asking these notes

These lines are for AI agents; the notes end above. askmd serves the notes and answers questions about them.

## When the page does not say what you need

Ask instead of guessing. The answer stands at the address of any page, and comes as Markdown by HTTP GET:

```
GET {address}?ask=<question>&goal=<user_goal>
```

- `ask`: one specific question in plain language that can be understood without this conversation.
- `goal`: what your user wants to reach in the end, so that what you are led to next fits it. It may be left out. With\
 `ask` "{question}", a `goal` might be "{goal}".

Both are percent-encoded. This page's sections rank a little higher; every page can answer.

You get a short answer with its sources, the passages it was taken from word for word with their lines, the notes' code\
 examples with what they printed when they were run, and questions that can be asked next. `X-Askmd-Answered: false`\
 says that the notes do not hold the answer.

Ask when:

- a detail is missing on this page, or two pages seem to disagree
- you need code that was seen to run
- you would otherwise fetch several pages to find one fact
"""


def pointer(site: str) -> str:
    """Return the line above a page."""
    return (
        f"> For AI agents: [llms.txt]({site}/llms.txt) lists all pages of these notes;"
        " each is Markdown at its address with `.md` at the end."
    )


def footer(site: str, address: str) -> str:
    """Return the lines below the page at the address (`/guide/tasks.md`)."""
    return _FOOTER.format(address=f"{site}{address}", question=QUESTION, goal=GOAL)
