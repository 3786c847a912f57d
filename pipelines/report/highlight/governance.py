"""The governance workbook in a highlight report: its version for the quarter, and the governance map."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipelines.report.governance_map import Link, map_columns
from pipelines.report.highlight.cells import Cell, cell
from pipelines.report.highlight.model import Arrow, Deliverable, Issue, Item, Node, Priority, Remark, Risk, Topic
from pipelines.report.highlight.period import Period
from pipelines.report.marts import Marts, Row


class Governance:
    """The rows of the newest version up to the end of the quarter, or of the oldest version there is."""

    def __init__(self, marts: Marts, card: Row, period: Period) -> None:
        self.marts, self.period = marts, period
        self.frameworks = [name.strip() for name in (card.shows_items_of or card.framework).split(";")]
        versions = [
            row.listed_as_of
            for row in marts.rows(
                "select distinct listed_as_of from governance.deliverables union select distinct first_listed_as_of from governance.deliverables"
            )
        ] + [row.as_of for row in marts.rows("select distinct as_of from governance.deliverable_history")]
        upto = [v for v in versions if v <= period.quarter_end]
        self.version: date | None = max(upto) if upto else min(versions, default=None)
        self.is_of_another_quarter = self.version is not None and not period.quarter_start <= self.version <= period.quarter_end
        newest = marts.rows("select * from governance.deliverable_history where as_of = ? order by all limit 1", [self.version])
        self.as_of = cell(newest[0], "as_of") if newest else None
        self._issues: dict[tuple[str, str], list[Issue]] = {}
        for row in marts.rows("select * from quality.narrative_issues where source <> 'finding' order by all"):
            issue = Issue(cell(row, "message"), cell(row, "way_out"), _some(row, "sheet_row_text"))
            self._issues.setdefault((row.source, row.source_id), []).append(issue)

    def _issues_of(self, source: str, source_id: str) -> tuple[Issue, ...]:
        return tuple(self._issues.get((source, source_id), ()))

    def _listed(self, table: str, priority: int) -> list[Row]:
        if self.version is None:
            return []
        return self.marts.rows(
            f"""
            select * from governance.{table}
            where plan_priority = $priority and framework in (select unnest($frameworks))
                and first_listed_as_of <= $version and listed_as_of >= $version
            order by all
            """,
            {"priority": priority, "frameworks": self.frameworks, "version": self.version},
        )

    def priority(self, topic: Row, topics: tuple[Topic, ...]) -> Priority:
        number = topic.plan_priority
        outcomes = [
            row
            for row in self._listed("outcomes", number)
            # outcomes listed by an earlier version belong to an earlier quarter
            if row.first_listed_as_of == self.version or (row.achieved_on and self.period.quarter_start <= row.achieved_on <= self.period.quarter_end)
        ]
        return Priority(
            number=number,
            number_cell=cell(topic, "plan_priority"),
            title=cell(topic, "plan_priority_title"),
            outcomes=tuple(Item(cell(row, "title"), _some(row, "achieved_on"), None, self._issues_of("outcome", row.outcome_id)) for row in outcomes),
            focus=tuple(
                Item(cell(row, "title"), _some(row, "due_raw"), _some(row, "owner"), self._issues_of("focus", row.focus_id))
                for row in self._listed("focus", number)
            ),
            deliverables=tuple(self._deliverables(number)),
            risks=tuple(self._risks(number)),
            topics=topics,
        )

    def _deliverables(self, priority: int) -> Iterable[Deliverable]:
        plans = {row.deliverable_id: row for row in self.marts.rows("select * from governance.deliverables")}
        history = self.marts.rows(
            """
            select * from governance.deliverable_history
            where as_of = $version and plan_priority = $priority and framework in (select unnest($frameworks)) and row_state <> 'withdrawn'
            order by due_date nulls last, deliverable_id
            """,
            {"version": self.version, "priority": priority, "frameworks": self.frameworks},
        )
        for row in history:
            plan = plans.get(row.deliverable_id)
            if plan is None:
                continue
            is_current = row.is_latest_version and row.due_raw == plan.due_raw
            state = "overdue" if row.is_overdue else "complete" if row.progress_pct == 100 else "on track"
            if is_current and state == "on track":
                state = "at risk" if plan.is_at_risk else "no date" if plan.due_date is None else state
            yield Deliverable(
                title=cell(plan, "title"),
                due=cell(row, "due_raw"),
                read_as=_some(row, "due_date"),
                progress=cell(row, "progress_pct", "share done"),
                change=cell(row, "progress_change", "signed") if row.progress_change is not None else None,
                stated=_some(row, "stated_rag"),
                rag=_some(plan, "rag") if is_current else None,
                state=state,
                days_overdue=cell(plan, "days_overdue") if is_current and state == "overdue" and plan.days_overdue is not None else None,
                owner=_some(plan, "owner"),
                blockers=_some(plan, "blockers") if is_current else None,
                issues=self._issues_of("deliverable", row.deliverable_id),
            )

    def _risks(self, priority: int) -> Iterable[Risk]:
        for row in self.marts.rows(
            """
            select * from governance.risk_history
            where as_of = $version and plan_priority = $priority and framework in (select unnest($frameworks))
                and row_state <> 'withdrawn' and status not in ('closed', 'managed')
            order by current_score desc nulls last, risk_id
            """,
            {"version": self.version, "priority": priority, "frameworks": self.frameworks},
        ):
            yield Risk(
                risk_id=cell(row, "risk_id"),
                kind=cell(row, "kind"),
                title=cell(row, "title"),
                score=_some(row, "current_score"),
                band=_some(row, "current_band"),
                movement=_some(row, "movement"),
                owner=_some(row, "owner"),
                is_review_overdue=bool(row.is_review_overdue),
                issues=self._issues_of("risk", row.risk_id),
            )

    def remarks(self, topic: str | None, priority: int) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
        """SO WHAT and NOW WHAT of a topic."""
        rows = [row for row in self._listed("commentary", priority) if row.topic == topic]
        remarks = {"so_what": [], "now_what": []}  # type: dict[str, list[Remark]]
        for row in sorted(rows, key=lambda row: row.commentary_id):
            if row.kind in remarks:
                remarks[row.kind].append(
                    Remark(
                        sentence=cell(row, "sentence"),
                        type=cell(row, "type"),
                        evidence=_some(row, "evidence", "plain"),
                        owner=_some(row, "owner"),
                        due=_some(row, "due_raw"),
                        of_period=_some(row, "period_end", "short month"),
                        listed_as_of=cell(row, "listed_as_of"),
                        issues=self._issues_of("commentary", row.commentary_id),
                    )
                )
        return tuple(remarks["so_what"]), tuple(remarks["now_what"])


def _some(row: Row, column: str, form: str | None = None) -> Cell | None:
    return None if row[column] is None else cell(row, column, form)


def governance_map(marts: Marts) -> tuple[tuple[Node, ...], tuple[Arrow, ...]]:
    """The boxes that arrows join, each with its column and row, and the arrows."""
    boxes = {row.node_id: row for row in marts.rows("select * from governance.governance_nodes where not is_withdrawn order by node_id")}
    rows = marts.rows("select * from governance.governance_map order by link_id")
    arrows = [
        Arrow(row.from_node, row.to_node, cell(row, "relation", "plain"), cell(row, "from_name"), cell(row, "to_name"))
        for row in rows
        if row.from_node in boxes and row.to_node in boxes
    ]
    joined = sorted({node for arrow in arrows for node in (arrow.from_node, arrow.to_node)})
    links = [Link(arrow.from_node, arrow.to_node, arrow.relation.text) for arrow in arrows]
    nodes = [
        Node(node_id, cell(boxes[node_id], "name"), cell(boxes[node_id], "kind"), _some(boxes[node_id], "description"), column, row)
        for column, node_ids in enumerate(map_columns(joined, links))
        for row, node_id in enumerate(node_ids)
    ]
    return tuple(nodes), tuple(arrows)
