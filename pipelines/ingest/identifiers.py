"""Personal identifiers are hashed with a key, and names masked, as soon as a block is read, so that no clear value reaches the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

import phonenumbers
import polars as pl

from pipelines.contracts.model import Feed
from pipelines.ingest.conform import Conformed, over_distinct
from pipelines.masking import masked

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


def one_spelling(text: str, region: str) -> str:
    """A phone number in E.164; a text that cannot be one (withheld, an extension, 999) as it is."""
    # Nearly every number is written in one of these ways, and the library takes seventy microseconds for each.
    plain = re.sub(r"[ ().-]", "", text)
    if region == "GB" and re.fullmatch(r"0[1-37]\d{9}", plain, re.ASCII):
        return "+44" + plain[1:]
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else text


def without_persons(block: Conformed, feed: Feed, digest: Callable[[str], str]) -> Conformed:
    """The block with its personal identifiers hashed, and the texts that may name a person masked.

    Values repeat, so each distinct one is worked on once.
    """
    changes = {c.name: _hashing(c.phone_region, digest) for c in feed.columns if c.is_personal_identifier}
    changes |= {c.name: masked for c in feed.columns if c.is_masked}
    changed = [over_distinct(block.accepted[name], change, pl.String()) for name, change in changes.items()]
    return replace(block, accepted=block.accepted.with_columns(changed)) if changed else block


def _hashing(phone_region: str | None, digest: Callable[[str], str]) -> Callable[[str], str]:
    return digest if phone_region is None else lambda text: digest(one_spelling(text, phone_region))
