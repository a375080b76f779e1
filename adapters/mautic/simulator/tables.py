"""The tables of statistics: their columns, and their rows as the database has them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.mautic.simulator.refusals import unknown_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row: TypeAlias = "dict[str, Any]"
"""Numbers, bools, texts, instants and None by column."""

COLUMNS: dict[str, str] = {
    "asset_downloads": "asset_id code date_download email_id id ip_id lead_id referer source "
    "source_id tracking_id utm_campaign utm_content utm_medium utm_source utm_term",
    "audit_log": "action bundle date_added details id ip_address object object_id user_id "
    "user_name",
    "campaign_leads": "campaign_id date_added date_last_exited lead_id manually_added "
    "manually_removed rotation",
    "email_stat_replies": "date_replied id message_id stat_id",
    "email_stats": "id email_id lead_id list_id ip_id email_address date_sent is_read is_failed "
    "viewed_in_browser date_read tracking_hash retry_count source source_id open_count last_opened "
    "open_details",
    "email_stats_devices": "date_opened device_id id ip_id stat_id",
    "form_submissions": "date_submitted form_id id ip_id lead_id page_id referer tracking_id",
    "ip_addresses": "id ip_address ip_details",
    "lead_devices": "client_info date_added device device_brand device_model device_os_name "
    "device_os_platform device_os_shortname device_os_version id lead_id tracking_id",
    "lead_donotcontact": "channel channel_id comments date_added id lead_id reason",
    "lead_lists_leads": "date_added lead_id leadlist_id manually_added manually_removed",
    "lead_points_change_log": "action_name date_added delta event_name group_id id ip_id lead_id "
    "type",
    "lead_stages_change_log": "action_name date_added event_name id lead_id stage_id",
    "lead_utmtags": "date_added id lead_id query referer remote_host url user_agent utm_campaign "
    "utm_content utm_medium utm_source utm_term",
    "page_hits": "browser_languages city code country date_hit date_left device_id email_id id "
    "ip_id isp lead_id organization page_id page_language query redirect_id referer region "
    "remote_host source source_id tracking_id url url_title user_agent",
    "page_redirects": "hits id redirect_id unique_hits url",
    "sms_message_stats": "date_sent details id ip_id is_failed lead_id list_id sms_id source "
    "source_id tokens tracking_hash",
    "webhook_logs": "date_added id note runtime status_code webhook_id",
}
"""The tables of which something can be known here; an instance has some more."""
OTHER_TABLES = (
    "channel_url_trackables", "companies_leads", "contact_merge_records",
    "dynamic_content_lead_data", "dynamic_content_stats", "focus_stats", "lead_categories",
    "lead_companies_change_log", "lead_event_log", "lead_frequencyrules", "point_lead_action_log",
    "point_lead_event_log", "push_notification_stats", "stage_lead_action_log", "tweet_stats",
    "video_hits",
)  # fmt: skip
"""Tables that are there and stay empty."""

HIDDEN: dict[str, tuple[str, ...]] = {"email_stats": ("copy_id", "tokens")}
"""Columns that rows are filtered by, and do not show."""

FOLLOWING = frozenset({
    "asset_downloads", "email_stats", "form_submissions", "lead_devices", "lead_points_change_log",
    "page_hits",
})  # fmt: skip
"""Where rows of a contact that is merged become those of the one that is left."""
LOOSENED = frozenset(
    {"asset_downloads", "email_stats", "form_submissions", "page_hits", "sms_message_stats"}
)
"""Where rows of a contact that is deleted stay, without it."""
_ANYBODY = frozenset({"ip_addresses", "page_redirects"})
_PERMISSIONS = {"webhook_logs": "webhook:webhooks", "audit_log": "admin"}


class Tables:
    """The rows of all tables, in the order of their ids."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in (*COLUMNS, *OTHER_TABLES)}
        self._ids: dict[str, count[int]] = defaultdict(lambda: count(1))
        self._by_lead: dict[tuple[str, int], list[Row]] = defaultdict(list)

    def add(self, table: str, /, **values: object) -> Row:
        """Put a row into a table; what is not said of it is None. Return it, with its id."""
        columns = [*columns_of(table), *HIDDEN.get(table, ())]
        strange = values.keys() - {*columns}
        if strange:
            raise ValueError(f"{table} has no column {strange.pop()}")
        row: Row = dict.fromkeys(columns) | values
        if "id" in row and row["id"] is None:
            row["id"] = next(self._ids[table])
        self.rows[table].append(row)
        if row.get("lead_id") is not None:
            self._by_lead[table, row["lead_id"]].append(row)
        return row

    def remove(self, table: str, lead_id: int, passes: Callable[[Row], bool]) -> list[Row]:
        """Take the rows of a contact that pass out of a table, and return them."""
        own = self.of(table, lead_id)
        gone = [row for row in own if passes(row)]
        if gone:
            ids = {id(row) for row in gone}
            self.rows[table] = [row for row in self.rows[table] if id(row) not in ids]
            self._by_lead[table, lead_id] = [row for row in own if id(row) not in ids]
        return gone

    def assign(self, table: str, row: Row, lead_id: int) -> None:
        """Say whose a row is, which was nobody's or another one's."""
        if row["lead_id"] is not None:
            self._by_lead[table, row["lead_id"]].remove(row)
        row["lead_id"] = lead_id
        self._by_lead[table, lead_id].append(row)

    def of(self, table: str, lead_id: int) -> list[Row]:
        """Return the rows of a contact."""
        return self._by_lead.get((table, lead_id), [])

    def after(self, table: str, row_id: int) -> Sequence[Row]:
        """Return the rows whose ids are greater."""
        rows = self.rows[table]
        return rows[bisect_right(rows, row_id, key=lambda row: row["id"]) :]

    def follow(self, loser: int, victor: int) -> None:
        """Give the rows of a contact to the one that it was merged into."""
        entered = {row["leadlist_id"] for row in self.of("lead_lists_leads", victor)}
        for table in (*FOLLOWING, "lead_lists_leads"):
            own = self._by_lead.pop((table, loser), [])
            going = [row for row in own if row.get("leadlist_id") not in entered]
            for row in going:
                row["lead_id"] = victor
            self._by_lead[table, victor] += going
            self._by_lead[table, loser] = [row for row in own if row["lead_id"] == loser]

    def forget(self, lead_id: int) -> None:
        """Take a contact that is deleted out of all rows."""
        for table in self.rows:
            if table in LOOSENED:
                for row in self._by_lead.pop((table, lead_id), []):
                    row["lead_id"] = None
            elif self.of(table, lead_id):
                self.remove(table, lead_id, lambda _: True)


class TableColumns:
    """The columns of one table, as the filters of a request name them."""

    def __init__(self, table: str) -> None:
        self._columns = frozenset([*columns_of(table), *HIDDEN.get(table, ())])

    def getter(self, name: str) -> Callable[[Row], object]:
        """Return what reads a column; raises DatabaseError for none of that name."""
        column = name.rpartition(".")[2]
        if column not in self._columns:
            raise unknown_column(name)
        return lambda row: row[column]


def columns_of(table: str) -> list[str]:
    """Return the names of a table's columns, in order."""
    return COLUMNS.get(table, "id").split()


def permission_of(table: str) -> str | None:
    """Return what one needs the right to see for a table; None: nothing."""
    if table in _ANYBODY:
        return None
    return _PERMISSIONS.get(table, "lead:leads")
