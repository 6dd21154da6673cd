"""JupyterLab for this course: settings for students (`labconfig`) and instructors (`instructor`), and what guards formgrader."""
