"""One measured figure, its rival's, and what we aim for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its rival's from the same run. `aim` bounds the ratio ours to rival's."""

    name: str
    unit: str
    ours: float
    rival: float
    ratio: float
    aim: float | None = None
    more_is_better: bool = True

    @property
    def met(self) -> bool:
        """Whether the aim is met; a figure without one is printed for its own sake."""
        if self.aim is None:
            return True
        return self.ratio >= self.aim if self.more_is_better else self.ratio <= self.aim

    def row(self) -> str:
        """One row of the table."""
        sign = ">=" if self.more_is_better else "<="
        aim = f"{sign} {self.aim:g}" if self.aim is not None else "-"
        verdict = ("PASS" if self.met else "FAIL") if self.aim is not None else ""
        return (
            f"| {self.name} ({self.unit}) | {self.ours:.4g} | {self.rival:.4g} "
            f"| {self.ratio:.2f} | {aim} | {verdict} |"
        )
