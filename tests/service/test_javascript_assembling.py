"""JavaScript is put together from its page and from Node; a program is run where running is what is promised."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from corpus.document import Example, Page
from corpus.examples import extract_examples
from corpus.markdown import parse_page
from service.assembling import Assembly, assemble
from service.sandbox.javascript import is_module

NODE = shutil.which("node")


def script_page(*blocks: str) -> tuple[Example, ...]:
    text = "".join(f"```js\n{block}\n```\n\nSome words.\n\n" for block in blocks)
    return extract_examples(parse_page(Page("page.md", "Page", text)), ())


def assemble_last(*blocks: str) -> Assembly:
    examples = script_page(*blocks)
    return assemble(examples[-1], examples)


def output_of(assembly: Assembly, folder: Path) -> str:
    """Run a program that this file wrote itself."""
    program = assembly.program or "throw Error('no program')"
    file = folder / ("example.mjs" if is_module(program) else "example.js")
    file.write_text(program)
    done = subprocess.run([str(NODE), str(file)], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(NODE is None, reason="there is no node on this machine")
@pytest.mark.parametrize(
    ("blocks", "output"),
    [
        (["const x = 1;\nconsole.log('not this');", "console.log(x);"], "1\n"),
        (["function f() { return g(); }", "function g() { return 2; }", "console.log(f());"], None),
        (["function g() { return 2; }", "function f() { return g(); }\nf();", "console.log(f());"], "2\n"),
        (["const { join } = require('path');", "console.log(join('a', 'b'));"], "a/b\n"),
        (["import { join } from 'node:path';", "console.log(join('a', 'b'));"], "a/b\n"),
        (
            ["import path from 'path';\nconst fs = require('fs');\nconsole.log(path.sep, typeof fs.stat);"],
            "/ function\n",
        ),
        (["console.log(util.format('%d', 5), path.join('a', 'b'));"], "5 a/b\n"),
        (["class E extends EventEmitter {}\nconsole.log(new E().eventNames());"], "[]\n"),
        (["const os = require('os');\nconsole.log(await Promise.resolve(typeof os.cpus));"], "function\n"),
        (["let n = 1;", "let n = 2;\nconsole.log(n);"], "2\n"),
        (["const r = crypto.createHash('md5').update('').digest('hex');\nconsole.log(r.length);"], "32\n"),
        (["#!/usr/bin/env node\nconsole.log(os.EOL === '\\n');"], "true\n"),
    ],
)
def test_script_runs_with_what_its_page_and_node_have(blocks: list[str], output: str | None, tmp_path: Path) -> None:
    assembly = assemble_last(*blocks)
    if output is None:
        assert "defined nowhere" in assembly.reason  # what a definition needs has to stand before it
    else:
        assert output_of(assembly, tmp_path) == output


@pytest.mark.skipif(NODE is None, reason="there is no node on this machine")
def test_session_shows_what_node_shows(tmp_path: Path) -> None:
    session = "> const a = [1]\nundefined\n> a.map((x) => {\n...   return x + b;\n... })\n[ 3 ]\n> c\n> f()\n'f'\n>"
    assembly = assemble_last("const b = 2, c = 1;", "const f = () => 'f';", session)
    assert output_of(assembly, tmp_path) == "undefined\n[ 3 ]\n1\n'f'\n"
    expected = script_page(session)[0].expected
    assert expected is not None
    assert (expected.text, expected.start_line, expected.end_line) == ("undefined\n[ 3 ]\n'f'\n", 3, 10)


@pytest.mark.skipif(NODE is None, reason="there is no node on this machine")
def test_session_shows_errors_and_goes_on(tmp_path: Path) -> None:
    assembly = assemble_last("> null.x\nUncaught TypeError: …\n> 1 + 1\n2")
    shown = output_of(assembly, tmp_path).split("\n")
    assert shown[0] == "Uncaught TypeError: Cannot read properties of null (reading 'x')"
    assert shown[-2] == "2"


def test_what_is_borrowed_is_listed_with_its_lines() -> None:
    assembly = assemble_last("const x = 1;", "console.log(x, os.EOL);")
    assert [str(each) for each in assembly.added] == [
        "import `const os = require('node:os');`: `os` is used and imported nowhere in the block",
        "definition `const x = 1;` (page.md:2-2): `x` is defined there, and not in the block",
    ]


def test_definition_that_would_declare_a_name_twice_is_not_borrowed() -> None:
    assert assemble_last("const a = 1, b = 2;", "const b = 3;\nconsole.log(a, b);").reason == (
        "fragment: name `a` is defined nowhere before it on the page"
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("document.title = 'x';", "needs a browser: `document`"),
        ("{ a: 1, b: [2] }", "the block holds data only"),
        ('{\n  "a": 1\n}', "the block holds data only"),
        ("// remark", "the block holds comments only"),
        ("const x = ;", "syntax error on line 1: no JavaScript"),
        ("stream.write('x');", "fragment: name `stream` is defined nowhere before it on the page"),
        ("fetch('https://example.org/x');", "needs network: example.org"),
        ("fetch('http://localhost:3000/x');", "needs a service at localhost:3000"),
        ("http.get({ host: 'www.example.org' });", "needs network: www.example.org"),
        ("dns.lookup('example.org', console.log);", "needs network: example.org"),
        ("console.log(fs.readFileSync('notes.txt'));", "needs the file notes.txt"),
        ("const { createReadStream } = require('fs');\ncreateReadStream('a.txt');", "needs the file a.txt"),
        ("http.createServer((q, r) => r.end()).listen(80);", "serves until it is stopped"),
        ("x;" * 30_000, "longer than 50,000 characters"),
    ],
)
def test_script_that_cannot_run_says_why(code: str, reason: str) -> None:
    assembly = assemble_last(code)
    assert (assembly.program, assembly.reason) == (None, reason)


@pytest.mark.parametrize(
    "code",
    [
        "try { fetch('https://example.org') } catch { }",
        "fs.writeFileSync('a.txt', '1');\nconsole.log(fs.readFileSync('a.txt', 'utf8'));",
        "const s = http.createServer((q, r) => r.end()).listen(0, () => s.close());",
        "fs.stat('.', () => console.log(1));\nfs.readdir('..', () => {});",
        "function load() { return fs.readFileSync('a.txt'); }",
        "function wait() { return fetch('https://example.org'); }\nconsole.log(1);",
        "new URL('https://example.org/x').host;",
    ],
)
def test_doubt_about_a_script_is_left_to_the_run(code: str) -> None:
    assert assemble_last(code).program is not None
