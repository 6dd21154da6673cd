"""Sphinx's settings for the site of the course."""

from pathlib import Path

from postwar import __version__, paths
from postwar.book import staging

project = "Securing the Peace"
author = "Securing the Peace"
copyright = "Code: BSD 3-Clause; lessons, questions and text: CC BY 4.0; data: the terms of each source"
version = release = __version__
language = "en-GB"

extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    "sphinxext.opengraph",
    "notfound.extension",
    "postwar.book.extension",
]
root_doc = "index"
exclude_patterns = ["**.ipynb_checkpoints"]

# Lessons are written for JupyterLab: anchors have its form, and a dollar is a dollar.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
myst_heading_slug_func = "postwar.book.extension.jupyter_anchor"

# Executed once; another cache is used as soon as the package, the words or the data change.
nb_execution_mode = "cache"
nb_execution_cache_path = str(staging.CACHE / "executed" / staging.fingerprint())
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_ipywidgets_js = {}
nb_merge_streams = True

suppress_warnings = ["bibtex.missing_field"]
bibtex_bibfiles = [str(paths.DATA / "references.bib")]

templates_path = [str(Path(__file__).parent / "templates")]
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = [str(Path(__file__).parent / "static"), str(staging.drawn())]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = str(Path(__file__).parent / "static" / "favicon.svg")
html_context = {"default_mode": "light"}  # without a script; templates/layout.html has the rest
html_copy_source = True  # the notebook that the download button gives
html_sourcelink_suffix = ""
html_last_updated_fmt = None
html_baseurl = staging.address()
html_theme_options = {
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "home_page_in_toc": False,
    "footer_content_items": "extra-footer",
    "extra_footer": f"<p>{copyright}.</p>",
    "path_to_docs": "",
    "repository_url": staging.repository(),
    "repository_branch": "main",
    "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
    if staging.repository()
    else {},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}

# The page for addresses that are not there is shown at any depth: its own links begin at the root of the site.
notfound_urls_prefix = staging.root()

ogp_site_url = html_baseurl or "/"
ogp_site_name = project
ogp_description_length = 160
_MARK = str(Path(__file__).parent / "static" / "mark.png")  # favicon.svg, in points
ogp_social_cards = {"enable": bool(html_baseurl), "line_color": "#1f4e79", "image_mini": _MARK}

linkcheck_timeout = 20
linkcheck_workers = 8
linkcheck_anchors = False
