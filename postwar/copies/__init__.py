"""What is in a copy of an assignment, and what is wrong with it: names of files, cells, answers."""
