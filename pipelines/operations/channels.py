"""Ways to tell a person: mail by SMTP, and webhooks in the shapes of Teams and Slack."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from pipelines.settings import Alerting

SECONDS = 20


@dataclass(frozen=True)
class Note:
    """What is sent: a subject, and lines of (title, sentence, what to do)."""

    subject: str
    lines: Sequence[tuple[str, str, str]]


class Channel(Protocol):
    @property
    def name(self) -> str:
        """Says where it leads, without what is secret in an address."""

    def send(self, note: Note) -> None:
        """Raises OSError where it could not be delivered."""


@dataclass(frozen=True)
class Mail:
    """`smtp://[user:password@]host[:port]` (STARTTLS where the server offers it) or `smtps://…`."""

    url: str
    sender: str
    recipients: Sequence[str]

    @property
    def name(self) -> str:
        return f"mail by {urlsplit(self.url).hostname}"

    def send(self, note: Note) -> None:
        lines = "\n\n".join("\n".join(part for part in line if part) for line in note.lines)
        deliver(self.url, letter(note.subject, self.sender, self.recipients, lines or note.subject))


def letter(subject: str, sender: str, recipients: Sequence[str], text: str, html: str | None = None) -> EmailMessage:
    """A mail in plain text, and in HTML beside it where there is one."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, sender, ", ".join(recipients)
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def deliver(url: str, message: EmailMessage) -> None:
    """Hand a mail to the server. Raises OSError where it does not take it."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


@dataclass(frozen=True)
class Webhook:
    """A URL that takes JSON: `teams` an Adaptive Card, `slack` blocks."""

    shape: str
    url: str

    @property
    def name(self) -> str:
        return f"{self.shape} webhook at {urlsplit(self.url).hostname}"

    def send(self, note: Note) -> None:
        body = json.dumps(_card(note) if self.shape == "teams" else _blocks(note), ensure_ascii=False).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            answer.read()


def _card(note: Note) -> dict[str, object]:
    body: list[dict[str, object]] = [{"type": "TextBlock", "text": note.subject, "weight": "Bolder", "size": "Medium", "wrap": True}]
    for title, sentence, way_out in note.lines:
        body.append({"type": "TextBlock", "text": title, "weight": "Bolder", "wrap": True})
        body.append({"type": "TextBlock", "text": " ".join(part for part in (sentence, way_out) if part), "wrap": True})
    card = {"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body}
    return {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]}


def _blocks(note: Note) -> dict[str, object]:
    blocks: list[dict[str, object]] = [{"type": "header", "text": {"type": "plain_text", "text": note.subject[:150]}}]
    for title, sentence, way_out in note.lines[:49]:  # what Slack takes
        text = f"*{title}*\n{sentence}" + (f"\n{way_out}" if way_out else "")
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}})
    return {"text": note.subject, "blocks": blocks}


def channels(alerting: Alerting) -> Iterator[Channel]:
    """Every way that is configured."""
    if alerting.smtp_url and alerting.recipients:
        yield Mail(alerting.smtp_url, alerting.sender, alerting.recipients)
    for shape, url in alerting.webhooks:
        yield Webhook(shape, url)
