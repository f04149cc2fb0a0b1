"""Numbers for the steps of all stages together; the builder counts each stage by itself."""

from __future__ import annotations

from collections.abc import Mapping

from trailer_tui.engine.buildkit.vertex_names import NumberedStep


class StepNumbers:
    """Counts the stages one after the other, so that no number is given twice."""

    def __init__(self, stages: Mapping[str, int]) -> None:
        """`stages` has the steps that each stage seems to have, in order; the builder knows better."""
        self._steps = dict(stages)
        self._learned: dict[str, int] = {}
        self._only = next(iter(stages)) if len(stages) == 1 else None

    def learn(self, step: NumberedStep) -> None:
        """Take in how many steps a stage has. Engines differ in whether they name an only stage.

        What ONBUILD adds is not in the total of any engine: the stage's last steps are `4/3` and `5/3`.
        """
        if self._only is not None and step.stage != self._only:
            self._steps.pop(self._only, None)
        known = self._learned.get(step.stage, 0)
        self._steps[step.stage] = self._learned[step.stage] = max(step.total, step.number, known)

    @property
    def total(self) -> int:
        """Steps of all stages."""
        return sum(self._steps.values())

    def number(self, step: NumberedStep) -> int:
        """The step's number among all."""
        before = 0
        for stage, steps in self._steps.items():
            if stage == step.stage:
                break
            before += steps
        return before + step.number
