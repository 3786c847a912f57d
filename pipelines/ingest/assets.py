"""One Dagster asset per feed: `raw/<feed>`, made from its contract; feeds that share a landing folder are taken in by one step."""

from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from pipelines.contracts.model import Contracts, Feed
from pipelines.ingest.feed import FeedOutcome, ingest_feed
from pipelines.masking import masked, without_values
from pipelines.resources import Warehouse


def raw_key(feed_name: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", feed_name])


def feed_spec(feed: Feed) -> dg.AssetSpec:
    """What the Dagster UI shows of a feed before any run: words, owner, columns and cadence, all from the contract.

    It has no freshness policy: Dagster would count from the last run, which takes in whatever there is and comes every night. Whether the data
    are late is what the check `fresh` says.
    """
    return dg.AssetSpec(
        key=raw_key(feed.name),
        group_name="raw",
        description=f"{feed.title}. {feed.description}",
        owners=[f"team:{owner_slug(feed.owner)}"],
        kinds={"polars", "duckdb"},
        tags={"domain": feed.domain},
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(
                        name,
                        type_,
                        description=feed.by_name[name].description if name in feed.by_name else None,
                        constraints=dg.TableColumnConstraints(nullable=not (name in feed.by_name and feed.by_name[name].required)),
                    )
                    for name, type_ in feed.raw_columns.items()
                ]
            ),
            "dagster/table_name": f"raw.{feed.name}",
            "contract": dg.MetadataValue.path(f"pipelines/contracts/{feed.path.name}"),
            "cadence_days": feed.cadence_days,
            "owner": feed.owner,
        },
    )


def owner_slug(owner: str) -> str:
    """The owner's name as Dagster accepts it for a team: letters, digits and underscores."""
    return "".join(c if c.isalnum() else "_" for c in owner.lower()).strip("_") or "unowned"


def build_folder_asset(feeds: Sequence[Feed], contracts: Contracts) -> dg.AssetsDefinition:
    """The asset that takes in whatever is new under one landing folder: a feed's, or the sheets of a workbook, each an asset of its own."""

    @dg.multi_asset(name=f"ingest_{feeds[0].folder}", specs=[feed_spec(feed) for feed in feeds])
    def ingest(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult[None]]:
        def say(message: str) -> None:
            context.log.info(message)
            warehouse.reporter.detail(message)

        warehouse.reporter.step(f"ingest {feeds[0].folder}")
        taken = []
        if feeds[0].name == next(iter(contracts.feeds)):  # once per run
            for problem in contracts.problems:
                context.log.warning(f"layout {problem}")
        with warehouse.connect() as connection:
            for feed in feeds:
                try:
                    outcome = ingest_feed(connection, feed.name, contracts, warehouse.settings, context.run.run_id, warehouse.now, say)
                except duckdb.Error as error:  # Dagster keeps the text of whatever is raised, and this one may hold values
                    raise dg.Failure(f"{feed.name} could not be written to the build database ({without_values(str(error))})") from None
                (rows,) = connection.execute(f'select count(*) from raw."{feed.name}"').fetchone() or (0,)
                taken.append(_materialized(feed, outcome, rows))
                for file in outcome.files:
                    if file.status != "loaded":
                        context.log.warning(f"{masked(file.file_path)}: {file.status}: {file.message}")
        yield from taken

    return ingest


def _materialized(feed: Feed, outcome: FeedOutcome, rows: int) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        asset_key=raw_key(feed.name),
        metadata={
            "dagster/row_count": rows,
            "files_seen": outcome.files_seen,
            "files_loaded": outcome.files_loaded,
            "files_refused": outcome.files_refused,
            "files_deferred": outcome.files_deferred,
            "rows_read": outcome.rows_read,
            "rows_accepted": outcome.rows_accepted,
            "rows_rejected": outcome.rows_rejected,
            "files": [f"{masked(f.file_path)}: {f.status}" for f in outcome.files[:200]],
        },
    )
