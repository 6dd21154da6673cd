"""``python -m postwar`` is the ``postwar`` command."""

import sys

from postwar.cli import main

sys.exit(main())
