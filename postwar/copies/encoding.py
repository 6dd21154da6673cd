"""The text of a notebook's file, in whatever Unicode an editor has saved it; Jupyter itself reads plain UTF-8 alone."""

import json
import re
from pathlib import Path

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read(path: Path) -> str:
    """The JSON text of the file at *path*, whole. Raises ValueError where it is none."""
    return whole(decoded(path.read_bytes()))


def decoded(raw: bytes) -> str:
    """The JSON text in *raw*: UTF-8, 16 or 32, with or without a byte-order mark. Raises ValueError where it is none of these."""
    return raw.decode(json.detect_encoding(raw))


def whole(text: str) -> str:
    """The same JSON text with � for halves of characters (lone surrogates), which no file can hold. Raises ValueError where it is no JSON."""
    if not _HALF.search(text):
        return text
    written = json.dumps(json.loads(text), ensure_ascii=False)
    mended = written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text if mended == written else mended
