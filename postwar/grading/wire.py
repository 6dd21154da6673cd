"""Length-prefixed messages over a stream socket: JSON, and bytes whose meaning is nobody's business on the way."""

import asyncio
import json
import struct
import time

_LENGTH, _LONG = struct.Struct(">I"), struct.Struct(">Q")

#: Largest message, in bytes. Anything longer is refused unread.
LIMIT = 64 << 20


class WireError(Exception):
    """The other end closed the connection or sent something that is not a message."""


def pack(message, limit=LIMIT):
    return _frame(_encode(message), limit)


def _encode(message):
    from jupyter_client.jsonutil import json_default  # here: not every process that sends bytes sends messages

    # "replace": text of a notebook may hold lone surrogates, which no file can be written with.
    return json.dumps(message, default=json_default, ensure_ascii=False).encode("utf-8", "replace")


def _frame(body, limit=LIMIT):
    _check(len(body), limit)
    return _LENGTH.pack(len(body)) + body


def _unpack(body):
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not a message: {error}") from None
    if not isinstance(message, dict):
        raise WireError("not a message")
    return message


def _check(length, limit):
    if length > limit:
        raise WireError(f"a message of {length >> 20} MiB is too long")


def send(sock, message, limit=LIMIT):
    sock.sendall(pack(message, limit))


class Outbox:
    """Sends many small messages in few frames: ``{"messages": [...]}``, once `flush` is called or enough have gathered."""

    _ENOUGH = 1 << 16

    def __init__(self, sock):
        self._sock = sock
        self._messages, self._size = [], 0

    def put(self, message):
        body = _encode(message)
        if len(body) > LIMIT - 2 * self._ENOUGH:
            # Said rather than raised: whoever prints, or flushes what was printed, may swallow an exception.
            body = _encode({"channel": "flood"})
        self._messages.append(body)
        self._size += len(body)
        if self._size > self._ENOUGH:
            self.flush()

    def flush(self):
        messages, self._messages, self._size = self._messages, [], 0
        self._sock.sendall(_frame(b'{"messages": [' + b", ".join(messages) + b"]}"))


def receive(sock, limit=LIMIT):
    """The next message; blocks. Raises `WireError` at the end of the connection."""
    (length,) = _LENGTH.unpack(_exactly(sock, _LENGTH.size))
    _check(length, limit)
    return _unpack(_exactly(sock, length))


def send_bytes(sock, data):
    sock.sendall(_LONG.pack(len(data)))
    sock.sendall(data)


def receive_bytes(sock, limit, deadline=None):
    """What `send_bytes` sent. Raises `TimeoutError` at *deadline* (of ``time.monotonic()``)."""
    (length,) = _LONG.unpack(_exactly(sock, _LONG.size, deadline))
    _check(length, limit)
    return _exactly(sock, length, deadline)


def _exactly(sock, size, deadline=None):
    data = bytearray()
    while len(data) < size:
        if deadline is not None:
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = sock.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise WireError("the connection was closed")
        data += piece
    return bytes(data)


async def send_async(sock, message):
    await asyncio.get_running_loop().sock_sendall(sock, pack(message))


async def receive_async(sock, limit=LIMIT):
    """As `receive`, on a non-blocking socket. Returns the message and its length."""
    (length,) = _LENGTH.unpack(await _exactly_async(sock, _LENGTH.size))
    _check(length, limit)
    return _unpack(await _exactly_async(sock, length)), length


async def _exactly_async(sock, size):
    loop = asyncio.get_running_loop()
    data = bytearray()
    while len(data) < size:
        try:
            piece = await loop.sock_recv(sock, min(size - len(data), 1 << 20))
        except OSError as error:
            raise WireError(str(error)) from None
        if not piece:
            raise WireError("the connection was closed")
        data += piece
    return bytes(data)
