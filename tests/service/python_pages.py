"""Pages of Python examples, as notes have them, put together and run."""

from __future__ import annotations

import subprocess
import sys

from corpus.document import Example, Page
from corpus.examples import extract_examples
from corpus.markdown import parse_page
from corpus.sections import split_sections
from service.assembling import Assembly, assemble


def page_examples(text: str) -> tuple[Example, ...]:
    parsed = parse_page(Page("page.md", "Page", text))
    return extract_examples(parsed, split_sections(parsed))


def python_page(*blocks: str) -> tuple[Example, ...]:
    return page_examples("\n".join(f"```python\n{block}\n```\n\nSome words.\n" for block in blocks))


def assemble_last(*blocks: str) -> Assembly:
    examples = python_page(*blocks)
    return assemble(examples[-1], examples)


def output_of(assembly: Assembly) -> str:
    """Run a program that this file wrote itself."""
    command = [sys.executable, "-I", "-c", assembly.program or "raise SystemExit('no program')"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
