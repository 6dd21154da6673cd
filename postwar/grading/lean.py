"""Importing this module imports jsonschema without its optional check of internationalised addresses.

That check compiles a grammar, for three seconds, whenever it is imported (rfc3987-syntax, which Jupyter Server brings along); no
schema of notebooks or of nbgrader's metadata asks for it. Processes that have to start at once import this before nbformat or nbgrader.
"""

import sys

_CHECK = "rfc3987_syntax"

if _CHECK not in sys.modules:
    sys.modules[_CHECK] = None  # to jsonschema: not installed
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[_CHECK]
