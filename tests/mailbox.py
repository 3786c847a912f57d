"""A mail server of a test's own, which keeps what it takes in."""

from __future__ import annotations

import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class Mailbox:
    """What an SMTP server took in."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    @property
    def letters(self) -> list[tuple[str, str]]:
        """The subject and the plain text of each."""
        return [(message["subject"], message.get_body(("plain",)).get_content()) for message in self.messages]

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[str, Mailbox]]:
    """Its URL, and its mailbox."""
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{port}", mailbox
    finally:
        server.stop()
