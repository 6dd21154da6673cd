"""Property tests search the same examples on every machine, however slow it is."""

from hypothesis import settings

settings.register_profile("models", deadline=None, derandomize=True, max_examples=80)
settings.load_profile("models")
