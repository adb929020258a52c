"""A report's views made of noise: everything that a report can hold, nothing computed."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from likeness.report import AuditedView, AuditReport, CropPair, HeatView, MakeReport, Picture, RankedView, VersionView

SHA = "ab" * 32
RECIPE = {
    "steps": [
        {"step": "background", "params": {"backdrop": "studio", "blur": 0.14, "wrap": 0.0, "falloff": 0.35}},
        {"step": "frame", "params": {"aspect": 1.0, "head_height": 0.52}},
        {"step": "gone_since", "params": {"amount": 0.25}},
    ]
}


@functools.cache
def noise(width: int, height: int, alt: str, seed: int = 0) -> Picture:
    """As hard to compress as a photo: noise over a slope."""
    random = np.random.default_rng(seed)
    slope = np.linspace(60, 190, width)[None, :, None] * np.ones((height, 1, 3))
    return Picture((slope + random.normal(0, 7, (height, width, 1))).clip(0, 255).astype(np.uint8), alt)


def finding(measure: str, status: str = "natural", **changes: Any) -> dict[str, Any]:
    plain = {"measure": measure, "group": "skin", "value": 1.02, "unit": "ratio", "natural": [0.85, 1.15], "status": status}
    return plain | {"region": "skin", "reason": f"why {measure} is {status}", "advice": "", "needs_ipd": None} | changes


def audit(verdict: str = "keep", believability: float | None = 93.4, findings: list[Any] | None = None) -> dict[str, Any]:
    given = findings or [
        finding("texture"),
        finding("geometry", "warn", value=0.72, unit="% IPD", natural=[0.0, 0.5], advice="move nothing"),
        finding("background_leak", "not-assessed", value=None, unit="share", natural=[-0.05, 0.05]),
    ]
    return {
        "source": "me.jpg",
        "result": "x.jpg",
        "mode": "same-photo",
        "verdict": verdict,
        "believability": believability,
        "findings": given,
        "missing": [],
        "faces": 1,
        "mirrored": False,
        "stretched": None,
        "same": None,
        "photo_share": 1.0,
        "tones": [],
        "ipd": 84.0,
        "smaller": "result",
        "turned": 0,
        "retouch": {"score": 12.3, "of_shape": 11.7, "of_texture": 0.6, "statistics": {}},
    }


def version(id: str, name: str, told: dict[str, Any], **changes: Any) -> VersionView:
    crops = [
        CropPair(spot, noise(*size, f"Source: {spot}", 1), noise(*size, f"Result: {spot}", 2))
        for spot, size in {"Eyes": (460, 250), "Skin": (216, 216), "Hair edge": (240, 240)}.items()
    ]
    attempts = [{"recipe": RECIPE, "audit": told}]
    plain: dict[str, Any] = {
        "parent": None,
        "recipe": RECIPE,
        "attempts": attempts,
        "crops": crops,
        "detail": "Every pixel is one.",
    }
    before, after = noise(760, 760, "The photo", 3), noise(760, 760, f"The headshot {name}", 4)
    return VersionView(id=id, name=name, audit=told, before=before, after=after, **(plain | changes))


@pytest.fixture
def make_view() -> Any:
    """A function: a MakeReport with some of its fields changed."""

    def build(**changes: Any) -> MakeReport:
        failed = audit("regenerate", 31.0, [finding("texture", "fail", value=0.61, reason="smoothed skin", advice="less of it")])
        gentler = {"steps": [{"step": "background", "params": RECIPE["steps"][0]["params"] | {"blur": 0.07}}]}  # type: ignore[operator]
        attempts = [{"recipe": RECIPE, "audit": failed}, {"recipe": gentler, "audit": failed}]
        plain: dict[str, Any] = {
            "source_name": "IMG 1.heic",
            "source_sha256": SHA,
            "outcome": "linkedin",
            "outcome_title": "LinkedIn profile photo",
            "circle": True,
            "versions": [
                version("aaaaaaaaaaaa", "keep", audit()),
                version("bbbbbbbbbbbb", "blur", failed, attempts=attempts, recipe=gentler),
                version("cccccccccccc", "studio", audit("cannot-tell", None), parent="aaaaaaaaaaaa"),
            ],
            "kept": "aaaaaaaaaaaa",
            "exports": [{"file": "out/IMG 1-linkedin.jpg", "width": 1600, "height": 1600, "bytes": 345_678, "format": "jpeg"}],
            "ranking": [
                RankedView("IMG 1.heic", 91.2, True, True, [finding("eye_distance")], [], noise(240, 180, "Thumbnail one")),
                RankedView("IMG 2.jpg", 12.0, False, False, [finding("head_pose", "fail", reason="turned 60°")], ["turn"], None),
                RankedView("IMG 3.jpg", 80.0, True, False, [], [], noise(180, 240, "Thumbnail three"), somebody_else=True),
            ],
            "errors": [{"path": "IMG 4.jpg", "error": "is empty; take it from the camera again"}],
            "advice": ["two faces were seen"],
            "made_at": "20 November 2026, 11:00",
            "made_by": "likeness 0.1.0",
        }
        return MakeReport(**(plain | changes))

    return build


@pytest.fixture
def audit_view() -> AuditReport:
    failed = audit("regenerate", 4.0, [finding("identity", "fail", value=0.93, unit="distance", natural=[0.0, 0.45])])
    crops = [CropPair("Eyes", noise(300, 160, "Source: eyes"), noise(300, 160, "Result: eyes"))]
    pictures = noise(760, 600, "The source me.jpg"), noise(600, 760, "The result")
    heats = [HeatView("texture", noise(300, 394, "The face in grey"), True)]
    results = [
        AuditedView("a.png", "me.jpg", audit(), *pictures, True, crops, "Every pixel is one.", heats),
        AuditedView("b.png", "me.jpg", failed | {"mode": "other-photo"}, *pictures, False, crops, "Every pixel is one."),
    ]
    return AuditReport(results, [{"path": "c.png", "error": "no face was found"}], "20 November 2026", "likeness 0.1.0")
