"""All scenarios, found by looking into their folder."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from anxin.simulator import scenarios
from anxin.simulator.scenario import Scenario


class ScenarioUnknown(LookupError):
    """No scenario has this name."""

    code = "simulator.scenario_unknown"
    zh = "没有名为“{name}”的场景。可用的场景:{known}"
    en = "There is no scenario named “{name}”. Known: {known}"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en")."""
        template = self.zh if language.startswith("zh") else self.en
        return template.format(name=self.name, known=", ".join(all_scenarios()))


@cache
def all_scenarios() -> dict[str, Scenario]:
    """Return every scenario by name, in order of name; each module of the folder holds one as `SCENARIO`."""
    modules = (module.name for module in iter_modules(scenarios.__path__) if module.name != "tests")
    found: list[Scenario] = [import_module(f"{scenarios.__name__}.{name}").SCENARIO for name in sorted(modules)]
    return {scenario.name: scenario for scenario in found}


def get_scenario(name: str) -> Scenario:
    """Return the scenario called `name`; raises ScenarioUnknown."""
    scenario = all_scenarios().get(name)
    if scenario is None:
        raise ScenarioUnknown(name)
    return scenario


def rules_by_scenario() -> dict[str, tuple[str, ...]]:
    """Return scenario name → starter rules it must trigger."""
    return {name: scenario.rules for name, scenario in all_scenarios().items()}
