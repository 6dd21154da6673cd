"""For authors: ``python -m postwar.editions 04-deterrence [N]`` writes the public quiz from its bank and shows what is drawn.

With N (20 unless told) editions, prints for every item the range of its keys, and names what cannot be drawn. Then run
``nbgrader generate_assignment 04-deterrence --force``. Without an assignment, writes ``solutions/editions.md`` on all of them.
"""

import sys

from postwar.editions import report

sys.exit(report.main(sys.argv[1:]))
