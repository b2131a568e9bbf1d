"""Checking a whole policy: its problems, and the tests of its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anxin.engine.policy.definition import Policy
from anxin.engine.policy.loader import parse_policy, read_policy_files
from anxin.engine.policy.problems import PolicyErrors, PolicyProblem
from anxin.engine.policy.rule_tests import RuleTestResult, run_rule_tests


@dataclass(frozen=True)
class Report:
    """What a check found; `policy` is None when the files are wrong, and its tests have not run then."""

    policy: Policy | None
    problems: tuple[PolicyProblem, ...]
    tests: tuple[RuleTestResult, ...]

    @property
    def failed_tests(self) -> tuple[RuleTestResult, ...]:
        """Return the tests that did not pass."""
        return tuple(each for each in self.tests if not each.passed)

    @property
    def is_right(self) -> bool:
        """Return whether the policy may be used: no errors (warnings may stand) and no failed tests."""
        return self.policy is not None and not self.failed_tests

    def lines(self, language: str) -> list[str]:
        """Return everything found as `file:line:column: sentence`, in file order."""
        failed = [each.problem for each in self.failed_tests if each.problem is not None]
        return [each.sentence(language) for each in sorted((*self.problems, *failed))]


def check_policy(folder: Path, today: date) -> Report:
    """Return the report on the policy of a folder."""
    try:
        files = read_policy_files(folder)
    except PolicyErrors as errors:
        return Report(None, errors.problems, ())
    return check_files(files, today)


def check_files(files: Mapping[str, str], today: date) -> Report:
    """Return the report on a policy's files by name."""
    try:
        policy = parse_policy(files, today=today)
    except PolicyErrors as errors:
        return Report(None, errors.problems, ())
    return Report(policy, policy.warnings, tuple(run_rule_tests(policy)))
