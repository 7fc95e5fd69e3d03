"""Draw the pictures of the docs: ``python docs/make_screenshots.py [FOLDER]``.

Pages of the sample are read by the program itself into a station that is thrown away; a browser without a
window (Debian's Chromium) then looks at the review site as keyer, checker, adjudicator and approver would.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Final

import cv2
import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from models.intake import accept_scan, register_book
from models.ledger import claim_pages, record_page
from models.people import Place, accounts, place_account
from models.settings import Settings
from models.states import Level, Role
from models.store import Store
from models.units import add_team, add_unit, move_unit, rename_unit, units
from models.users import add_user
from pipeline.read import BookPrior, Reader
from pipeline.scan import open_page, sha256_of

ROOT: Final = Path(__file__).parents[1]
OFFICE: Final = "Xã Tân Lợi"
PAGES: Final = {"KS.2010.01": ("003", "005"), "KS.2016.01": ("001", "002", "003", "004")}
SCREEN: Final[ViewportSize] = {"width": 1366, "height": 768}
PASSWORD: Final = "chỉ để chụp ảnh"  # noqa: S105 - of a station that lives for a minute
PLAIN: Final = {
    "book": "/approve/book/2", "figures": "/figures?by=week", "people": "/people", "units": "/units",
}  # fmt: skip
PEOPLE: Final = (
    ("lan", "Lan", "keyer"),
    ("hoa", "Hoa", "checker_1"),
    ("binh", "Bình", "adjudicator"),
    ("minh", "Minh", "approver"),
    ("quan", "Quân", "administrator"),
)


def main() -> None:
    """Make the pictures."""
    images = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        home = Path(folder) / "station"
        fill(Settings(home=home))
        environment = os.environ | {
            "HOTICH_HOME": str(home),
            "HOTICH_REVIEW_PORT": str(port),
            "HOTICH_CHECKS": "1",
        }
        with subprocess.Popen([sys.executable, "-m", "review_ui"], env=environment) as site:
            try:
                look(f"http://127.0.0.1:{port}", images)
            finally:
                site.terminate()


def fill(settings: Settings) -> None:
    """Accounts, and books of a few pages read by the program."""
    store = Store.open(settings)
    for name, shown, role in PEOPLE:
        add_user(store, name, shown, PASSWORD, role)
    reader = Reader.load()
    for code, numbers in PAGES.items():
        kind, year, volume = code.split(".")
        book_id = register_book(store, OFFICE, kind, int(year), volume, f"{OFFICE}-{code}")
        for number in numbers:
            path = ROOT / "training" / "sample" / f"{OFFICE}-{code}" / f"{code}.{number}.jpg"
            accept_scan(store, book_id, path, sha256_of(path), path.name, path.stat().st_size, 1)
            (claimed,) = claim_pages(store, book_id, "pictures", 1)
            result = reader.read(open_page(path, 1), BookPrior(type=kind, year=int(year)))
            image = settings.page_path(claimed.page_id)
            cv2.imwrite(str(image), result.image, [cv2.IMWRITE_JPEG_QUALITY, 88])
            record_page(store, claimed.page_id, "pictures", result.reading, image, result.cpu_seconds)
    settle(store)
    store.close()


def settle(store: Store) -> None:
    """A district around the commune of the books, with a team whose people have shifts."""
    top, commune = units(store)
    rename_unit(store, top.unit_id, "Tỉnh Bình Phước")
    district = add_unit(store, "Huyện Hớn Quản", Level.DISTRICT)
    add_unit(store, "Xã Thanh An", Level.COMMUNE, district)
    move_unit(store, commune.unit_id, district)
    team = add_team(store, commune.unit_id, "Tổ 1")
    for number, one in enumerate(accounts(store), start=1):
        if one.role is Role.KEYER:
            place_account(store, one.user_id, Place(one.role, commune.unit_id, team, number, leads_team=True))


def look(address: str, images: Path) -> None:
    """Go through the site and keep what it looks like."""
    while True:
        try:
            httpx.get(f"{address}/health").raise_for_status()
            break
        except httpx.TransportError:
            time.sleep(0.1)
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        keyer = logged_in(browser, address, "lan")
        keyer.goto(f"{address}/review")
        interesting(keyer)
        keep(keyer, images / "review.png")
        keyer.goto(f"{address}/sheet")
        counts = [int(count.inner_text()) for count in keyer.locator(".card b").all()]
        keyer.locator(".card").nth(counts.index(max(counts))).click()
        keyer.keyboard.press("c")
        keep(keyer, images / "sheet.png")
        keyer.goto(f"{address}/review")
        while keyer.locator(
            "#text"
        ).count():  # the rest is accepted as it is, so that there is what to approve
            shown = keyer.locator(".work").get_attribute("data-task")
            keyer.keyboard.press("Enter" if keyer.locator("#text").input_value() else "F2")
            keyer.wait_for_selector(f'[data-rest], .work:not([data-task="{shown}"])')
        checked(browser, address, images)
        approver = logged_in(browser, address, "minh")
        approver.goto(f"{address}/approve")
        approver.get_by_text("Bắt đầu duyệt").first.click()
        approver.wait_for_load_state("networkidle")
        for _ in range(4):
            approver.keyboard.press("ArrowDown")
        keep(approver, images / "approval.png")
        for name, at in PLAIN.items():
            who = logged_in(browser, address, "quan") if at.startswith(("/people", "/units")) else approver
            who.goto(f"{address}{at}")
            keep(who, images / f"{name}.png")
        browser.close()


def checked(browser: Browser, address: str, images: Path) -> None:
    """Every case is checked; in the first one a name is read differently, and an adjudicator looks at it."""
    checker = logged_in(browser, address, "hoa")
    checker.goto(f"{address}/check")
    row = checker.locator('.row[data-name="meHoTen"]')
    while "current" not in (row.get_attribute("class") or ""):
        checker.keyboard.press("ArrowDown")
    name = row.get_attribute("data-text") or ""
    checker.keyboard.press("Space")
    checker.keyboard.type(name.replace("ị", "í").replace("ễ", "ẽ"))
    checker.keyboard.press("Enter")
    checker.wait_for_selector(".row.differs")
    checker.keyboard.press("ArrowDown")
    keep(checker, images / "check.png")
    while checker.locator("#pass-form").count():
        shown = checker.locator("#desk").get_attribute("data-case")
        checker.keyboard.press("Enter")
        checker.wait_for_selector(f'[data-rest], #desk:not([data-case="{shown}"])')
        checker.wait_for_load_state("load")
    adjudicator = logged_in(browser, address, "binh")
    adjudicator.goto(f"{address}/adjudicate")
    adjudicator.wait_for_selector(".values")
    keep(adjudicator, images / "adjudicate.png")


def keep(page: Page, path: Path) -> None:
    """What the window shows, in 256 colours: a third of the bytes and no difference to the eye."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every((one) => one.complete)")
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def logged_in(browser: Browser, address: str, name: str) -> Page:
    """A window of that person."""
    page = browser.new_context(viewport=SCREEN, locale="vi-VN").new_page()
    page.goto(f"{address}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".cards")
    return page


def interesting(page: Page) -> None:
    """Go on to a name with several candidates, if there is one."""
    while page.locator("#text").count():
        choices = page.locator(".choices button").count()
        if choices >= 3 and "Họ" in page.locator("#label").inner_text():
            break
        shown = page.locator(".work").get_attribute("data-task")
        page.keyboard.press("Enter" if page.locator("#text").input_value() else "F2")
        page.wait_for_selector(f'[data-rest], .work:not([data-task="{shown}"])')
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
