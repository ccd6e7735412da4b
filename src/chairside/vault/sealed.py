"""What was refused, kept for inspection: sealed with AES-256-GCM, because nobody knows what it holds."""

import secrets
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from chairside.vault.models import KeptForInspection

NONCE_BYTES = 12
KEPT_BYTES = 65_536
"""As much of a refused message as is kept; a longer one is kept from its beginning."""


def keep_sealed(raw: bytes, *, clinic: str, peer: str, reason: str, at: datetime) -> KeptForInspection:
    """Keeps what a peer sent, sealed with the current key and bound to its clinic; the reason is readable."""
    key_id, key = settings.CHAIRSIDE_KEYS.current_aes()
    nonce = secrets.token_bytes(NONCE_BYTES)
    return KeptForInspection.objects.create(
        clinic=clinic,
        received_at=at,
        peer=peer[:100],
        reason=reason,
        key_id=key_id,
        nonce=nonce,
        sealed=AESGCM(key).encrypt(nonce, raw[:KEPT_BYTES], clinic.encode()),
    )


def unsealed(kept: KeptForInspection) -> bytes:
    """What was sent; bytes that were changed raise `cryptography.exceptions.InvalidTag`."""
    key: bytes = settings.CHAIRSIDE_KEYS.aes_key(kept.key_id)
    return AESGCM(key).decrypt(bytes(kept.nonce), bytes(kept.sealed), kept.clinic.encode())
