"""Downloads from a server of the test's own: in parts where it gives them, whole where it does not."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipelines.commands.download import FETCHED, INCOMPLETE, UNREACHABLE, download_police_uk, months_between
from tests.landing import Landing

HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n"


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for month in ("2023-05", "2023-06"):
            row = f",{month},Wiltshire Police,Wiltshire Police,-1.78,51.56,On or near A Road,E01015479,Swindon 001A,Drugs,,\n"
            made.writestr(f"{month}/{month}-wiltshire-street.csv", HEADER + row)
            made.writestr(f"{month}/{month}-wiltshire-outcomes.csv", "x\n")
            made.writestr(f"{month}/{month}-kent-street.csv", HEADER + "x" * 3_000_000, zipfile.ZIP_STORED)
    return buffer.getvalue()


@contextmanager
def served(content: bytes, gives_parts: bool) -> Iterator[tuple[str, list[int]]]:
    """The address of a server that has the archive as 2023-06.zip, and the bytes that it has sent, answer by answer."""
    sent: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/archive/2023-06.zip":
                self.send_error(404)
                return
            asked = self.headers.get("Range")
            body = content
            if gives_parts and asked:
                first, last = (int(n) for n in asked.removeprefix("bytes=").split("-"))
                body = content[first : last + 1]
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            sent.append(len(body))
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/archive", sent
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("gives_parts", [True, False])
def test_the_months_of_a_force_land_in_a_folder_of_today_and_are_taken_in(tmp_path, gives_parts):
    landing = Landing.at(tmp_path)
    with served(archive(), gives_parts) as (address, sent):
        assert download_police_uk(landing.settings, ["wiltshire"], ["2023-05", "2023-06"], "2023-06", address) == FETCHED
        if gives_parts:
            assert sum(sent) < 4_000_000, "what was not asked for was not fetched"
    folder = landing.settings.landing_dir / "police_uk_street" / date.today().isoformat()
    assert sorted(path.name for path in folder.iterdir()) == ["2023-05-wiltshire-street.csv", "2023-06-wiltshire-street.csv"]
    assert landing.run("police_uk_street").rows_accepted == 2


def test_what_the_archive_lacks_is_named(tmp_path, capsys):
    landing = Landing.at(tmp_path)
    with served(archive(), gives_parts=True) as (address, _):
        assert download_police_uk(landing.settings, ["wiltshire"], ["2023-06", "2023-07"], "2023-06", address) == INCOMPLETE
    assert "nothing of wiltshire 2023-07" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("content", [archive(), b"no archive" * 100])
def test_what_cannot_be_fetched_ends_with_a_sentence_and_leaves_nothing(tmp_path, capsys, content):
    landing = Landing.at(tmp_path)
    with served(content, gives_parts=True) as (address, _):
        release = "2023-06" if content.startswith(b"no") else "2023-09"
        assert download_police_uk(landing.settings, ["wiltshire"], ["2023-06"], release, address) == UNREACHABLE
    assert "cannot be fetched" in " ".join(capsys.readouterr().out.split())
    assert not landing.settings.landing_dir.exists()


def test_months_run_over_the_year():
    assert months_between(date(2022, 11, 1), date(2023, 2, 1)) == ["2022-11", "2022-12", "2023-01", "2023-02"]
