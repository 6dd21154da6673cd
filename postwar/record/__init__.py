"""The record: taking in new rows and building what follows from them.

``postwar record sheet`` writes a sheet to fill in, ``add`` takes it in whole or not at all, and ``build`` recomputes what follows
from the rows. The tables stay plain CSV under git; frictionless validates.
"""
