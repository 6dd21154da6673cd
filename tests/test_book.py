"""``postwar book``: what it says without its libraries, how sources are staged, and the list of addresses."""

import html
import json
import os
import re
import signal
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from postwar import cli, course, explore, paths
from postwar.book import cards, extension, frames, links, questions, staging
from postwar.quiz.questions import collect, collect_sortings


def test_without_the_extra_the_command_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "myst_nb", None)
    assert cli.main(["book"]) == 1
    assert 'pip install "postwar[book]"' in capsys.readouterr().err


def test_serve_shows_the_built_site_until_ctrl_c(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("a built site")
    (tmp_path / "site" / "404.html").write_text("not here, 100%")
    code = "\n".join(
        (
            "import signal, sys",
            "signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it",
            "from postwar import book, cli",
            "book.build = lambda site: 0",
            "sys.exit(cli.main(['book', '--serve']))",
        )
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"BROWSER": "true"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        said = process.stdout.readline() + process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
        with urlopen(address, timeout=30) as answer:
            assert answer.read() == b"a built site"
        with pytest.raises(HTTPError) as missing:
            urlopen(f"{address}at/any/depth.html", timeout=30)
        assert missing.value.code == 404 and missing.value.read() == b"not here, 100%"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors


def test_sources_are_staged_once_and_what_is_gone_goes(tmp_path):
    folder = staging.stage(tmp_path)
    assert {path.stem for path in (folder / "lessons").glob("*.ipynb")} == {
        p.stem for p in paths.LESSONS.glob("*.ipynb")
    }
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    (folder / "old.md").write_text("# Old")
    staging.stage(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


def test_home_names_every_lesson_with_its_question(tmp_path):
    home = (staging.stage(tmp_path) / "index.md").read_text(encoding="utf-8")
    for lesson in course.LESSONS:
        assert lesson.question in home and f":link: lessons/{lesson.slug}\n" in home


@pytest.mark.parametrize("lesson", course.LESSONS, ids=lambda lesson: lesson.slug)
def test_the_picture_of_a_lesson_is_what_its_explorer_shows(lesson):
    now = cards._SENTENCE.search(cards.draw(lesson.slug))[1]
    assert html.unescape(now) == cards.sentence(lesson.slug), "run python -m postwar.book.cards"


def test_the_readme_says_what_the_pictures_show():
    text = (paths.COURSE / "README.md").read_text(encoding="utf-8")
    assert cards.readme(text) == text and text.count("lessons/pictures/") == len(course.LESSONS)


def test_links_of_root_documents_lead_to_pages_or_to_the_repository(tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "repository", lambda: "")
    text = (staging.stage(tmp_path / "a") / "INSTRUCTORS.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)
    assert all((paths.COURSE / target.partition("#")[0]).suffix in (".md", ".ipynb") for target in targets), targets
    monkeypatch.setattr(staging, "repository", lambda: "https://github.com/owner/course")
    text = (staging.stage(tmp_path / "b") / "INSTRUCTORS.md").read_text(encoding="utf-8")
    assert "https://github.com/owner/course/blob/main/" in text


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("https://github.com/owner/course.git", "https://github.com/owner/course"),
        ("git@host:owner/course.git", ""),
        ("", ""),
    ],
)
def test_only_a_public_address_becomes_a_door(address, known, monkeypatch):
    monkeypatch.setenv("POSTWAR_REPOSITORY", address or "file:///nowhere")
    staging.repository.cache_clear()
    assert staging.repository() == known
    assert bool(staging.binder()) == bool(known)
    staging.repository.cache_clear()


@pytest.mark.parametrize(
    ("given", "address", "root"),
    [
        ("", "", "/"),
        ("https://a.example", "https://a.example/", "/"),
        ("https://a.example/course", "https://a.example/course/", "/course/"),
        ("https://a.example/course/", "https://a.example/course/", "/course/"),
    ],
)
def test_a_site_may_begin_below_the_root_of_its_host(given, address, root, monkeypatch):
    monkeypatch.setenv("POSTWAR_SITE", given)
    assert (staging.address(), staging.root()) == (address, root)


def test_every_question_is_complete_without_a_script():
    for name, record in (collect() | collect_sortings()).items():
        page = questions.html(name)
        explanations = record.options.values() if hasattr(record, "options") else record.items
        assert page.count("<li") >= 2 * len(explanations) - 1, name
        shown, *more = page.split("<template")  # further sets of numbers, which only a script shows
        assert shown.count("<details") == 1 and all(part.count("<details") == 1 for part in more)
        assert len(more) == (questions.SETS if getattr(record, "numbers", None) else 0)


def test_calls_of_a_cell():
    assert extension.calls('x = 1\ncheck("a")') == [("check", "a")]
    assert extension.calls("from postwar import explore\nexplore.tripwire()") == [("explore", "tripwire")]
    assert extension.calls('print("check")') == []


def test_links_are_not_checked_without_a_connection(monkeypatch, capsys):
    monkeypatch.setattr(links.socket, "getaddrinfo", lambda *_: (_ for _ in ()).throw(OSError))
    before = links.KNOWN.read_bytes()
    assert links.check() == 0
    said = capsys.readouterr().out
    assert "No connection" in said
    assert sum(map(int, re.findall(r"\d+", said))) == len(links.read()), "every address has a last-known state"
    assert links.KNOWN.read_bytes() == before


def test_a_check_keeps_what_is_known_of_facts_that_no_page_cites(monkeypatch, capsys, tmp_path):
    def build(report, builder):
        report.mkdir(parents=True)
        found = [{"uri": "https://new.example/a", "status": "working"}, {"uri": cited[0], "status": "broken"}]
        lines = [json.dumps({"filename": "a.md", "info": "gone"} | entry) for entry in found]
        (report / "output.json").write_text("\n".join(lines))

    cited = sorted(links.cited())
    known = tmp_path / "links.csv"
    monkeypatch.setattr(links, "KNOWN", known)
    links.write(dict.fromkeys([*cited, "https://no.longer.example/"], ("not tried", "")))
    monkeypatch.setattr(links.socket, "getaddrinfo", lambda *_: [])
    monkeypatch.setattr(staging, "CACHE", tmp_path)
    monkeypatch.setattr("postwar.book.build", build)
    assert links.check() == 1
    assert f"a.md: {cited[0]} gone" in capsys.readouterr().out
    states = links.read()
    assert set(states) == {*cited, "https://new.example/a"}
    assert states[cited[0]][0] == "broken" and states[cited[1]] == ("not tried", "")


def test_the_list_of_addresses_names_every_source():
    assert links.cited() <= set(links.read())


def test_the_main_control_stands_where_its_preset_is_and_moves_from_there(monkeypatch):
    monkeypatch.setattr(frames, "STEPS", 2)
    monkeypatch.setattr(frames, "FEWER", 2)
    script = frames._script("tripwire")
    data = json.loads(script[script.index("{") : script.rindex("}") + 1])
    explorer = explore.tripwire()
    for preset in data["presets"]:
        steps = data["tracks"][preset["track"]]
        shown = steps[preset["at"]]
        assert shown["sentence"] == explorer.press(preset["name"]).sentence
        assert shown["text"] == f"{explorer.values['n']:g}"
        for step in steps:
            assert step["sentence"] == explorer.set(n=float(step["text"])).sentence
    assert {"10"} <= {step["text"] for step in data["tracks"][1]}, "the size that is asked about"


@pytest.mark.skipif(not os.environ.get("POSTWAR_LONG"), reason="half a minute of drawing: set POSTWAR_LONG=1")
def test_a_preset_in_which_the_main_control_does_nothing_has_one_picture(monkeypatch):
    monkeypatch.setattr(frames, "STEPS", 2)
    monkeypatch.setattr(frames, "FEWER", 2)
    script = frames._script("information")
    data = json.loads(script[script.index("{") : script.rindex("}") + 1])
    assert [len(data["tracks"][preset["track"]]) for preset in data["presets"]][0] == 1
    assert len(data["tracks"][data["presets"][2]["track"]]) > 1
