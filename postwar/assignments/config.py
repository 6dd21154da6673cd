"""nbgrader's settings for this course, for the repository and for every class folder."""

from postwar.assignments.feedback import FORMGRADER, TEMPLATES


def configure(c) -> None:
    """Put the course's settings into a traitlets ``Config``."""
    c.CourseDirectory.course_id = "securing-the-peace"
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "exercises"

    # The release is committed, so it exists: make it anew and record it, where nbgrader would skip it and leave the gradebook empty.
    c.GenerateAssignment.force = True

    # A comment, so that a call whose answer was cleared stays valid Python.
    c.ClearSolutions.code_stub = {"python": "# YOUR ANSWER HERE"}

    # Mark schemes stand in locked cells above an essay, where formgrader shows them to graders.
    c.ClearMarkScheme.enforce_metadata = False

    # A damaged copy is restored before it is graded, and a feedback page shows what a test said, not its hidden lines.
    c.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.DeduplicateIds",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "postwar.editions.grading.KnowEdition",
        "postwar.assignments.restore.RestoreCells",
        "postwar.editions.grading.OwnNumbers",
        "postwar.grading.preprocessors.CheckCellMetadata",
    ]
    c.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "postwar.assignments.feedback.FeedbackView",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    c.HTMLExporter.extra_template_basedirs = [TEMPLATES, FORMGRADER]
    # What a student wrote passes an allow-list before formgrader or a feedback page shows it.
    c.HTMLExporter.filters = {
        "markdown2html": "postwar.assignments.sanitize.markdown2html",
        "highlight_code": "postwar.assignments.sanitize.highlight_code",
    }

    # Warm kernels: `nbgrader autograde` and formgrader's button fork them instead of starting each one cold.
    c.Autograde.autograde_preprocessors = [
        "postwar.grading.provisioner.WarmExecute",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "postwar.grading.preprocessors.CheckCellMetadata",
    ]
