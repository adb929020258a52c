"""Where the head is in a picture, and the frame that shows it well, cut from pixels that exist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likeness.errors import LikenessError
from likeness.faces import eye_midpoint
from likeness.image import Plane
from likeness.image.geometry import Box
from likeness.perception.face_mesh import CHIN, FOREHEAD
from likeness.portrait import Portrait

LEAST_CROWN = 1.55  # IPD from the eyes to the crown of a shaved head, upright
MOST_CROWN = 4.2  # IPD from the eyes to the top of the tallest hair that we follow
HEAD_RADIUS = 1.25  # IPD; a head from the front is about this wide and round on top
NECK = 0.5  # IPD below the chin: no frame ends higher
LOOKING_ROOM = 0.3  # IPD by which the frame leads a head in profile
OFF_CENTRE = 0.1  # share of the frame's width by which it may be shifted to stay inside the picture
TIGHT = 1.2  # times the ideal head height: from here on the photographer is advised
WIDER = (0.95, 0.9, 0.85, 0.8)  # times the ideal head height: tried where hair is too wide for the circle
BARELY = 1.03  # times the radius: a few hairs on the rim are seen by nobody
NO_CIRCLE = "leave more room around the head"
AIR = 0.03  # share of the frame's height that is left above the crown where the picture and the eye line allow it
SLACK = 1.0  # pixels: what rounding to whole pixels may cost


@dataclass(frozen=True)
class Head:
    """A head in a picture, pixels. ``missing``: how much of its top the photo itself has cut off."""

    crown: float
    chin: float
    left: float
    right: float
    eye_line: float
    centre: float
    ipd: float
    missing: float

    @property
    def height(self) -> float:
        """Chin to crown, with what is missing."""
        return self.chin - self.crown


def head_of(portrait: Portrait) -> Head:
    """The head with its hair, from the mesh and the person's mask."""
    points, ipd = portrait.landmarks, portrait.ipd
    x, y = (float(v) for v in eye_midpoint(points))
    chin = float(points[:, 1].max())
    up = (points[FOREHEAD, :2] - points[CHIN, :2]).astype(np.float64)
    lean = float(np.clip(-up[0] / min(up[1], -1.0), -1, 1))  # pixels to the right per pixel up, along the head's axis
    crown = _crown(portrait.person, x, y, lean, ipd)
    least = y - LEAST_CROWN * ipd * abs(up[1]) / float(np.hypot(*up))
    top = min(crown, least)
    left, right = _sides(portrait, x, max(0, round(top)), round(chin))
    turned = np.sin(np.radians(portrait.pose.yaw))
    centre = (x + (left + right) / 2) / 2 + LOOKING_ROOM * ipd * float(turned)
    return Head(top, chin, left, right, y, centre, ipd, max(0.0, -top))


def _crown(person: Plane, x: float, y: float, lean: float, ipd: float) -> float:
    """The row of the crown; negative where it is thought to lie above the picture's top.

    Upward from the eyes along the head's axis, the first row with less than 0.2 IPD of person within 1 IPD of the axis.
    Where the picture ends first, the rest of the head is the cap of a circle over the chord that the last row shows.
    """
    eyes = min(max(round(y), 0), len(person) - 1)
    across = np.arange(person.shape[1])
    for row in range(eyes, max(-1, eyes - round(MOST_CROWN * ipd)), -1):
        near = np.abs(across - (x + lean * (y - row))) < ipd
        chord = float((person[row, near] > 0.5).sum())
        if chord < 0.2 * ipd:
            return row + 1.0
    if row > 0:
        return float(row)
    radius = HEAD_RADIUS * ipd
    cap = radius - float(np.sqrt(max(0.0, radius**2 - min(chord / 2, radius) ** 2)))
    return -cap


def _sides(portrait: Portrait, x: float, top: int, bottom: int) -> tuple[float, float]:
    """The head's left and right: 10 % and 90 % points of the rows' edges, from the crown to the mouth, within 2 IPD of the eyes."""
    reach = 2 * portrait.ipd
    low, high = max(0, round(x - reach)), min(portrait.width, round(x + reach) + 1)
    mouth = top + max(1, round(0.75 * (bottom - top)))
    rows = portrait.person[top:mouth, low:high] > 0.5
    rows = rows[rows.any(axis=1)]
    if not len(rows):
        return float(portrait.landmarks[:, 0].min()), float(portrait.landmarks[:, 0].max())
    lefts, rights = rows.argmax(axis=1), rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)
    return low + float(np.percentile(lefts, 10)), low + float(np.percentile(rights, 90))


