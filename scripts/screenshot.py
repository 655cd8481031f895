"""Take the README's picture: ask the real application a question about the shipped notes, in Debian's Chromium.

`python -m scripts.screenshot [QUESTION] [--output FILE] [--dark]`
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from scripts.serving import served

PROJECT = Path(__file__).resolve().parents[1]
QUESTION = "When does a paused coroutine resume?"
CHROMIUM_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
WIDTH, HEIGHT = 1280, 1040


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the picture and tell its size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question", nargs="?", default=QUESTION)
    parser.add_argument("--output", type=Path, default=PROJECT / "docs" / "chat.png")
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args(arguments)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        parser.exit(1, "No Chromium here: apt-get install chromium\n")
    with served() as url:
        take(chromium, f"{url}?{urlencode({'ask': options.question})}", options.output, dark=options.dark)
    print(f"{options.output}: {options.output.stat().st_size / 1000:.0f} kB")
    return 0


def take(chromium: str, address: str, output: Path, *, dark: bool) -> None:
    """Open the address, run the first example of the answer and keep what the window shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page.goto(address)
        with page.expect_response("**/run/*"):
            page.get_by_role("button", name="Run").first.click()
        page.wait_for_selector(".result:not([aria-busy]) .stdout")
        page.screenshot(path=output)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
