"""Options of ECharts for what is drawn; colours that read well on a light and on a dark ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.web.dashboard.theme import ACCENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.sync.looking.pictures import Bar

QUIET = "#868e96"
LINE = "rgba(134, 142, 150, .25)"
FONT = {"fontFamily": "system-ui, sans-serif", "color": QUIET, "fontSize": 12}


def distribution(found: Sequence[Bar], axis: str, language: str) -> Mapping[str, Any]:
    """Return how many persons have how many points, as columns side by side."""
    # In the browser: NiceGUI takes what begins with a colon for a function there.
    written = f"value => value.toLocaleString('{language}')"
    return {
        "animation": False,
        "textStyle": FONT,
        "grid": {"left": 8, "right": 28, "top": 16, "bottom": 28, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "axisPointer": {"type": "shadow"},
            ":valueFormatter": written,
        },
        "xAxis": {
            "type": "category",
            "data": [label(each) for each in found],
            "name": axis,
            "nameLocation": "middle",
            "nameGap": 28,
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": LINE}},
            "axisLabel": {"color": QUIET, "hideOverlap": True},
        },
        "yAxis": {
            "type": "value",
            "minInterval": 1,
            "splitLine": {"lineStyle": {"color": LINE}},
            "axisLabel": {"color": QUIET, ":formatter": written},
        },
        "series": [
            {
                "type": "bar",
                "data": [each.persons for each in found],
                "barCategoryGap": "18%",
                "itemStyle": {"color": ACCENT, "borderRadius": [2, 2, 0, 0]},
            }
        ],
    }


def label(bar: Bar) -> str:
    """Return which points a bar stands for."""
    last = bar.high - 1
    return str(bar.low) if bar.low == last else f"{bar.low}\N{EN DASH}{last}"


def middle(found: Sequence[Bar]) -> Bar | None:
    """Return the bar in which the one in the middle of all persons is; None for nobody."""
    half, seen = sum(each.persons for each in found) / 2, 0
    for each in found:
        seen += each.persons
        if seen and seen >= half:
            return each
    return None