@dataclass(frozen=True)
class Rule:
    """How a head should stand in a frame; shares of the frame's height (see ``outcomes.Frame``, whose fields these are)."""

    aspect: float
    head_height: float
    head_tolerance: float
    eye_line: float
    eye_tolerance: float
    hair_trim: float
    circle: bool

    @classmethod
    def of(cls, *, shape: str, straighten: float = 0.0, **shares: float) -> Rule:
        """The rule that the parameters of the step ``frame`` stand for; ``straighten`` is about the picture, not the frame."""
        return cls(**shares, circle=shape == "circle")


@dataclass(frozen=True)
class Framed:
    """A frame that fits. ``tighter``: its head is so many times the ideal height. ``advice``: what would have allowed the ideal, or ""."""

    box: Box
    tighter: float
    advice: str


def framing(portrait: Portrait, rule: Rule) -> Framed:
    """The frame of ``portrait`` that obeys ``rule`` and lies inside the picture.

    At the ideal size the frame is first slid within the tolerances, then made tighter step by step (wider first, where hair is too
    wide for a circle). LikenessError, with what to photograph instead, when even the tightest does not fit, would cut more hair than allowed, or would end at the neck.
    """
    head = head_of(portrait)
    if head.missing > rule.hair_trim * head.height + SLACK:
        raise LikenessError("the top of the head is outside the picture", hint="leave more room above the head")
    box, ideal = _placed(head, rule, 1.0, portrait.width, portrait.height)
    if box is not None:
        return Framed(box, 1.0, "")
    problem = ideal
    sizes = np.linspace(1, 1 + rule.head_tolerance, 25)[1:]
    for tighter in np.concatenate([WIDER, sizes]) if ideal == NO_CIRCLE else sizes:
        box, problem = _placed(head, rule, float(tighter), portrait.width, portrait.height)
        if box is not None:
            return Framed(box, float(tighter), ideal if tighter > TIGHT else "")
    raise LikenessError("the frame does not fit in the picture", hint=problem)


def _placed(head: Head, rule: Rule, tighter: float, width: int, height: int) -> tuple[Box | None, str]:
    """The frame whose head is ``tighter`` times the ideal height, or None and what is in the way."""
    high = head.height / (rule.head_height * tighter)
    wide = high * rule.aspect
    if wide > width + SLACK:
        return None, "leave more room beside the head"
    trim = rule.hair_trim * head.height
    top = None
    for cut in (
        -AIR * high,
        0.0,
        trim,
    ):  # air above the crown if the eye line allows it, at least all of it, some hair off at worst
        top = (
            top
            if top is not None
            else _nearest(
                head.eye_line - rule.eye_line * high,
                (0.0, head.eye_line - (rule.eye_line + rule.eye_tolerance) * high, head.chin + NECK * head.ipd - high),
                (height - high, head.eye_line - (rule.eye_line - rule.eye_tolerance) * high, max(head.crown + cut, 0.0)),
            )
        )
    if top is None:
        above = head.eye_line - (rule.eye_line - rule.eye_tolerance) * high < 0
        return None, "leave more room above the head" if above else "photograph the shoulders too"
    shift = OFF_CENTRE * wide
    left = _nearest(head.centre - wide / 2, (0.0, head.centre - wide / 2 - shift), (width - wide, head.centre - wide / 2 + shift))
    if left is None:
        return None, "leave more room beside the head, on both sides"
    if rule.circle and not _in_circle(head, trim, left + wide / 2, top + high / 2, min(wide, high) / 2):
        return None, NO_CIRCLE
    return _whole(left, top, high, rule.aspect, width, height), ""


def _nearest(ideal: float, at_least: tuple[float, ...], at_most: tuple[float, ...]) -> float | None:
    """The value nearest to ``ideal`` within the bounds; None when they leave none."""
    low, high = max(at_least), min(at_most)
    if low > high + SLACK:
        return None
    return min(max(ideal, low), max(high, low))


def _in_circle(head: Head, trim: float, x: float, y: float, radius: float) -> bool:
    """Whether the head lies inside the circle: the upper half of its ellipse less ``trim`` of hair, and the chin."""
    turn = np.linspace(0, np.pi, 13)
    across = (head.left + head.right) / 2 + ((head.right - head.left) / 2 - trim) * np.cos(turn)
    up = (head.crown + head.chin) / 2 - (head.height / 2 - trim) * np.sin(turn)
    chin = np.hypot((head.left + head.right) / 2 - x, head.chin - y)
    return bool(np.hypot(across - x, up - y).max() <= BARELY * radius and chin <= radius)


def _whole(left: float, top: float, high: float, aspect: float, width: int, height: int) -> Box:
    """The rectangle in whole pixels, inside the picture, as near to its aspect as whole pixels come: square where it is 1."""
    h = min(round(high), height, int(width / aspect))
    w = min(round(h * aspect), width)
    x, y = min(max(round(left), 0), width - w), min(max(round(top), 0), height - h)
    return Box(x, y, x + w, y + h)
