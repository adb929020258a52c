"""Whether a plain wall was exchanged for another one: told by its grain, and by the light on the person who stands before it."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.recolouring import like_skin
from likeness.comparison.view import View
from likeness.image import Image, Plane
from likeness.image.filters import grown, low_pass
from likeness.image.shared_light import Part, SharedLight, shared_light
from likeness.image.tone import FLOOR, Along, legible

Mask = NDArray[np.bool_]

CURVES: tuple[Along, ...] = ("channel", "luminance")
LEAST = 60  # pixels
THREE = ("wall", "skin", "worn")
STILL = 0.02  # log; no curve is needed for less
DARK = 0.004  # linear, added before the logarithm
OTHER_COLOUR, OTHER_LEVEL = 0.31, 0.7  # log; the most that a change of light does to a wall beside what it does to the skin
UNEVEN = 0.25  # log; where the source varies by so much, a mixture of colours is seen
# log; what each witness may have of its own: as good as nothing, or as much as it likes.
SLACKS, NECK_EDITED, FREE = {"worn": 0.005, "wall": 0.01, "skin": 0.02, "neck": 0.02}, 0.3, 0.5
# log; of walls 500 K or 0.3 EV off the least is 0.11, of the own wall the most is 0.1, and then nobody agrees.
LEFT = 0.06
DOUBT, TIMES = 0.02, 4.0  # log, and times: how much worse than the wall both skin and clothes must explain what happened
CLEARLY = 6.0  # times as far as skin and clothes from one another is a wall of other grain from both
GRAIN = (0.02, 0.06)  # IPD; finer is what files take, coarser the wall's own light and shade
SEEN, TELLING = 0.3, 0.5  # 0..1; what is nearer to black or to clipping goes along with no curve: a pixel, and a whole wall
HAIRS = 0.3  # IPD; beyond no hair goes astray
# correlation of grain: JPEG 60 leaves 0.46 and mostly more, and no handling under 0.28; another wall has at most 0.18
OWN, FOREIGN = 0.5, 0.2
LIMIT = 3.0  # median deviations; what is stronger is no grain, and counts as that much
VISIBLE, AS_MUCH = 0.001, 0.3  # log, and share: grain that can be told, and that is still there


def exchanged(source: View, result: View, behind: Mask) -> bool:
    """Whether what is ``behind``, (H, W), is another wall than it was, or painted over so that its light is. False of what nobody can tell.

    It is when it is the odd one out of three that stand in one light, wall, skin, and hair with clothes: when skin and clothes agree
    on a change of light that is not the wall's, and neither skin nor clothes, edited alone, would explain it. Where their levels lie
    so that a curve might, grain that is not its own decides. And it is when it changed by more than any light changes a wall beside a
    skin, unless its grain is its own. A light fitted to clothes alone is free to turn one wall into the other.
    """
    skin = (source.skin * result.valid) > 0.5
    if behind.sum() < LEAST or skin.sum() < LEAST:
        return False
    witnesses = _witnesses(source, result, behind)
    if _changed_alike(witnesses):
        return False
    grain = _grain(source, result, behind)
    if _odd_one_out(witnesses, foreign=grain is not None and grain < FOREIGN):
        return True
    return _beyond_light(source, result, behind, skin) and not (grain is not None and grain > OWN)


def _beyond_light(source: View, result: View, behind: Mask, skin: Mask) -> bool:
    wall, own = (_change(source.pixels[where], result.pixels[where], DARK) for where in (behind, skin))
    beside = wall - own
    level = float(beside.mean())
    return bool(np.abs(beside - level).max() > OTHER_COLOUR or abs(level) > OTHER_LEVEL)


def _changed_alike(witnesses: Mapping[str, Part]) -> bool:
    """Whether all three changed so much alike that nothing is left to explain: most files that were only saved again."""
    if not all(name in witnesses for name in THREE):
        return False
    return bool(np.ptp([_change(witnesses[name].before, witnesses[name].after) for name in THREE], axis=0).max() < STILL)


def _odd_one_out(witnesses: Mapping[str, Part], *, foreign: bool) -> bool:
    """Whether the wall alone left the light; ``foreign``: its grain is not what it was."""
    if not all(name in witnesses for name in THREE):
        return False
    agreed, wall = _without("wall", witnesses)
    if wall < LEFT:
        return False
    if foreign and CLEARLY * agreed < wall:
        return True
    otherwise = min(_without(name, witnesses)[0] for name in ("skin", "worn"))
    return otherwise > max(DOUBT, TIMES * agreed)


def _without(free: str, witnesses: Mapping[str, Part]) -> tuple[float, float]:
    """How far the others stay from the light that suits them best when one is ``free`` to have been edited, and how far that one, log."""
    held = {
        name: part._replace(slack=FREE if name == free else SLACKS[name], or_else=NECK_EDITED if name == "neck" else None)
        for name, part in witnesses.items()
    }
    found = []
    for light in filter(None, (shared_light(held, along) for along in CURVES)):
        off = {name: _off(light, part) for name, part in witnesses.items() if name != "neck"}
        found.append((max(far for name, far in off.items() if name != free), off[free]))
    return min(found)


def _off(light: SharedLight, part: Part) -> float:
    """By how much most of a part left the ``light``, log, the worst channel."""
    return float(np.abs(_change(light.of(part.before, saturated=True), part.after)).max())


def _change(before: Image, after: Image, floor: float = FLOOR) -> NDArray[np.float64]:
    """What became of most of a part, log, (3,)."""
    change = np.log((np.maximum(after, 0) + floor) / (np.maximum(before, 0) + floor))
    return np.asarray(np.median(change, axis=0), np.float64)


def _witnesses(source: View, result: View, behind: Mask) -> dict[str, Part]:
    """Wall, hair and clothes, neck and hands, and the face's skin, where they tell a change of light."""
    before, after = source.softened(), result.softened()
    both = cv2.erode(source.valid * result.valid, np.ones((3, 3)))
    clear = legible(before)
    seen = both * clear * legible(after) * np.exp(-source.unevenness / UNEVEN**2)
    like, person = like_skin(before, source), (source.person > 0.95) * (1 - source.region("face", 0.15))
    masks = {
        "wall": behind,
        "worn": person * ~like,
        "neck": person * like,
        "skin": cv2.erode(source.skin * result.valid, np.ones((3, 3))) > 0.8,
    }
    if np.median(clear[behind]) < TELLING:
        del masks["wall"]  # what is left of a wall that is burnt out is not the wall
    found = {}
    for name, mask in masks.items():
        chosen = seen * mask > SEEN
        if chosen.sum() >= LEAST:
            found[name] = Part(before[chosen], after[chosen], np.asarray(seen[chosen], np.float32), SLACKS[name])
    return found


def _grain(source: View, result: View, behind: Mask) -> float | None:
    """How alike the grain of both walls lies, a correlation; None where there is none, or less of it: what a file or a blur took is not another's."""
    unit = source.ipd
    away = behind & ~grown(source.valid * result.valid == 0, GRAIN[1] * unit) & ~grown(source.person > 0.05, HAIRS * unit)
    if away.sum() < LEAST:
        return None
    a, b = (_band(view.log_luma, away, unit) for view in (source, result))
    if a.std() < VISIBLE or b.std() < AS_MUCH * a.std():
        return None
    return float(np.corrcoef(a, b)[0, 1])


def _band(level: Plane, where: Mask, unit: float) -> NDArray[np.float32]:
    """The grain in log luma of the area ``where``, (N,), its extremes held back."""
    shown = where.astype(np.float32)
    fine, coarse = (low_pass(level, shown, sigma * unit) for sigma in GRAIN)
    grain = (fine - coarse)[where]
    most = LIMIT * float(np.median(np.abs(grain)))
    return np.asarray(np.clip(grain, -most, most), np.float32)
