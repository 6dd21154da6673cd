"""One instructor's term: a class folder, from the learning platform to marks and back (``postwar class``).

``folder`` and ``settings`` read what was decided, ``roster`` who is in the class; ``create``, ``collect`` and ``hand_back`` are the
commands; ``archive`` opens what came from outside; ``marks`` says what a student gets; ``platforms`` holds what is
particular to Moodle, Canvas, Blackboard and Brightspace, one module each.
"""
