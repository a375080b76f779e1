"""The product with a mutation in its engine; the files stay as they are."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType
from typing import TypeAlias, cast

from connector.scoring.engine import Scored
from connector.scoring.model import Model
from tests.mutations.mutation import Mutation
from tests.reference.drawn_histories import Case
from tests.reference.history import Document
from tests.reference.product import model_of

Scoring: TypeAlias = Callable[[Case], Scored]
"""What the product makes of a case."""

_PRODUCT = "tests.reference.product"
_ENGINE = "connector.scoring."
_MODEL = "connector.scoring.model"


def planted(mutation: Mutation | None) -> Scoring:
    """Return how the product scores with `mutation` in its engine, None for the engine as it is.

    The modules of the engine are read anew, but for the model, which those that read it share.
    """
    for name in list(sys.modules):
        if name == _PRODUCT or (name.startswith(_ENGINE) and name != _MODEL):
            del sys.modules[name]
    finder = _Finder(mutation)
    sys.meta_path.insert(0, finder)
    try:
        product = importlib.import_module(_PRODUCT)
    finally:
        sys.meta_path.remove(finder)
    vars(product)[model_of.__name__] = _read_once
    return cast("Scoring", product.scored)


# To read a document takes as long as to score by it, and no mutation is about reading.
_read: dict[int, tuple[Document, Model]] = {}


def _read_once(document: Document, keep: timedelta | None) -> Model:
    if id(document) not in _read:
        # The document is held as well: its id is not to become another's.
        _read[id(document)] = (document, model_of(document, keep))
    return _read[id(document)][1]


class _Finder(MetaPathFinder):
    """Finds the mutated module before the true one is found."""

    def __init__(self, mutation: Mutation | None) -> None:
        self._mutation = mutation

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        mutation = self._mutation
        if mutation is None or fullname != mutation.module:
            return None
        return spec_from_file_location(fullname, mutation.path, loader=_Loader(mutation))


class _Loader(SourceFileLoader):
    """Compiles the mutated source; no cache is read or written."""

    def __init__(self, mutation: Mutation) -> None:
        super().__init__(mutation.module, str(mutation.path))
        self._mutation = mutation

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutation.source(), self.path, "exec", dont_inherit=True)
