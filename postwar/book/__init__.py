"""The course as a site: ``postwar book`` builds it with Sphinx and myst-nb from the notebooks as they are.

``staging`` lays the sources out, ``conf`` holds Sphinx's settings, ``extension`` turns cells into pages that react without
Python, ``frames`` draws an explorer's pictures in advance. What the reader's browser needs lies in ``static``.
"""

import os
import sys
from pathlib import Path

SITE = Path("site")


def run(*, serve: bool = False, check_links: bool = False) -> int:
    """Build the site into ``site/`` below the working folder, and serve or check it; returns the exit status."""
    try:
        import myst_nb  # noqa: F401
        import sphinx_book_theme  # noqa: F401
    except ImportError as error:
        print(f'{error.name} is missing. Install what the site needs: pip install "postwar[book]"', file=sys.stderr)
        return 1
    if check_links:
        from postwar.book.links import check

        return check()
    status = build(SITE)
    if status == 0:
        print(f"Open {SITE / 'index.html'} in a browser.")
    if status == 0 and serve:
        from postwar.book.serving import serve_folder

        serve_folder(SITE)
    return status


def build(site: Path, *, builder: str = "html") -> int:
    """Write the pages of the course into ``site``; returns the exit status. Warnings are errors.

    Executed notebooks, drawn pictures and Sphinx’s own state are kept in ``staging.CACHE``, outside the site, so a second build does only what changed.
    """
    from sphinx.cmd.build import build_main

    from postwar.book import staging

    _quiet_kernels(staging.CACHE / "ipython")
    source = staging.stage(staging.CACHE / "source")
    staging.drawn().mkdir(parents=True, exist_ok=True)
    options = [
        "-b",
        builder,
        "-c",
        str(Path(__file__).parent),
        "-d",
        str(staging.CACHE / "doctrees"),
        "-q",
        "-W",
        "--keep-going",
    ]
    return build_main([*options, str(source), str(site)])


def _quiet_kernels(folder: Path) -> None:
    """Kernels of the build read no start-up file of the author's, and keep their notes on transport to themselves."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text("c.Application.log_level = 'ERROR'\n", encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)
