"""Finding: a measure's value with its natural range, status and reason. What a ranking and an audit are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from likeness.image import Plane
from likeness.limits import Limits, Range, Status
from likeness.schema import Group, Measure, NotAssessed, Reading


@dataclass(frozen=True)
class Finding:
    """One measure's answer. ``departure``: see Limits; None where it was not assessed. ``needs_ipd``: see NotAssessed. ``heat``: see Reading."""

    measure: str
    group: Group
    value: float | None
    unit: str
    natural: Range
    status: Status
    region: str
    reason: str
    advice: str
    departure: float | None = None
    needs_ipd: float = 0.0
    heat: Plane | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, measure: Measure, reading: Reading | NotAssessed, limits: Limits) -> Finding:
        """What ``reading`` means under ``limits``. Advice is kept only where something is to be done."""
        if isinstance(reading, NotAssessed):
            return cls(
                measure.name,
                measure.group,
                None,
                measure.unit,
                limits.natural,
                "not-assessed",
                reading.region,
                reading.reason,
                "",
                needs_ipd=reading.needs_ipd,
            )
        status = limits.status(reading.value)
        advice = "" if status == "natural" else reading.advice
        return cls(
            measure.name,
            measure.group,
            reading.value,
            measure.unit,
            limits.natural,
            status,
            reading.region,
            reading.reason,
            advice,
            limits.departure(reading.value),
            heat=reading.heat,
        )

    def as_json(self) -> dict[str, Any]:
        """In the shape and key order of the contract; a range without a limit on one side has null there."""
        return {
            "measure": self.measure,
            "group": self.group,
            "value": None if self.value is None else round(self.value, 6),
            "unit": self.unit,
            "natural": [edge if math.isfinite(edge) else None for edge in self.natural],
            "status": self.status,
            "region": self.region,
            "reason": self.reason,
            "advice": self.advice,
            "needs_ipd": self.needs_ipd or None,
        }
