"""Three kinds of import contract that import-linter does not bring along.

They find the rooms themselves, so that a new room obeys them from its first commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.layers import LayersContract
from importlinter.domain.imports import ModuleExpression

if TYPE_CHECKING:
    from grimp import ImportGraph


class Furniture(LayersContract):
    """Exhaustive layers inside every child of the root package but the exempt ones."""

    type_name = "furniture"
    exempt = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Name the rooms, then check them as containers of the same layers."""
        exempt: set[Any] = self.exempt  # type: ignore[assignment]  # a field becomes its value
        (root,) = self.session_options["root_packages"]
        rooms = sorted(graph.find_children(root) - exempt)
        self.containers: Any = [ModuleExpression(room) for room in rooms]
        self.exhaustive: Any = True
        return super().check(graph, verbose)


class Private(Contract):
    """The matched modules are imported only from inside their own parent package."""

    type_name = "private"
    modules = fields.ModuleExpressionField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import that reaches one from elsewhere."""
        found = [
            f"{importer} -> {module}"
            for top in sorted(graph.find_matching_modules(str(self.modules)))
            for module in sorted({top} | graph.find_descendants(top))
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not _is_inside(importer, top.rpartition(".")[0])
        ]
        return ContractCheck(kept=not found, metadata={"imports": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who reached in, and for what."""
        for line in check.metadata["imports"]:
            output.print_error(f"- {line}", bold=False)
        output.new_line()


class Window(Contract):
    """From outside the package, only the named importers may import, and only the named modules."""

    type_name = "window"
    package = fields.StringField()
    modules = fields.SetField(subfield=fields.StringField())
    importers = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import that reaches in by another way."""
        package = str(self.package)
        importers: Any = self.importers  # a field becomes its value
        modules: Any = self.modules
        found = [
            f"{importer} -> {inner}"
            for inner in sorted({package} | graph.find_descendants(package))
            for importer in sorted(graph.find_modules_that_directly_import(inner))
            if not _is_inside(importer, package)
            if inner not in modules or not any(_is_inside(importer, one) for one in importers)
        ]
        return ContractCheck(kept=not found, metadata={"imports": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who reached in, and for what."""
        for line in check.metadata["imports"]:
            output.print_error(f"- {line}", bold=False)
        output.new_line()


def _is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
