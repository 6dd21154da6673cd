"""nbgrader's settings for this course. See INSTRUCTORS.md."""

c = get_config()  # noqa: F821  (provided by traitlets when it reads this file)

c.CourseDirectory.course_id = "securing-the-peace"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# A comment, so that a call whose answer was cleared stays valid Python.
c.ClearSolutions.code_stub = {"python": "# YOUR ANSWER HERE"}
