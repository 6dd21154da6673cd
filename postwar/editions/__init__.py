"""Editions: the same assignments with other numbers, another order of options and other items, drawn from a secret.

Depends downwards only: ``quiz.draw`` (choices from a secret) and ``quiz.rules`` (what may vary) ← ``problems`` and ``quiz`` (one notebook
each) ← ``edition`` (a whole assignment) ← ``grading``, ``release`` and ``practice``. CONTRIBUTING.md says how an author works
with it.
"""
