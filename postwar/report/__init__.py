"""``postwar class report``: what a class learned, from its gradebook and its graded copies.

``read`` makes tables of them; ``objectives``, ``items``, ``essays``, ``likeness`` and ``board`` each answer one question about these
tables and know nothing of files or pages; ``page`` writes what they found; ``command`` calls one after the other.
"""
