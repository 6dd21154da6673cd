"""What a late hand-in costs, by the rule and the extensions of ``class.toml``, through nbgrader's own plug-in."""

from datetime import UTC

from nbgrader.plugins import LateSubmissionPlugin

from postwar.classroom.folder import find


class LateRule(LateSubmissionPlugin):
    """Takes off each notebook the share that ``class.toml`` says, by its dates; `collect` brings them into the gradebook first."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Points taken off; None for none."""
        from postwar.classroom.collect import handed_in

        folder = find(self.parent.config.CourseDirectory.root)
        slug = self.parent.assignment_id
        when = handed_in(folder, student_id, slug)
        late = folder.settings.late_by(student_id, slug, when and when.replace(tzinfo=UTC))
        return score * folder.settings.late.share_off(late.total_seconds()) if late else None
