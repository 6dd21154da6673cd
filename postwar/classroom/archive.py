"""Archives from outside: read with a limit on everything, and never written where their names say."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath

MIB = 2**20
LARGEST_FILE = 20 * MIB  # as in grading: no notebook of a person is larger
LARGEST_ARCHIVE = 4096 * MIB  # unpacked
LARGEST_WITHIN = 128 * MIB  # the same for an archive that one student handed in
MOST_FILES = 50_000
DEEPEST = 3  # so many archives within one another are unpacked
_READ = MIB


class ArchiveError(ValueError):
    """An archive that cannot be used; the message says why."""


@dataclass(frozen=True)
class Member:
    """One file of an archive; ``content`` is None where it was left alone, and ``trouble`` says why.

    It is kept packed, so that an archive takes about as much memory as it has bytes, whatever it unpacks to.
    """

    path: PurePosixPath
    packed: bytes | None
    written: datetime | None
    trouble: str = ""

    @property
    def content(self) -> bytes | None:
        """The bytes of the file."""
        return None if self.packed is None else zlib.decompress(self.packed)


def members(file: Path) -> Iterator[Member]:
    """Every file of a zip archive, archives within a hand-in unpacked as well.

    Raises ArchiveError where the whole archive cannot be used. Nothing is written to the disk.
    """
    try:
        outer = zipfile.ZipFile(file)
    except FileNotFoundError:
        raise ArchiveError(f"There is no file {file} in {Path.cwd()}") from None
    except IsADirectoryError:
        raise ArchiveError(f"{file} is a folder: give the archive as the platform made it") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError(f"{file} is no zip archive that can be read ({error}); download it again") from None
    left = [LARGEST_ARCHIVE]
    with outer:
        if len(outer.infolist()) > MOST_FILES:
            raise ArchiveError(f"{file} holds more than {MOST_FILES:,} files")
        for member in _members(outer, left):
            yield from _unpacked(member, None, DEEPEST)


def _unpacked(member, left, deeper):
    """The member itself, or the files of the archive that it is; ``left`` bytes may still come from one student's archive."""
    if member.packed is None or not deeper or not member.path.name.casefold().endswith(".zip"):
        yield member
        return
    left = [LARGEST_WITHIN] if left is None else left
    try:
        with zipfile.ZipFile(BytesIO(member.content)) as inner:
            if len(inner.infolist()) > MOST_FILES:
                yield Member(member.path, None, member.written, f"holds more than {MOST_FILES:,} files")
                return
            for found in _members(inner, left):
                # a/b.zip with quiz.ipynb becomes a/b.zip/quiz.ipynb, so the platform's names stay readable
                yield from _unpacked(
                    Member(member.path / found.path, found.packed, found.written or member.written, found.trouble),
                    left,
                    deeper - 1,
                )
    except ArchiveError as error:  # one student's bomb is not the class's
        yield Member(member.path, None, member.written, str(error).removeprefix("the archive "))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield Member(member.path, None, member.written, f"is a damaged archive ({error})")


def _members(archive, left):
    for info in archive.infolist():
        if info.is_dir():
            continue
        path = safe(_spelled(info))
        if path is None:
            yield Member(
                PurePosixPath(re.sub(r"[\x00-\x1f]", "?", info.filename)),
                None,
                None,
                "has a name that leads out of the archive",
            )
            continue
        try:
            written = datetime(*info.date_time)
        except ValueError:
            written = None
        content, trouble = None, _refused(info)
        if not trouble:
            try:
                content, trouble = _content(archive, info, left)
            except ArchiveError:
                raise
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                OSError,
                RuntimeError,
                NotImplementedError,
                ValueError,
            ) as error:
                trouble = f"cannot be unpacked ({error})"
        yield Member(path, content, written, trouble)


def _spelled(info):
    """The name in letters: archives that do not say how theirs are written mostly mean UTF-8, or else what Windows writes."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")  # how zipfile read it
        return raw.decode("utf-8")
    except UnicodeEncodeError:
        return info.filename
    except UnicodeDecodeError:
        if re.search(
            rb"[\x80-\xff]{3}", raw
        ):  # Cyrillic words; capitals of Windows' encoding are frames in that of DOS
            return raw.decode("cp1251" if re.search(rb"[\xc0-\xdf]", raw) else "cp866", errors="replace")
        return info.filename if re.search(rb"[\x80-\xa5]", raw) else raw.decode("cp1252", errors="replace")


def _refused(info):
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    if info.flag_bits & 1:
        return "is encrypted"
    if info.file_size > LARGEST_FILE:
        return f"is larger than {LARGEST_FILE // MIB} MB"
    return ""


def _content(archive, info, left):
    """The bytes, packed again, counted as they come: what an archive says of its sizes is only a claim."""
    parts, size, packer = [], 0, zlib.compressobj(1)
    with archive.open(info) as source:
        while part := source.read(_READ):
            size += len(part)
            if size > LARGEST_FILE:
                return None, f"is larger than {LARGEST_FILE // MIB} MB"
            if size > left[0]:
                raise ArchiveError("the archive unpacks to more than is allowed for all its files together")
            parts.append(packer.compress(part))
    left[0] -= size
    return b"".join([*parts, packer.flush()]), ""


def safe(name: str) -> PurePosixPath | None:
    """The path of a member inside the archive; None where it leads out of it or is no name."""
    name = name.replace("\\", "/")
    if not name or name.startswith("/") or re.match(r"[A-Za-z]:", name) or re.search(r"[\x00-\x1f]", name):
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or len(parts) > 30 or any(len(part.encode(errors="replace")) > 255 for part in parts):
        return None
    return PurePosixPath(*parts)
