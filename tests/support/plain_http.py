"""What a client of plain HTTP needs of TLS: nothing, but httpx reads the system's certificates for each."""

import ssl
from typing import Final

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""To be given as `verify`: one context that trusts nobody, where a fresh one takes 30 ms of the processor."""
