"""The chat page in a real browser, against a real server with a small index."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROJECT = Path(__file__).resolve().parents[2]
ANSWER_MILLISECONDS = 30_000

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="No Chromium here: apt-get install chromium"),
    pytest.mark.timeout(300),
]

GATHER = """# Running awaitables together

`asyncio.gather` runs awaitables concurrently and returns a list of their results. The results come in the order of the
awaitables that were passed in, not in the order in which they finish.

## Order of the results

{% hint style="info" %}
The slowest awaitable decides when `gather` returns.
{% endhint %}

```python
import asyncio


async def double(number):
    await asyncio.sleep(0.01 / number)
    return number * 2


async def main():
    print(await asyncio.gather(double(1), double(2), double(3)))


asyncio.run(main())
```

```text
[2, 4, 6]
```
"""

HOSTILE = """# Watering orchids

Orchids are watered once a week <img src=x onerror=alert(1)> in the morning <script>alert(2)</script> with rain water.
See [more](javascript:alert(3)).

```python
print("<img src=x onerror=alert(4)>")
```
"""

GATHER_QUESTION = "In which order does gather return its results?"
HOSTILE_QUESTION = "How often are orchids watered? <img src=x onerror=alert(5)>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve two pages of notes; gives the address without the last slash."""
    folder = tmp_path_factory.mktemp("site")
    notes = folder / "notes"
    (notes / "guide").mkdir(parents=True)
    (notes / "guide" / "gather.md").write_text(GATHER)
    (notes / "guide" / "orchids.md").write_text(HOSTILE)
    command = [sys.executable, "-m", "service", "serve", "--json", "--notes", str(notes), "--port", "0"]
    environment = {**os.environ, "ASKMD_DATA": str(folder / "data"), "ASKMD_LOG_LEVEL": "warning"}
    environment["ASKMD_ALLOW_EDITED_CODE"] = "true"
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())["url"].rstrip("/")
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab; fails the test when a dialog opened, a script failed or the content policy was broken."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.set_default_timeout(ANSWER_MILLISECONDS)
    trouble: list[str] = []

    def note_dialog(dialog: Dialog) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", note_dialog)
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on("console", lambda message: trouble.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert trouble == []


def ask(page: Page, site: str, question: str) -> None:
    """Ask by typing, and wait until the answer is there."""
    page.goto(site)
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".direct, .problem", timeout=ANSWER_MILLISECONDS)
    assert page.locator(".problem").all_inner_texts() == []


def address(site: str, question: str) -> str:
    return f"{site}/?{urlencode({'ask': question})}"


def test_question_gets_its_answer_with_confidence_and_place(page: Page, site: str) -> None:
    ask(page, site, GATHER_QUESTION)
    expect(page.locator(".asked")).to_have_text(GATHER_QUESTION)
    expect(page.locator(".direct")).to_contain_text("order of the awaitables")
    expect(page.locator(".confidence")).to_contain_text("confidence (")
    expect(page.locator(".excerpt").first).to_contain_text("guide/gather.md:")
    expect(page.locator("#announcer")).to_contain_text("Answer:")


def test_citation_opens_its_excerpt_and_moves_the_focus_there(page: Page, site: str) -> None:
    ask(page, site, GATHER_QUESTION)
    mark = page.locator(".citation").first
    excerpt = page.locator(f"details[id='{(mark.get_attribute('href') or '').removeprefix('#')}']")
    excerpt.evaluate("node => { node.open = false }")
    mark.click()
    expect(excerpt).to_have_attribute("open", "")
    expect(excerpt.locator("summary")).to_be_focused()
    assert GATHER_QUESTION.split()[0] in page.url.replace("+", " ")


def test_example_is_run_again_and_shows_its_output(page: Page, site: str) -> None:
    ask(page, site, GATHER_QUESTION)
    example = page.locator(".example").filter(has_text="double(number)")
    expect(example.locator("pre").first).to_contain_text("asyncio.gather(double(1), double(2), double(3))")
    with page.expect_response("**/run/*"):
        example.get_by_role("button", name="Run").click()
    expect(example.locator(".stdout")).to_contain_text("[2, 4, 6]")
    expect(example.locator(".badge")).to_have_text("ran")
    expect(example.locator(".match")).to_have_text("✓ as the notes state")
    expect(example.get_by_role("button", name="Run")).to_be_focused()


def test_example_is_edited_and_run_where_that_is_allowed(page: Page, site: str) -> None:
    ask(page, site, GATHER_QUESTION)
    example = page.locator(".example[aria-label*='gather.md']").first
    example.get_by_role("button", name="Edit").click()
    editor = example.get_by_label("Code of the example, to edit")
    expect(editor).to_be_focused()
    editor.fill("print('edited', 6 * 7)")
    with page.expect_response("**/run"):
        example.get_by_role("button", name="Run").click()
    expect(example.locator(".stdout")).to_contain_text("edited 42")
    example.get_by_role("button", name="Reset").click()
    with page.expect_response("**/run/*"):
        example.get_by_role("button", name="Run").click()
    expect(example.locator(".stdout")).to_contain_text("[2, 4, 6]")


def test_example_has_no_edit_button_where_that_is_not_allowed(page: Page, site: str) -> None:
    page.route("**/readyz", lambda route: route.fulfill(json={"sandbox": {"edited_code": False}}))
    with page.expect_response("**/readyz"):
        ask(page, site, GATHER_QUESTION)
    expect(page.get_by_role("button", name="Run").first).to_be_visible()
    assert page.get_by_role("button", name="Edit").count() == 0


