"""All scenarios, found by looking into their folder."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from anxin.simulator import scenarios
from anxin.simulator.scenario import STEALTHY, Scenario


class ScenarioUnknown(LookupError):
    """No scenario has this name, or it has no such variant."""

    code = "simulator.scenario_unknown"
    zh = "没有名为“{name}”的场景。{hint}"
    en = "There is no scenario named “{name}”. {hint}"
    zh_hints = ("是不是想找：{near}？", "用 anxin simulate --list 列出全部场景。")
    en_hints = ("Did you mean {near}?", "List them with anxin simulate --list.")

    def __init__(self, name: str) -> None:
        self.name = name
        self.near = _names_near(name)
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en")."""
        is_zh = language.startswith("zh")
        near, far = self.zh_hints if is_zh else self.en_hints
        hint = near.format(near=("、" if is_zh else ", ").join(self.near)) if self.near else far
        return (self.zh if is_zh else self.en).format(name=self.name, hint=hint)


@cache
def all_scenarios() -> dict[str, Scenario]:
    """Return every scenario by name, in order of name; each module of the folder holds one as `SCENARIO`."""
    modules = (module.name for module in iter_modules(scenarios.__path__) if module.name != "tests")
    found: list[Scenario] = [import_module(f"{scenarios.__name__}.{name}").SCENARIO for name in sorted(modules)]
    return {scenario.name: scenario for scenario in found}


@cache
def stealthy_scenarios() -> dict[str, Scenario]:
    """Return the stealthy variants by the name they are asked for, such as "card_testing:stealthy"."""
    found = (scenario.in_stealth() for scenario in all_scenarios().values())
    return {variant.full_name: variant for variant in found if variant is not None}


def scenario_names() -> tuple[str, ...]:
    """Return every name that `get_scenario` knows."""
    return (*all_scenarios(), *stealthy_scenarios())


def get_scenario(name: str) -> Scenario:
    """Return the scenario called `name`, or its variant called `name:stealthy`; raises ScenarioUnknown."""
    scenario = all_scenarios().get(name) or stealthy_scenarios().get(name)
    if scenario is None:
        raise ScenarioUnknown(name)
    return scenario


def _names_near(name: str) -> list[str]:
    """Return up to three names that were perhaps meant; a variant stays one where it exists."""
    base, _, variant = name.partition(":")
    names = all_scenarios()
    near = [each for each in names if base and base in each] or get_close_matches(base, names, cutoff=0.65)
    wanted = [f"{each}:{STEALTHY}" if variant else each for each in near]
    return [full if full in stealthy_scenarios() else each for full, each in zip(wanted, near, strict=True)][:3]


def rules_by_scenario() -> dict[str, tuple[str, ...]]:
    """Return scenario name → starter rules it must trigger."""
    return {name: scenario.rules for name, scenario in all_scenarios().items()}
