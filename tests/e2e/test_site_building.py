"""How the site of a real nightly run is built: only what changed is drawn, by one process or several, and it is switched whole or not at all."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from pipelines.report.site.build import SiteError, build_site


def test_a_site_that_is_up_to_date_is_left_alone(published):
    settings = published.settings
    before = (settings.published_dir / "site").resolve()
    built = build_site(settings.published_dir, settings.marts_path)
    assert built.drawn == 0
    assert (settings.published_dir / "site").resolve() == before
    assert built.index.exists()


@pytest.mark.slow
def test_only_what_changed_is_drawn_again_and_the_former_site_is_kept(make_force):
    force = make_force(from_published=True)
    settings = force.settings
    before = (settings.published_dir / "site").resolve()
    _alter(force, "update measures.measure_findings set sentence = sentence || '!' where measure_id = 'arrest_volume'")
    built = build_site(settings.published_dir, settings.marts_path)
    after = (settings.published_dir / "site").resolve()
    assert after != before
    assert before.is_dir()
    changed = {path.relative_to(after).as_posix() for path in after.rglob("*.html") if not (before / path.relative_to(after)).samefile(path)}
    assert len(changed) == built.drawn
    assert {path.split("/")[1].removesuffix(".html") for path in changed if path.startswith("measures/")} == {"arrest_volume"}
    # the one before the former goes
    _alter(force, "update measures.measure_findings set sentence = sentence || '!' where measure_id = 'robbery_volume'")
    build_site(settings.published_dir, settings.marts_path)
    assert not before.exists()
    assert after.is_dir()


@pytest.mark.slow
def test_several_processes_draw_the_same_site(make_force, published):
    force = make_force(from_published=True)
    root = force.settings.published_dir
    (root / "site").unlink()
    shutil.rmtree(root / ".sites")
    steps: list[str] = []
    built = build_site(root, force.settings.marts_path, threads=2, on_step=steps.append)
    assert built.drawn == built.pages
    assert any("parts" in step for step in steps)
    one, several = published.settings.published_dir / "site", root / "site"
    files = {path.relative_to(one) for path in one.rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert files == {path.relative_to(several) for path in several.rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert [path for path in files if (one / path).read_bytes() != (several / path).read_bytes()] == []


@pytest.mark.slow
def test_a_build_that_dies_leaves_the_site_as_it_was(make_force):
    force = make_force(from_published=True)
    settings = force.settings
    before = (settings.published_dir / "site").resolve()
    _alter(force, "update measures.measure_findings set sentence = sentence || '!' where measure_id = 'arrest_volume'")

    def die(step: str) -> None:
        if step == "switch":
            raise OSError("no space left on device")

    with pytest.raises(SiteError, match="The site before stays in place"):
        build_site(settings.published_dir, settings.marts_path, on_step=die)
    assert (settings.published_dir / "site").resolve() == before
    assert [path for path in (settings.published_dir / ".sites").iterdir() if path.name.startswith(".staging")] == []


def _alter(force, sql: str) -> None:
    """Change a row of the published marts in place, as no publication would."""
    path = force.settings.marts_path.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as marts:
        marts.execute(sql)
