"""JupyterLab for this course: settings for students (`labconfig`), instructors (`instructor`) and every server (`jupyter_server_config.d`),
and the extension that the last one loads (`formgrader`)."""
