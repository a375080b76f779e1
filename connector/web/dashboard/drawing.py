"""Plain HTML, element by element: what Quasar's own widgets would be too heavy for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

Each = TypeVar("Each", bound=Element)


def box(tag: str = "div", kind: str = "", **attributes: str) -> Element:
    """Return an element that others are put into, with classes and attributes."""
    return _dressed(ui.element(tag), kind, attributes)


def text(tag: str, told: str, kind: str = "", **attributes: str) -> TextElement:
    """Return an element that holds a text; nothing in it is taken for HTML."""
    return _dressed(TextElement(tag=tag, text=told), kind, attributes)


def link(told: str, target: str, kind: str = "", **attributes: str) -> Element:
    """Return a link to a page of ours."""
    return text("a", told, kind, href=target, **attributes)


def button(
    told: str, do: Callable[[], Awaitable[None]], kind: str = "", **attributes: str
) -> Element:
    """Return a button that has something done."""

    async def pressed() -> None:
        await do()

    return text("button", told, f"button {kind}", type="button", **attributes).on("click", pressed)


def table(caption: str, head: Sequence[tuple[str, str]], kind: str = "") -> Element:
    """Return the body of a table; each column is a title and its classes.

    The caption is for those who hear the page, where a heading above tells it to others.
    """
    with (
        box("div", "scroll", tabindex="0", role="region", **{"aria-label": caption}),
        box("table", kind),
    ):
        text("caption", caption, "unseen")
        with box("thead"), box("tr"):
            for title, classes in head:
                text("th", title, classes, scope="col")
        return box("tbody")


def card(title: str, kind: str = "") -> Element:
    """Return a part of a page under a heading."""
    with box("section", f"card {kind}") as found:
        text("h2", title)
    return found


def _dressed(element: Each, kind: str, attributes: dict[str, str]) -> Each:
    if kind:
        element.classes(kind)
    for name, value in _spelled(attributes):
        element.props[name] = value
    return element


def _spelled(attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in attributes.items():
        yield name.rstrip("_").replace("_", "-"), value
