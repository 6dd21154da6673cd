"""Show a built site in a browser, from this machine only."""

import webbrowser
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Handler(SimpleHTTPRequestHandler):
    def send_error(self, code, message=None, explain=None):
        """Answer with the site's own page where an address is not there, as public hosts do."""
        page = Path(self.directory) / "404.html"
        if code == HTTPStatus.NOT_FOUND and page.exists():
            self.error_message_format = page.read_text(encoding="utf-8").replace("%", "%%")
            self.error_content_type = "text/html; charset=utf-8"
        super().send_error(code, message, explain)


def serve_folder(folder: Path) -> None:
    """Serve ``folder`` at a free port of this machine until Ctrl-C."""
    handler = partial(_Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"The site is at {address}; Ctrl-C stops it.", flush=True)
        webbrowser.open(address)
        server.serve_forever()