def test_timeline_of_an_example_is_seen_and_told_in_words(page: Page, site: str) -> None:
    ask(page, site, GATHER_QUESTION)
    timeline = page.locator(".example").filter(has_text="double(number)").locator(".timeline")
    timeline.scroll_into_view_if_needed()
    picture = timeline.locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 300
    timeline.locator("summary").click()
    expect(timeline.locator("details p")).to_contain_text("double (3)")


def test_copy_button_copies_the_code_as_it_stands(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, site, GATHER_QUESTION)
    page.get_by_role("button", name="Copy the code").first.click()
    expect(page.locator("#announcer")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") in GATHER


def test_full_queue_of_runs_is_told_in_words(page: Page, site: str) -> None:
    ask(page, site, GATHER_QUESTION)
    busy = {"status": 429, "headers": {"Retry-After": "3"}, "json": {"title": "Too many runs"}}
    page.route("**/run/*", lambda route: route.fulfill(**busy))
    page.get_by_role("button", name="Run").first.click()
    expect(page.locator(".example .problem")).to_contain_text("Try again in 3 seconds.")


def test_question_outside_the_notes_says_so_and_names_pages(page: Page, site: str) -> None:
    ask(page, site, "What was the name of the second emperor of the Tang dynasty?")
    expect(page.locator(".direct.none")).to_contain_text("Not in the notes.")
    expect(page.locator(".direct.none p").nth(1)).not_to_be_empty()


def test_hostile_question_and_notes_stay_text(page: Page, site: str) -> None:
    ask(page, site, HOSTILE_QUESTION)
    expect(page.locator(".asked")).to_have_text(HOSTILE_QUESTION)
    expect(page.locator(".excerpt").first).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#conversation").locator("img, script, iframe, [onerror], a[href^='javascript']").count() == 0
    page.goto(f"{site}/guide/orchids")
    expect(page.locator(".prose")).to_contain_text("Orchids are watered once a week")
    assert page.locator(".prose").locator("img[src], script, [onerror], a[href^='javascript']").count() == 0


@pytest.mark.parametrize("query", ["/", f"/?{urlencode({'ask': GATHER_QUESTION})}", "/guide/gather"])
def test_page_on_a_narrow_phone_does_not_scroll_sideways(page: Page, site: str, query: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site + query)
    page.wait_for_selector(".direct" if "ask" in query else "h1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_back_and_forward_show_the_conversation_as_it_was(page: Page, site: str) -> None:
    page.goto(address(site, GATHER_QUESTION))
    page.wait_for_selector(".direct")
    page.get_by_label("Your question").fill("How often are orchids watered?")
    page.keyboard.press("Enter")
    expect(page.locator(".direct:visible")).to_have_count(2)
    page.go_back()
    expect(page.locator(".direct:visible")).to_have_count(1)
    expect(page).to_have_url(address(site, GATHER_QUESTION))
    page.go_forward()
    expect(page.locator(".turn.current .asked")).to_have_text("How often are orchids watered?")


def test_question_after_another_goes_with_the_conversation(page: Page, site: str) -> None:
    ask(page, site, GATHER_QUESTION)
    page.get_by_label("Your question").fill("and what decides when it returns?")
    with page.expect_request("**/chat") as asked:
        page.keyboard.press("Enter")
    messages = json.loads(asked.value.post_data or "{}")["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[0]["content"] == GATHER_QUESTION
    expect(page.locator(".turn.current .direct")).to_contain_text("slowest awaitable")
    page.reload()
    expect(page.locator(".turn.current .direct")).to_contain_text("slowest awaitable")


def test_reload_asks_again(page: Page, site: str) -> None:
    page.goto(address(site, GATHER_QUESTION))
    page.wait_for_selector(".direct")
    page.reload()
    expect(page.locator(".direct")).to_be_visible()


def test_reload_of_a_notes_page_keeps_its_styles(page: Page, site: str) -> None:
    page.goto(f"{site}/guide/gather")
    page.reload()
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 10


def test_escape_stops_a_question_that_takes_long_and_retry_asks_again(page: Page, site: str) -> None:
    held: list[Route] = []
    page.route("**/ask?*", lambda route: held.append(route))
    page.goto(address(site, GATHER_QUESTION))
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".problem")).to_contain_text("Stopped.")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.unroute("**/ask?*")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".direct")).to_be_visible()


def test_server_out_of_reach_is_told_and_retry_asks_again(page: Page, site: str) -> None:
    page.route("**/ask?*", lambda route: route.abort())
    page.goto(address(site, GATHER_QUESTION))
    expect(page.locator(".problem")).to_contain_text("could not be reached")
    page.unroute("**/ask?*")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".direct")).to_be_visible()


def test_slash_focuses_the_box_and_shift_enter_starts_a_line(page: Page, site: str) -> None:
    page.goto(site)
    box = page.get_by_label("Your question")
    box.evaluate("node => node.blur()")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(box).to_have_value("one\ntwo")
    expect(page.locator(".turn")).to_have_count(0)


def test_notes_page_asks_from_its_place(page: Page, site: str) -> None:
    page.goto(f"{site}/guide/gather")
    page.get_by_label("Your question").fill(GATHER_QUESTION)
    with page.expect_request("**/ask?*") as asked:
        page.keyboard.press("Enter")
    assert "page=guide%2Fgather.md" in asked.value.url
    expect(page.locator(".direct")).to_be_visible()
