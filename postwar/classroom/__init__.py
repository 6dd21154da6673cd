"""An instructor's class: one folder, outside the course and private, that is an nbgrader course directory."""
