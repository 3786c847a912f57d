"""Personal identifiers are hashed with a key as soon as a block is read, so that no clear value reaches the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import polars as pl

from pipelines.contracts.model import Feed
from pipelines.ingest.conform import Conformed, over_distinct

_BLOCK_BYTES = 64  # of SHA-256, for HMAC


def keyed_hash(key: bytes) -> Callable[[str], str]:
    """HMAC-SHA256 (RFC 2104) of a text without its spaces, in lower-case hex; the key is taken in once, not once a text."""
    padded = (hashlib.sha256(key).digest() if len(key) > _BLOCK_BYTES else key).ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (hashlib.sha256(bytes(b ^ pad for b in padded)) for pad in (0x36, 0x5C))

    def digest(text: str) -> str:
        message, result = inner.copy(), outer.copy()
        message.update(text.replace(" ", "").encode())
        result.update(message.digest())
        return result.hexdigest()

    return digest


def with_hashed_identifiers(block: Conformed, feed: Feed, digest: Callable[[str], str]) -> Conformed:
    """The block with the columns that the contract calls personal_identifier hashed; callers come again, so once a distinct value."""
    hashed = [over_distinct(block.accepted[c.name], digest, pl.String()) for c in feed.columns if c.is_personal_identifier]
    return replace(block, accepted=block.accepted.with_columns(hashed)) if hashed else block
