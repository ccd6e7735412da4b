"""Settings, addresses, the ASGI entry, and the real Clock, Ids and keys."""
