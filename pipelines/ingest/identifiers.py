"""Personal identifiers are hashed with a key, and names masked, as soon as a block is read, so that no clear value reaches the database."""

from __future__ import annotations

import hashlib
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


def one_spelling(numbers: pl.Series, region: str) -> pl.Series:
    """Phone numbers in E.164; a text that cannot be one (withheld, an extension, 999) as it is."""
    # Nearly every number is written in one of these ways, and the library takes seventy microseconds for each.
    plain = numbers.str.replace_all(r"[ ().-]", "")
    is_plain = plain.str.contains(r"^0[1-37][0-9]{9}$") if region == "GB" else pl.repeat(False, len(numbers), eager=True)
    others = over_distinct(numbers.filter(~is_plain), lambda text: _parsed(text, region), pl.String())
    return ("+44" + plain.str.slice(1)).scatter((~is_plain).arg_true(), others).alias(numbers.name)


def _parsed(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else text


def without_persons(block: Conformed, feed: Feed, digest: Callable[[str], str]) -> Conformed:
    """The block with its personal identifiers hashed, and the texts that may name a person masked.

    Values repeat, so each distinct one is worked on once.
    """
    rows = block.accepted
    hashed = [
        over_distinct(one_spelling(rows[c.name], c.phone_region) if c.phone_region else rows[c.name], digest, pl.String())
        for c in feed.columns
        if c.is_personal_identifier
    ]
    changed = [*hashed, *(over_distinct(rows[c.name], masked, pl.String()) for c in feed.columns if c.is_masked)]
    return replace(block, accepted=rows.with_columns(changed)) if changed else block
