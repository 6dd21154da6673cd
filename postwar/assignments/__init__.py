"""Assignments around their marking: restoring and inspecting a student's copy, feedback pages, the table of objectives."""
