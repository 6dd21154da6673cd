"""Show a built site in a browser, from this machine only."""

import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def serve_folder(folder: Path) -> None:
    """Serve ``folder`` at a free port of this machine until Ctrl-C."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"The site is at {address}; Ctrl-C stops it.", flush=True)
        webbrowser.open(address)
        server.serve_forever()
