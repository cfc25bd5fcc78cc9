"""Our own import contract: models stay behind the queries and services of their package."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class OwnModelsContract(Contract):
    """A package's `models` are imported by itself and by the `models` of other packages only."""

    type_name = "own_models"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find every import of `lms.<package>.….models` from elsewhere."""
        broken = sorted(
            (importer, module)
            for module in graph.modules
            if is_models(module)
            for importer in graph.find_modules_that_directly_import(module)
            if package_of(importer) != package_of(module) and not is_models(importer)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name importer and imported."""
        for importer, module in check.metadata["broken"]:
            output.print_error(f"{importer} imports {module}: use the queries or services of that package")


def is_models(module: str) -> bool:
    """Whether a module holds tables: `models`, or a part of a `models` folder."""
    return module.startswith("lms.") and "models" in module.split(".")


def package_of(module: str) -> str:
    """Return the package that a module belongs to: `lms.courses` of `lms.courses.models`."""
    return ".".join(module.split(".")[:2])
