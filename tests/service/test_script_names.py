"""The names that JavaScript needs are read off its scopes; each case says what a run would look for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.javascript_grammar import JAVASCRIPT
from service.script_names import split_script
from service.statements import needed_names


def needed(code: str) -> list[str]:
    return sorted(needed_names(split_script(code)) - JAVASCRIPT.always_bound)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("for (const [q, r = s] of w) { q; r }", "s w"),
        ("({ a, b: c, ...d } = e); a; c; d", "e"),
        ("function f(a, { b, c: d = e }, ...g) { return [a, b, d, g, arguments[0], h] } f()", "e h"),
        ("try { x() } catch ({ message }) { message }", "x"),
        ("try { x() } catch { y }", "x y"),
        ("const a = 1; export { a as b }; export * from 'fs'", ""),
        ("export { missing as b }", "missing"),
        ("import d, { a as b } from 'x'; import * as n from 'y'; d(b, n, a)", "a"),
        ("typeof x === 'undefined'; typeof y.z", "y"),
        ("class A extends B { static { y } [k]() { later } p = z; static q = w }", "B k w y"),
        ("new (class A { m() { return u + A } })()", "u"),
        ("label: for (;;) { break label }", ""),
        ("x = 5; x", ""),
        ("global.x = 5; x", ""),
        ("var u; { let v = 1; var w = v } w; u; v", "v"),
        ("if (a) { function g() {} } g()", "a"),
        ("switch (a) { case 1: let b = 2; b; default: c }", "a c"),
        ("const o = { m() { return p }, n: q, r, [s]: 1, get t() { return u } }", "p q r s u"),
        ("`a ${b} ${c.d}`", "b c"),
        ("a?.b.c(d); e[f]", "a d e f"),
        ("f(async () => { for await (const x of y) { await z(x) } })", "f y z"),
        ("function unused() { return nothing }", ""),
        ("const f = () => nothing", ""),
        ("const f = () => something; f()", "something"),
        ("for (var i = 0; i < n; i++) {} i", "n"),
        ("let { a = b, c: { d } = e } = f; a; d", "b e f"),
        ("x += 1; y++", "x y"),
        ("export default () => baz", "baz"),
        ("import.meta.url; new.target", ""),
        ("(function rec(n) { return n ? rec(n - 1) : 0 })(3)", ""),
        ("for (x in y) { x }", "y"),
        ("/* a */ b // c\n'd'; /e/", "b"),
    ],
)
def test_names_that_a_script_needs_are_those_that_no_scope_binds(code: str, names: str) -> None:
    assert needed(code) == names.split()


@pytest.mark.parametrize("code", ["let x = ;", "const a = <div/>;", "x y z", "{" * 5_000 + "}" * 5_000])
def test_text_that_is_no_script_is_a_syntax_error(code: str) -> None:
    with pytest.raises(SyntaxError):
        split_script(code)


def test_modules_that_a_script_handles_the_lack_of_are_not_asked_for() -> None:
    first, second = split_script("try { require('a') } catch { require('b') }\nimport('c').then(f)")
    assert (first.modules, second.modules) == (("b",), ("c",))


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("abc (){}[]=>;,.:`$'\"\\/\n*?") | st.sampled_from("éⅨ\u2028"), max_size=60))
def test_any_text_is_cut_into_its_own_lines_or_refused(code: str) -> None:
    try:
        statements = split_script(code)
    except SyntaxError:
        return
    lines = code.split("\n")
    for each in statements:
        assert each.code == "\n".join(lines[each.first_line - 1 : each.last_line])
