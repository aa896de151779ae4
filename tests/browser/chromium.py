"""Where is a Chromium for the browser tests? Find one, else install one, else say what to do.

python -m tests.browser.chromium
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# No traffic of Chromium's own.
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
# The map needs WebGL, here without a graphics card. Everything else is drawn at a fraction of the cost without it.
WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
PLAIN = ("--disable-gpu", "--disable-software-rasterizer")
CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def find() -> str | None:
    """The path of a Chromium: `CHROMIUM`, one on the path, or Playwright's own."""
    from playwright.sync_api import sync_playwright

    for name in (
        os.environ.get("CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ):
        if name and (found := shutil.which(name)):
            return found
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def has_chinese() -> bool:
    """Whether Chinese text would show as text and not as boxes."""
    if sys.platform in ("win32", "darwin"):
        return True
    listed = (
        subprocess.run(["fc-list", ":lang=zh-tw"], capture_output=True, text=True) if shutil.which("fc-list") else None
    )
    return bool(listed and listed.stdout.strip()) or CJK.exists()


def install() -> None:
    """Debian's packages where the user may install them, else Playwright's download."""
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        packages = ["fonts-noto-cjk"] + ([] if find() else ["chromium"])
        print(f"安裝 installing {' '.join(packages)} …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", *packages], check=False, env=environment, **quiet)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=False)


def main() -> int:
    if not (find() and has_chinese()):
        install()
    if not (found := find()):
        print(
            "找不到 Chromium：請安裝 chromium 與 fonts-noto-cjk，或以 CHROMIUM 指定路徑。\n"
            "No Chromium: install chromium and fonts-noto-cjk, or set CHROMIUM to its path.",
            file=sys.stderr,
        )
        return 1
    print(f"Chromium: {found}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
