"""A folder behind a link is switched whole, or not at all."""

import pytest

from pipelines.versioned_folder import VersionedFolder


def _publish(folder: VersionedFolder, text: str) -> None:
    with folder.staging() as staging:
        (staging / "page").write_text(text)
        folder.put_in_place(staging)


def test_readers_see_the_newest_version_and_the_one_before_stays(tmp_path):
    folder = VersionedFolder(tmp_path / "site", tmp_path / ".sites")
    assert folder.live is None
    for text in ("first", "second", "third"):
        _publish(folder, text)
    assert (tmp_path / "site" / "page").read_text() == "third"
    assert sorted((version / "page").read_text() for version in folder.versions.iterdir()) == ["second", "third"]


def test_what_fails_leaves_the_version_in_place_and_nothing_behind(tmp_path):
    folder = VersionedFolder(tmp_path / "site", tmp_path / ".sites")
    _publish(folder, "first")
    (folder.versions / ".staging-of-a-killed-process").mkdir()
    with pytest.raises(OSError, match="disk full"), folder.staging() as staging:
        (staging / "page").write_text("half")
        raise OSError("disk full")
    assert (tmp_path / "site" / "page").read_text() == "first"
    assert list(folder.versions.iterdir()) == [folder.live]


def test_a_real_folder_in_its_place_is_moved_away(tmp_path):
    folder = VersionedFolder(tmp_path / "site", tmp_path / ".sites")
    (tmp_path / "site").mkdir()
    _publish(folder, "first")
    assert (tmp_path / "site").is_symlink() and (tmp_path / "site" / "page").read_text() == "first"
