"""Archives from outside: what they hold is counted, what leads out of them is left, what is damaged is named."""

import io
import stat
import zipfile
from pathlib import PurePosixPath

import pytest

from postwar.classroom import archive


def _zip(*members, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(name, content, **options)
    return buffer.getvalue()


def _read(tmp_path, content):
    file = tmp_path / "download.zip"
    file.write_bytes(content)
    return list(archive.members(file))


@pytest.mark.parametrize(
    "name",
    [
        "../x.ipynb",
        "a/../../x",
        "/etc/passwd",
        "C:/x",
        "C:\\x",
        "..\\x",
        "a\x00b",
        "a\nb",
        "..",
        "a/" * 40 + "x",
        "x" * 300,
    ],
)
def test_no_name_leads_out_of_the_archive(name):
    assert archive.safe(name) is None


@pytest.mark.parametrize(
    ("name", "path"), [("a\\b.ipynb", "a/b.ipynb"), ("./a//b", "a/b"), ("Ärger/quiz.ipynb", "Ärger/quiz.ipynb")]
)
def test_other_separators_are_read(name, path):
    assert archive.safe(name) == PurePosixPath(path)


def test_a_name_that_leads_out_is_reported_and_nothing_is_written(tmp_path):
    (found,) = _read(tmp_path, _zip(("../../out.ipynb", "{}")))
    assert found.content is None and "leads out" in found.trouble
    assert not (tmp_path.parent / "out.ipynb").exists()


def test_a_link_is_left_alone(tmp_path):
    link = zipfile.ZipInfo("quiz.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    (found,) = _read(tmp_path, _zip((link, "/etc/passwd")))
    assert found.content is None and "link" in found.trouble


def test_a_bomb_is_counted_as_it_unpacks(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_FILE", 2 * archive.MIB)
    content = bytearray(_zip(("quiz.ipynb", b"0" * 3 * archive.MIB)))
    (found,) = _read(tmp_path, bytes(content))
    assert found.content is None and "larger" in found.trouble
    # The same with a header that lies about the size.
    lying = bytes(content).replace((3 * archive.MIB).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (found,) = _read(tmp_path, lying)
    assert found.content is None and found.trouble


def test_many_small_files_cannot_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_ARCHIVE", archive.MIB)
    with pytest.raises(archive.ArchiveError, match="unpacks to more than"):
        _read(tmp_path, _zip(*[(f"{i}.ipynb", b"0" * 300_000) for i in range(10)]))


def test_archives_within_one_another_are_unpacked_up_to_a_depth(tmp_path):
    content = _zip(("x.ipynb", "{}"))
    for name in ("c.zip", "b.zip", "a.zip"):
        content = _zip((name, content), ("beside-" + name, "no archive"))
    found = {str(member.path): member for member in _read(tmp_path, _zip(("s/hand-in.zip", content)))}
    assert found["s/hand-in.zip/a.zip/b.zip/c.zip"].content[:2] == b"PK", "a fourth is left as it is"
    assert found["s/hand-in.zip/a.zip/beside-b.zip"].trouble.startswith("is a damaged archive")


def test_archives_within_one_another_count_together(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_WITHIN", archive.MIB)
    half = _zip(("x.ipynb", b"0" * 600_000))
    found = _read(tmp_path, _zip(("a/hand-in.zip", _zip(("1.zip", half), ("2.zip", half)))))
    assert [bool(member.trouble) for member in found] == [False, True]


def test_a_damaged_archive_within_is_one_student_s_trouble(tmp_path):
    found = _read(tmp_path, _zip(("a/hand-in.zip", b"PK not really"), ("b/quiz.ipynb", "{}")))
    assert [bool(member.trouble) for member in found] == [True, False]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04", b"\x1f\x8b\x08"])
def test_what_is_no_archive_is_named(content, tmp_path):
    with pytest.raises(archive.ArchiveError, match="no zip archive"):
        _read(tmp_path, content)


def test_an_encrypted_file_is_named(tmp_path):
    content = bytearray(_zip(("quiz.ipynb", "{}")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    (found,) = _read(tmp_path, bytes(content))
    assert found.trouble == "is encrypted"


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(archive.ArchiveError, match=f"There is no file {tmp_path / 'none.zip'}"):
        list(archive.members(tmp_path / "none.zip"))
    with pytest.raises(archive.ArchiveError, match="folder"):
        list(archive.members(tmp_path))


def test_one_student_s_bomb_is_not_the_class_s(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_WITHIN", archive.MIB)
    bomb = _zip(*[(f"{i}.ipynb", b"0" * 900_000) for i in range(20)])
    found = _read(tmp_path, _zip(("a/hand-in.zip", bomb), ("b/quiz.ipynb", "{}")))
    assert "unpacks to more than" in found[-2].trouble and found[-1].content == b"{}"


def test_what_is_read_is_kept_packed(tmp_path):
    (found,) = _read(tmp_path, _zip(("quiz.ipynb", b"0" * 10 * archive.MIB)))
    assert len(found.packed) < archive.MIB / 8 and len(found.content) == 10 * archive.MIB


@pytest.mark.parametrize(
    ("person", "encoding"),
    [
        ("Ada Ärger", "utf-8"),
        ("Ada Ärger", "cp437"),
        ("Ada Ärger", "cp850"),
        ("Ada Ärger", "cp1252"),
        ("Олена Гудзь", "cp1251"),
        ("Олена Гудзь", "cp866"),
    ],
)
def test_names_without_a_word_on_their_encoding(person, encoding, tmp_path):
    name = f"{person}_1_assignsubmission_file_/quiz.ipynb".encode(encoding)
    content = _zip(("X" * len(name), "{}")).replace(b"X" * len(name), name)
    (found,) = _read(tmp_path, content)
    assert str(found.path) == f"{person}_1_assignsubmission_file_/quiz.ipynb"
