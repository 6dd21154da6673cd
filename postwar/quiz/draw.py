"""Choices drawn from a secret: the same secret and the same names always give the same choices.

Each choice is HMAC-SHA256 over its name, so it does not depend on a random number generator's version or on the order in
which choices are asked for. Whoever sees any number of choices learns nothing about the secret, nor about other choices.
"""

import hashlib
import hmac
from collections.abc import Sequence

#: The key of the edition in the repository, which decides nothing but the order of options.
PUBLIC = b"Securing the Peace: the public edition"


class Stream:
    """Choices for one thing, named by ``names`` (say assignment, task and version)."""

    def __init__(self, key: bytes, *names: str):
        if not key:
            raise ValueError("a secret is needed to draw an edition; the one given is empty")
        self._key = key
        self._names = names

    def __truediv__(self, name) -> "Stream":
        """The stream of a part: ``stream / "pa"``."""
        return Stream(self._key, *self._names, str(name))

    def digest(self) -> bytes:
        """32 bytes that stand for this name."""
        # Lengths come first, so that no two lists of names give the same message.
        parts = [name.encode() for name in self._names]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._key, message, hashlib.sha256).digest()

    def token(self, length: int = 6) -> str:
        """A short readable label without letters that are easily mistaken for each other."""
        alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
        number = int.from_bytes(self.digest(), "big")
        letters = []
        for _ in range(length):
            number, rest = divmod(number, len(alphabet))
            letters.append(alphabet[rest])
        return "".join(letters)

    def choice(self, options: Sequence):
        """One of the options, each equally likely (up to one part in 2**200)."""
        return options[int.from_bytes(self.digest(), "big") % len(options)]

    def shuffled(self, items: Sequence) -> list:
        """The items in an order of which each is equally likely."""
        rest = list(items)
        return [rest.pop((self / i).choice(range(len(rest)))) for i in range(len(rest))]
