"""A message as it goes over the wire, made once for everybody: plain, and packed for those who can unpack it.

A server's websocket frames are not masked, and without a context that is taken over from message to message they are compressed
alike for all: a thousand listeners cost one encoding, one compression and a thousand writes.
"""

from __future__ import annotations

from functools import cached_property

from websockets.asyncio.server import ServerConnection
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import Frame, Opcode

_WINDOW = 15
# A feed repeats its keys and ids: more effort costs much more and saves little.
_PACKER = PerMessageDeflate(
    remote_no_context_takeover=True,
    local_no_context_takeover=True,
    remote_max_window_bits=_WINDOW,
    local_max_window_bits=_WINDOW,
    compress_settings={"level": 1},
)
_WORTH = 512  # bytes; shorter messages go plain

#: What a relay's server offers: every message compressed by itself.
PACKING = ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)


class Wire:
    """One text message; each of its forms is made when the first listener needs it."""

    def __init__(self, message: bytes) -> None:
        self._message = message

    @cached_property
    def plain(self) -> bytes:
        """The whole websocket frame, uncompressed."""
        return Frame(Opcode.TEXT, self._message).serialize(mask=False)

    @cached_property
    def packed(self) -> bytes:
        """The whole websocket frame, compressed where that is worth it."""
        if len(self._message) < _WORTH:
            return self.plain
        return Frame(Opcode.TEXT, self._message).serialize(mask=False, extensions=[_PACKER])


def unpacks(connection: ServerConnection) -> bool:
    """Whether the other side takes packed messages; one with a smaller window than ours gets plain ones."""
    return any(
        isinstance(extension, PerMessageDeflate) and extension.local_max_window_bits == _WINDOW
        for extension in connection.protocol.extensions
    )
