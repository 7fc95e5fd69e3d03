"""Draw the docs' picture of a Prefect run: ``python docs/make_run_picture.py STATION [PORT] [FOLDER]``.

``STATION`` is the folder of a station that runs and has read a book: that of ``./run demo``, with made-up
people only. A browser without a window (Debian's Chromium) looks at Prefect's own site.
"""

from __future__ import annotations

import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

import httpx
from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

IMAGES: Final = Path(__file__).parent / "images"
SCREEN: Final[ViewportSize] = {"width": 1366, "height": 768}


def main() -> None:
    """Make the picture."""
    station, *rest = sys.argv[1:]
    address = f"http://127.0.0.1:{rest[0] if rest else 4200}"
    images = Path(rest[1]) if len(rest) > 1 else IMAGES
    login = (Path(station) / "secrets" / "prefect").read_text("utf-8").strip()
    with Image.open(BytesIO(screenshot(address, login, run_of_a_book(address, login)))) as picture:
        # In 256 colours: a third of the bytes and no difference to the eye.
        reduced = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        reduced.save(images / "prefect-run.png", optimize=True)


def run_of_a_book(address: str, login: str) -> str:
    """Id of the longest finished run of the flow that reads a book."""
    name, _, password = login.partition(":")
    wanted = {"flows": {"name": {"any_": ["read-batch"]}}}
    answer = httpx.post(f"{address}/api/flow_runs/filter", json=wanted, auth=(name, password))
    runs = [run for run in answer.raise_for_status().json() if run["state_type"] == "COMPLETED"]
    return str(max(runs, key=lambda run: float(run["total_run_time"]))["id"])


def screenshot(address: str, login: str, run: str) -> bytes:
    """PNG of the page of a run, as somebody who is logged in sees it."""
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        page = browser.new_context(viewport=SCREEN).new_page()
        page.goto(f"{address}/login")
        page.fill("input[type=password]", login)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/dashboard")
        page.goto(f"{address}/runs/flow-run/{run}")
        page.get_by_text("Finished in state").first.wait_for()
        page.wait_for_timeout(3000)  # the timeline draws itself in, and nothing says when it is done
        picture = page.screenshot()
        browser.close()
    return picture


if __name__ == "__main__":
    main()
