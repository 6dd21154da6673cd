"""``postwar class report``: what a class learned, from its gradebook and its graded copies.

``read`` makes tables of them: ``sources`` knows what the class was given, ``copies`` reads the graded copies and has those of an assignment
compared on the spot (``mistakes``, ``passages``). ``objectives``, ``items``, ``essays``, ``likeness`` and ``board`` each answer one question
about these tables and know nothing of files or pages; ``page`` writes what they found; ``command`` calls one after the other.
"""
