"""Code is an ES module when it imports, exports or awaits at its top level."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sandbox.javascript import is_module


@pytest.mark.parametrize(
    "code",
    [
        'import fs from "fs"',
        'import "fs"',
        "import { a, b } from './x.mjs'",
        "import * as path from 'node:path';",
        "export const a = 1",
        "export default function f() {}",
        "await Promise.resolve()",
        "for await (const x of y) { }",
        "const a = await f()",
        "if (true) { await f() }",
        "try { await f() } catch (e) { }",
        "while (x) { await f() }",
        "console.log(import.meta.url)",
        "function f() { return 1 }\nawait f()",
        "const f = () => 1\nawait f()",
        "const f = () => 1; await f()",
        "const f = async () => { await 1 }; await f()",
        "class A { m() { return 1 } }\nawait new A().m()",
        "const o = { a: 1 }; await o.a",
        "`${1}`; await f()",
        "console.log(`a ${await f()} b`)",
        "`${ {a: `${1}`} }`; await f()",
        "const r = /await/; await r",
        "const t = () => { }\nfor (const x of y) { await x }",
    ],
)
def test_module_syntax_is_found(code: str) -> None:
    assert is_module(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        'const fs = require("fs")',
        "import('fs').then(m => m)",
        "const m = () => import('fs')",
        "// import x from 'y'",
        "/* export default 1 */ 1",
        "console.log('await f()')",
        'console.log("import x from y")',
        "console.log(`import ${'await'} x`)",
        "async function f() { await 1 }",
        "async function f() { if (x) { await 1 } }",
        "const f = async () => { await 1 }",
        "const f = async () => await 1",
        "run(async () => await 1)",
        "(async () => { for await (const x of y) { } })()",
        "class A { async m() { await 1 } }",
        "const o = { async m() { await 1 }, await: 1, import: 2, export: 3 }",
        "module.exports.export = 1; o.await; o?.import",
        "f(`${async () => { await 1 }} export`)",
        "const r = /import x/; const q = a / b / c",
        "setTimeout(async function () { await 1 }, 1)",
    ],
)
def test_script_syntax_is_no_module(code: str) -> None:
    assert not is_module(code)


@given(st.text(alphabet="(){}[]`'\"/\\$\n ;.=>awitexpormf*:", max_size=60))
def test_any_text_gets_an_answer(code: str) -> None:
    assert is_module(code) in {True, False}


@pytest.mark.parametrize("part", ["){", "x=>[await 1,", "`${", "(await", "a/", "/*", "'"])
def test_long_code_is_read_in_one_pass(part: str) -> None:
    start = time.process_time()
    is_module(part * 100_000)
    assert time.process_time() - start < 5
