"""A learner's own copy of the course: made once in a known place, and brought up to date without losing an answer.

``calls`` moves what was answered from one text of a cell to another; ``merge`` does it for a notebook; ``copy`` for the personal
copy of an installed course; ``checkout`` for a copy in git; ``command`` is ``postwar update``.
"""
