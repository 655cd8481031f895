"""Read a session with Node: statements behind `> `, their further lines behind `... `, and what each shows."""

from __future__ import annotations

from dataclasses import dataclass

_PROMPT, _FURTHER = ">", "..."


@dataclass(frozen=True, slots=True)
class NodeStep:
    """A statement of a session; `line` counts from 0 in the block."""

    line: int
    source: str
    shown: tuple[str, ...]
    """Lines that the session shows behind it."""


def is_node_session(language: str, code: str) -> bool:
    """Tell whether JavaScript is a session: its first line that is not empty begins with `> `."""
    first = next((line for line in code.split("\n") if line.strip()), "")
    return language == "javascript" and first.lstrip().startswith("> ")


def node_steps(code: str) -> tuple[NodeStep, ...]:
    """Return the statements of a session in order; a prompt with nothing behind it is none."""
    steps: list[tuple[int, list[str], list[str]]] = []
    for number, line in enumerate(code.rstrip("\n").split("\n")):
        text = line.lstrip()
        if text.startswith(f"{_PROMPT} ") or text == _PROMPT:
            steps.append((number, [text[2:]], []))
        elif steps and not steps[-1][2] and (text.startswith(f"{_FURTHER} ") or text == _FURTHER):
            steps[-1][1].append(text[4:])
        elif steps:
            steps[-1][2].append(line)
    return tuple(
        NodeStep(number, "\n".join(source), tuple(shown)) for number, source, shown in steps if "".join(source).strip()
    )


def node_session_source(code: str) -> str:
    """Return a session's statements as one piece of code, each on its own lines of the block."""
    lines: list[str] = []
    for step in node_steps(code):
        lines += [""] * (step.line - len(lines)) + step.source.split("\n")
    return "\n".join(lines) + "\n"
