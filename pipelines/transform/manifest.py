"""dbt's manifest of the project: parsed once per version of the code, and refused where a personal column would be published."""

from __future__ import annotations

import json
from typing import Any

from pipelines.catalogue.compiler import compile_catalogue
from pipelines.contracts.loading import load_contracts
from pipelines.settings import Settings
from pipelines.transform.personal import refuse_personal_columns
from pipelines.transform.project import TransformError, code_version
from pipelines.transform.runner import call_dbt, keep_parsed


def load_manifest(settings: Settings) -> dict[str, Any]:
    """dbt's manifest of the project as it stands, parsed again only when a file of it has changed.

    Raises CatalogueError where the catalogue has mistakes, TransformError where dbt cannot parse the project or where a published model would
    show a personal column: then nothing is built.
    """
    manifest_path = settings.dbt_target_dir / "manifest.json"
    version_path = settings.dbt_target_dir / "manifest.version"
    compile_catalogue()
    version = code_version()
    try:
        if version_path.read_text() == version:
            return dict(json.loads(manifest_path.read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        pass
    # Partial parsing misses some changes (a seed's columns, a macro behind a unit test): another version is parsed whole.
    parsed = call_dbt(settings, ["parse", "--no-partial-parse"])
    if not parsed.success:
        raise TransformError(f"dbt cannot parse the project: {parsed.exception}") from parsed.exception
    manifest = dict(json.loads(manifest_path.read_text()))
    refuse_personal_columns(settings, load_contracts(), manifest, parsed.result, version)
    keep_parsed(settings, parsed.result, version)
    # last: a project that was refused is parsed, and refused, again
    version_path.write_text(version)
    return manifest
