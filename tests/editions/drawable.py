"""Assignments that can be drawn, read once for all tests."""

from functools import cache

from postwar.editions.edition import Source
from postwar.paths import SOLUTIONS

#: Assignments with numbers or questions that vary.
DRAWN = sorted(path.name.removesuffix(".editions.toml") for path in SOLUTIONS.glob("*.editions.toml"))


@cache
def read_source(slug):
    return Source(slug, SOLUTIONS)
