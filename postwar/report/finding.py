"""What a part of the report found: one sentence for people, and what it is about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """``kind`` is one of item, edition, reader, likeness, objective; ``about`` names the thing (an item, a version, a pair)."""

    kind: str
    assignment: str
    about: tuple[str, ...]
    sentence: str


def per_cent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f} %"
