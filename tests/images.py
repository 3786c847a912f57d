"""`make images`: the pictures of the README, taken anew in Chromium from the demonstration that is published, small enough for the repository.

Home page, a card, a chart with its story and a funnel come from the site, the asset graph from the Dagster UI, which is served for that time.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from pipelines.settings import Settings, load_settings

FOLDER = Path(__file__).parent.parent / "docs" / "images"
COLOURS = 128  # pages have few: a palette makes a picture a fraction of the size
LARGEST = 1_000_000  # bytes, all pictures together
PORT = 3990
WIDTH = 1280
# Name of the picture, page, what of it (None for the first screen), height of the screen.
PICTURES = (
    ("home", "index.html", None, 1000),
    ("card", "cards/opcc-1.html", None, 900),
    ("chart", "measures/public_999_abandonment_rate.html", "figure.main", 900),
    ("funnel", "measures/da_arrest_rate.html", "section.chart", 900),
)


def main() -> None:
    settings = load_settings()
    site = settings.published_dir / "site"
    if not (site / "index.html").exists() or not settings.demonstration_path.exists():
        sys.exit(f"{site}: no site of the demonstration; `make run` draws it. Pictures of a force's own data do not belong into the repository.")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path, part, height in PICTURES:
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            page.goto((site.resolve() / path).as_uri())
            _keep(name, (page if part is None else page.locator(part).first).screenshot())
            page.close()
        with _ui(settings) as address:
            _keep("assets", _asset_graph(browser, address))
        browser.close()
    total = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{FOLDER}: {total:,} bytes")
    if total > LARGEST:
        sys.exit(f"more than {LARGEST:,} bytes: take less of a page")


def _keep(name: str, png: bytes) -> None:
    with Image.open(io.BytesIO(png)) as taken:
        image = taken.convert("RGB")
        image.thumbnail((WIDTH, WIDTH))
        image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


@contextmanager
def _ui(settings: Settings) -> Iterator[str]:
    """The Dagster UI, for as long as its picture is taken."""
    command = [sys.executable, "-m", "pipelines.cli", "ui", "--port", str(PORT), "--without-daemon"]
    served = subprocess.Popen(command, env=os.environ | {"SCORECARDS_DATA_DIR": str(settings.data_dir)}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{address}/server_info", timeout=5):
                    break
            except OSError:
                time.sleep(1)
        else:
            sys.exit(f"the Dagster UI did not answer at {address} within ten minutes")
        yield address
    finally:
        served.terminate()
        served.wait()


def _asset_graph(browser: Any, address: str) -> bytes:
    """The groups of assets and how they hang together, on a screen that has room for them."""
    page = browser.new_page(viewport={"width": 2600, "height": 2200})
    page.goto(f"{address}/asset-groups", timeout=600_000)
    page.locator("text=published").first.wait_for(timeout=600_000)
    page.wait_for_timeout(20_000)  # until the layout stands
    picture: bytes = page.screenshot(clip={"x": 760, "y": 115, "width": 1780, "height": 2040})
    page.close()
    return picture


if __name__ == "__main__":
    main()
