"""A night on a restored warehouse publishes what it would have published on the first one."""

import shutil

from pipelines.publish.backup import back_up, restore


def test_a_night_after_a_restore_equals_one_without_it(published, make_force, tmp_path):
    first, restored = make_force("first", from_published=True), make_force("restored")
    restore(restored.settings, back_up(first.settings, tmp_path / "backups"))
    assert restored.fingerprint() == published.fingerprint()
    restored.landing.rmdir()
    shutil.copytree(published.landing, restored.landing)
    assert restored.run() == 0
    assert restored.fingerprint() == published.fingerprint()
    said = "select count(*), count(distinct published_at) from quality.publications"
    assert restored.query(said) == [(2, 2)], "what the first publication said is not forgotten"
