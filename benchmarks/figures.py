"""One measured figure, its rival's, and what we aim for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its rival's from the same run.

    `aim` bounds the ratio of ours to rival's, `limit` bounds ours itself, in its unit.
    """

    name: str
    unit: str
    ours: float
    rival: float
    ratio: float
    aim: float | None = None
    more_is_better: bool = True
    limit: float | None = None

    @property
    def met(self) -> bool:
        """Whether every aim is met; a figure without one is printed for its own sake."""
        sign = 1 if self.more_is_better else -1
        within = self.limit is None or sign * self.ours >= sign * self.limit
        return within and (self.aim is None or sign * self.ratio >= sign * self.aim)

    def row(self) -> str:
        """One row of the table."""
        sign = ">=" if self.more_is_better else "<="
        aims = [f"{sign} {self.limit:g} {self.unit}"] if self.limit is not None else []
        aims += [f"{sign} {self.aim:g}"] if self.aim is not None else []
        verdict = ("PASS" if self.met else "FAIL") if aims else ""
        return (
            f"| {self.name} ({self.unit}) | {self.ours:.4g} | {self.rival:.4g} "
            f"| {self.ratio:.2f} | {', '.join(aims) or '-'} | {verdict} |"
        )


def beside(
    name: str,
    unit: str,
    ours: float,
    rival: float,
    *,
    aim: float | None = None,
    limit: float | None = None,
    more_is_better: bool = True,
) -> Figure:
    """A figure whose ratio is that of its two values."""
    ratio = ours / rival if rival else float("inf" if ours else "nan")
    return Figure(name, unit, ours, rival, ratio, aim, more_is_better, limit)
