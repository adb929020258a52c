"""What belongs to the person along the outline and is gone: curls, a headband, a shoulder that the cut-out took for background."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.comparison.pair import Pair
from likeness.comparison.repainted import named
from likeness.comparison.view import View
from likeness.image import Image
from likeness.image.color import lab_from_linear
from likeness.image.filters import fill, grown
from likeness.image.lost import Forms, forms, unexplained, unlike
from likeness.image.remnants import fullest_spot

Mask = NDArray[np.bool_]

PERSON, LIKELY, SURE, HINT = 0.5, 0.7, 0.9, 0.2  # probability: more likely than not, likely, surely, and perhaps
END = 0.12  # IPD from the end of either picture that are left out
AWAY = 0.12  # IPD from whatever may be the person: surely background
REACH, INTO = 0.6, 0.05  # IPD out of and into the outline where forms are looked for
RIM, DEEP = 0.3, 0.15  # IPD into the outline where colours are looked at, and from where on they tell what became of all of them
SKIN = 0.05  # IPD around the face's skin, which other measures look at
OTHER = 10.0  # dE76; a colour that far from all that mixing makes is another
WORN = 0.1  # of the deep hair or clothes; where more changed, they were recoloured, which is not a matter of the outline
SEEN, STANDS_OUT = 3.0, 1.5  # dE76, and times what the background has: the contrast of a form of the person's
USUAL = 0.98  # quantile of the background's own forms
BUSY = 8.0  # dE76; before more contrast than this a mask takes books for the person, unless it is sure
FOCUSED = 0.5  # of the sharpness that the outline has
LEFT = 0.35  # of the contrast that should be seen; with less a form is gone
STUB = 0.1  # IPD off the outline; nearer by, everything hangs together with it
CHIN = 152  # mesh point
LEAST = 60  # pixels


class Lost(NamedTuple):
    """The worst place: the share of a spot of some 0.17 IPD that is gone, 0..1, and in words where it is."""

    share: float
    place: str


def lost(pair: Pair) -> Lost | None:
    """The fullest spot at the outline where what was the person's is gone; None where the light or the background is not known.

    Two signs, and neither asks an alpha. Forms as sharp as the outline, sharper than the background's and joined to the person belong
    to the person, wherever the mask ends, unless they go on to the picture's end or out of reach: they should be seen before the new
    background too. And colours within the mask's
    outline that the background has nowhere near are the person's or a mixture with the old background, which may only be exchanged for
    the new. Before a sharp and busy background the first tells nothing, and
    the second counts only where the mask is sure.
    """
    if pair.mode == "other-photo" or pair.background not in ("kept", "blurred", "replaced") or not pair.tones:
        return None
    source, result = pair.even_scenes
    inner = grown((source.valid * result.valid) > 0, -END * source.ipd)
    behind = inner & ~grown(source.person > HINT, AWAY * source.ipd)
    if behind.sum() < LEAST:
        return None
    own_background, seen = pair.background != "replaced", source.valid * result.valid
    lit = lab_from_linear(np.clip(pair.tones[0].of(source.pixels), 0, 1))
    gone = _gone(fill(lit, seen), fill(result.lab, seen), source, inner, behind, own_background)
    share, (x, y) = fullest_spot(gone, source.ipd)
    return Lost(share, named(source, x, y))


def _gone(before: Image, after: Image, source: View, inner: Mask, behind: Mask, own_background: bool) -> Mask:
    """Where something of the person's is not there any more, (H, W)."""
    old, new = (fill(lab, behind.astype(np.float32)) for lab in (before, after))
    unit = source.ipd
    elsewhere = inner & ~grown(source.skin > 0.5, SKIN * unit) & ~(source.region("face") > 0.5)
    shown = forms(before, after, old, new, unit, same=own_background)
    usual = _usual(shown, source, behind)
    gone = _forms_of(shown, source, elsewhere, inner, usual) & (shown.here < LEFT * shown.should)
    own = elsewhere & (source.person > (SURE if usual > BUSY else LIKELY))
    away = _at_rim(unexplained(before, after, old, new, unit) > OTHER, source, elsewhere, own)
    return np.asarray(gone | unlike(before, away, behind, unit))


def _usual(shown: Forms, source: View, behind: Mask) -> float:
    """The contrast of the background's own forms, where no lock reaches."""
    beyond = behind & ~grown(source.person > PERSON, REACH * source.ipd)
    return float(np.quantile(shown.was[beyond if beyond.sum() >= LEAST * 10 else behind], USUAL))


def _forms_of(shown: Forms, source: View, elsewhere: Mask, inner: Mask, usual: float) -> Mask:
    """Forms of the person's along the outline that should still be seen, (H, W)."""
    person, unit = source.person, source.ipd
    outline = elsewhere & (np.abs(person - PERSON) < SURE - PERSON) & (shown.was > SEEN)
    if outline.sum() < LEAST:
        return np.zeros_like(elsewhere)
    clear = elsewhere & (shown.was > max(SEEN, STANDS_OUT * usual)) & (shown.focus > FOCUSED * np.median(shown.focus[outline]))
    near = clear & grown(person > PERSON, REACH * unit) & grown(person < SURE, INTO * unit) & ~_going_on(clear, source, inner)
    return np.asarray(near & _joined(near, person > LIKELY) & (shown.should > SEEN))


def _going_on(pieces: Mask, source: View, inner: Mask) -> Mask:
    """What of ``pieces`` off the person goes on to the end of the picture or out of reach, (H, W): joints of a wall, boards, stems."""
    person, unit = source.person > PERSON, source.ipd
    off = pieces & ~grown(person, STUB * unit)
    out = ~grown(person, REACH * unit) | ~grown(inner, -STUB * unit)
    return np.asarray(grown(_joined(off, off & out) & off, STUB * unit) & ~person)


def _joined(pieces: Mask, to: Mask) -> Mask:
    """What of ``pieces`` hangs together with the mask ``to``, (H, W)."""
    count, labels = cv2.connectedComponents((pieces | to).astype(np.uint8), connectivity=8)
    joined = np.zeros(count, bool)
    joined[labels[to]] = True
    return np.asarray(joined[labels])


def _at_rim(changed: Mask, source: View, elsewhere: Mask, own: Mask) -> Mask:
    """``changed`` along the outline of what is the person's ``own``; without hair or clothes that changed all over, (H, W)."""
    rim = own & ~grown(source.person > PERSON, -RIM * source.ipd)
    deep = elsewhere & grown(source.person > SURE, -DEEP * source.ipd)
    low = np.broadcast_to(np.arange(source.size[1])[:, None] > source.landmarks[CHIN, 1], own.shape)
    kept = [half & (changed[deep & half].mean() <= WORN) for half in (low, ~low) if (deep & half).any()]
    return np.asarray(changed & rim & np.logical_or.reduce(kept)) if kept else np.zeros_like(changed)
