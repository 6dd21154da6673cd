"""Lay the sources of the site out in one folder: notebooks, pages, and the documents that live at the root."""

import hashlib
import os
import re
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment

from postwar import __version__, course, paths
from postwar.book import cards

#: Where executed notebooks and drawn pictures are kept between builds.
CACHE = Path(os.environ.get("POSTWAR_BOOK_CACHE", "build/book")).resolve()

_PAGES = Path(__file__).parent / "pages"
_REPOSITORY_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)\s]+)\)")
_DOCUMENTS = ("INSTRUCTORS.md", "CONTRIBUTING.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md")


def stage(folder: Path, lessons: Path | None = None) -> Path:
    """Bring ``folder`` up to date and return it; files that did not change keep their date, so Sphinx skips them."""
    wanted = {Path("lessons") / path.name: path for path in sorted((lessons or paths.LESSONS).glob("*.ipynb"))}
    wanted |= {Path("lessons/pictures") / path.name: path for path in cards.PICTURES.glob("*.svg")}
    wanted |= {path.relative_to(_PAGES): path for path in _PAGES.rglob("*") if path.is_file()}
    wanted |= {Path(name): paths.COURSE / name for name in _DOCUMENTS if (paths.COURSE / name).exists()}
    wanted |= {Path("data/references.bib"): paths.DATA / "references.bib"}
    for old in [path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder) not in wanted]:
        old.unlink()
    for name, source in wanted.items():
        target, content = folder / name, _content(source)
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return folder


def _content(source: Path) -> bytes:
    """A page of the site is a template over the course; links of a root document to the repository become plain names."""
    if source.parent == _PAGES:
        text = Environment(keep_trailing_newline=True).from_string(source.read_text("utf-8"))
        return text.render(
            course=course, version=__version__, binder=binder(), root=root(), picture=_picture, said=cards.sentence
        ).encode()
    if source.name in _DOCUMENTS:
        return _REPOSITORY_LINK.sub(_elsewhere, source.read_text("utf-8")).encode()
    return source.read_bytes()


def _picture(module: str, name: str) -> str:
    """A picture of the course as it stands on a page, such as ``picture("geography", "who_offered_what")``; drawn once."""
    kept = CACHE / "pictures" / fingerprint() / f"{name}.html"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(getattr(import_module(f"postwar.figures.{module}"), name)().html(), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def _elsewhere(link: re.Match) -> str:
    """A link from a root document: to a page of the site where there is one, to the repository where it is known."""
    text, target = link.groups()
    path = target.partition("#")[0]
    if path in _DOCUMENTS or path.startswith("lessons/") and path.endswith(".ipynb"):
        return link[0]
    return f"[{text}]({repository()}/blob/main/{target})" if repository() else text


@cache
def repository() -> str:
    """The public address of the course's repository: from the environment or git, empty where there is none."""
    address = os.environ.get("POSTWAR_REPOSITORY", "")
    if not address:
        asked = ["git", "-C", str(paths.COURSE), "remote", "get-url", "origin"]
        try:
            address = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        except OSError:  # no git here
            return ""
    return address.removesuffix(".git") if address.startswith("https://") else ""


def binder() -> str:
    """The address that opens the course on Binder; empty where the repository has no public address."""
    if not repository():
        return ""
    return (
        f"https://mybinder.org/v2/git/{quote(repository(), safe='')}/main?urlpath=lab/tree/lessons/00-start-here.ipynb"
    )


@cache
def fingerprint() -> str:
    """Of everything that a cell's output depends on beside the notebook: the package, its words and the data."""
    digest = hashlib.sha256()
    files = [*Path(paths.__file__).parent.rglob("*.py"), *paths.DATA.glob("*"), *paths.LESSONS.rglob("*.toml")]
    for path in sorted(
        path for path in files if path.is_file() and ("book" not in path.parts or path.name == "frames.py")
    ):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def drawn() -> Path:
    """Where the explorers' pictures are: a static folder of the site, another one as soon as the package, words or data change."""
    return CACHE / "drawn" / fingerprint()


def address() -> str:
    """The public address of the site, with a slash at its end; empty where there is none."""
    site = os.environ.get("POSTWAR_SITE", "")
    return site and f"{site.rstrip('/')}/"


def root() -> str:
    """The path at which the published site begins: a page shown at any depth links from there."""
    return urlsplit(address()).path or "/"
