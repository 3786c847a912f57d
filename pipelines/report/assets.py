"""The scorecard site as an asset: drawn after the marts are in place. Where it fails, the marts stay published and the run says so."""

from typing import Any

import dagster as dg

from pipelines.report.site.build import build_site

SITE_KEY = dg.AssetKey(["published", "site"])


def build_site_asset(marts_key: dg.AssetKey) -> dg.AssetsDefinition:
    """marts_key is the asset whose publication the site shows."""

    @dg.asset(
        key=SITE_KEY,
        deps=[marts_key],
        group_name="published",
        kinds={"html"},
        owners=["team:performance_analysis"],
        description="The scorecard site: static pages drawn from the published marts, only those that changed, switched in one step.",
    )
    def published_site(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Any]) -> dg.MaterializeResult:
        settings, reporter = warehouse.settings, warehouse.reporter
        reporter.step("scorecard site")
        site = build_site(settings.published_dir, settings.marts_path, settings.threads, on_step=reporter.detail)
        context.log.info(f"{site.pages} pages, {site.drawn} drawn anew")
        return dg.MaterializeResult(
            metadata={"index": dg.MetadataValue.path(site.index), "pages": site.pages, "drawn": site.drawn, "seconds": round(site.seconds, 1)}
        )

    return published_site
