"""``postwar class report``: what a class learned, from its gradebook and its graded copies.

``read`` makes tables of them (``sources``: of what the class was given; ``copies``: of what stands in copies, and what two of them share: ``mistakes``, ``passages``); ``objectives``, ``items``, ``essays``, ``likeness`` and ``board`` each answer one question about these
tables and know nothing of files or pages; ``page`` writes what they found; ``command`` calls one after the other.
"""
