"""Site and workbooks as assets: made after the marts are in place. Where one fails, the marts stay published and the run says so."""

from typing import Any

import dagster as dg

from pipelines.report.marts import MartsError
from pipelines.report.site.build import SiteError, build_site
from pipelines.report.workbooks.publication import publish_workbooks

SITE_KEY = dg.AssetKey(["published", "site"])
WORKBOOKS_KEY = dg.AssetKey(["published", "xlsx"])


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
    def published_site(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Any]) -> dg.MaterializeResult[None]:
        settings, reporter = warehouse.settings, warehouse.reporter
        reporter.step("scorecard site")
        try:
            site = build_site(settings.published_dir, settings.marts_path, settings.threads, on_step=reporter.detail)
        except (MartsError, SiteError) as error:
            raise dg.Failure(f"{error} (the marts are published; `scorecards site` tries again)") from error
        context.log.info(f"{site.pages} pages, {site.drawn} drawn anew")
        return dg.MaterializeResult(
            metadata={"index": dg.MetadataValue.path(site.index), "pages": site.pages, "drawn": site.drawn, "seconds": round(site.seconds, 1)}
        )

    return published_site


def build_workbooks_asset(marts_key: dg.AssetKey) -> dg.AssetsDefinition:
    """marts_key is the asset whose publication the workbooks show."""

    # before the site, whose cards lead to the workbooks that there are; it does without where one cannot be written
    @dg.asset(
        key=WORKBOOKS_KEY,
        deps=[marts_key],
        op_tags={"dagster/priority": "1"},
        group_name="published",
        kinds={"excel"},
        owners=["team:performance_analysis"],
        description="One Excel workbook per scorecard, from the published marts; one that shows nothing new stays as it is.",
    )
    def published_xlsx(warehouse: dg.ResourceParam[Any]) -> dg.MaterializeResult[None]:
        warehouse.reporter.step("workbooks")
        try:
            done = publish_workbooks(warehouse.settings)
        except (MartsError, OSError) as error:
            raise dg.Failure(f"{error} (the marts are published; `scorecards xlsx` tries again)") from error
        return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(done.folder), "written": len(done.written), "kept": len(done.kept)})

    return published_xlsx
