"""Pair: a source and a result, and what is known of the two together, each fact computed once.

Measures of a result are given a Pair, never a recipe: the audit doesn't trust the editor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from likeness.errors import LikenessError
from likeness.image import Affine, Image, Plane, Points, read_only
from likeness.image.color import lab_from_linear, luminance
from likeness.image.filters import gaussian
from likeness.image.flow import Flow, contrast_normalised, dense_flow, flow_of, positions, round_trip_error, trimmed_similarity
from likeness.image.geometry import Box, compose, crop_and_scale, invert, similarity, warp
from likeness.image.texture import BANDS, band, local_correlation, log_luma
from likeness.image.tone import Along, Tone, tone_between
from likeness.portrait import Field, Portrait
from likeness.regions import region

FACE = Field(1.6, 1.6, 1.8, 2.4)  # forehead to below the chin, ear to ear
SCENE = Field(3.2, 3.2, 2.8, 3.6)  # the head, its hair and the shoulders
ENOUGH_IPD = 256.0  # pixels; pictures to be compared may be reduced to this beforehand: nothing that is measured gets lost
MAX_IPD = 128.0  # pixels: bands B and C are seen whole at 111, and more costs time without telling more
SCENE_IPD = 56.0  # pixels
FINE_FLOW = 110.0  # pixels between the pupils; below it the flow goes down to single pixels
STRIDE = 6  # pixels between the samples that a similarity is fitted to
NORMALISE = 0.15  # IPD
CURVES: tuple[Along, ...] = ("channel", "luminance")
KEPT = 0.15  # log; a background that departs less from the person's change of light was kept, its detail apart
SAME_PHOTO = 0.88  # median coherence of the mid bands: edits stay over 0.99, other photos of the same person under 0.76


@dataclass(frozen=True, eq=False)
class View:
    """A picture in the frame that a pair shares. ``valid``: (H, W), 1 where the picture has pixels, else 0."""

    portrait: Portrait
    valid: Plane
    ipd: float

    @classmethod
    def of(cls, whole: Portrait, to_whole: Affine, size: tuple[int, int], ipd: float) -> View:
        """``whole`` seen through ``to_whole``, the map from the view's pixels to its own."""
        seen = positions(to_whole, size)
        x, y = seen[..., 0], seen[..., 1]
        inside = (x >= 0) & (y >= 0) & (x <= whole.width - 1) & (y <= whole.height - 1)
        near = _around(seen, 4).clipped(whole.width, whole.height)
        if min(near.width, near.height) < 1:
            raise LikenessError(
                "shows nothing of the face of the source", where=whole.photo.path, hint="give a picture of the face"
            )
        bare = replace(whole, facts={}).cropped(near)  # facts are found anew: the audit doesn't trust the editor
        to_near = to_whole - np.array([[0, 0, near.left], [0, 0, near.top]])
        return cls(bare.resampled(to_near, size), read_only(inside.astype(np.float32)), ipd)

    @property
    def pixels(self) -> Image:
        return self.portrait.pixels

    @property
    def landmarks(self) -> Points:
        return self.portrait.landmarks

    @property
    def size(self) -> tuple[int, int]:
        """Width, height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @cached_property
    def log_luma(self) -> Plane:
        return read_only(log_luma(self.pixels))

    @cached_property
    def pattern(self) -> NDArray[np.uint8]:
        """What the flow follows: contrast-normalised luma, (H, W)."""
        return read_only(contrast_normalised(np.sqrt(np.maximum(luminance(self.pixels), 0)), NORMALISE * self.ipd))

    def band(self, name: str) -> Plane:
        """Log luma in a band of likeness.image.texture, (H, W)."""
        if name not in self._bands:
            self._bands[name] = read_only(band(self.log_luma, BANDS[name], self.ipd / 63))
        return self._bands[name]

    @cached_property
    def _bands(self) -> dict[str, Plane]:
        return {}

    @cached_property
    def skin(self) -> Plane:
        """Where facial skin is seen, (H, W) 0..1."""
        return read_only(self.portrait.skin * self.valid)

    def region(self, name: str, grow: float = 0.0) -> Plane:
        """A part of the face (likeness.regions), grown by ``grow`` IPD, less what lies outside the picture."""
        return region(self.landmarks, self.size, name, grow=grow * self.ipd) * self.valid


@dataclass(frozen=True, eq=False)
class Registration:
    """How the result lies on the source, in the frame of the source's aligned face."""

    to_result: Affine  # view pixels -> result pixels, a similarity
    result: View
    flow: Flow  # where the source's pixels are in the result's view, after the similarity: what was reshaped
    error: Plane  # round-trip error of that flow, pixels


class Layers(NamedTuple):
    """A picture as alpha * front + (1 - alpha) * back; (H, W) and (H, W, 3) twice, linear."""

    alpha: Plane
    front: Image
    back: Image


@dataclass(frozen=True, eq=False)
class Pair:
    """Two pictures to compare: the person's ``source`` and a ``result`` that says it shows the same person."""

    source: Portrait
    result: Portrait

    @cached_property
    def ipd(self) -> float:
        """Pixels between the pupils at which the two are compared: the lower resolution of the two, at most MAX_IPD."""
        return min(self.source.ipd, self.result.ipd, MAX_IPD)

    @cached_property
    def mode(self) -> Literal["same-photo", "other-photo"]:
        """Whether the result's pixels derive from this source."""
        return "same-photo" if self.coherence >= SAME_PHOTO else "other-photo"

    @cached_property
    def faces(self) -> tuple[View, View]:
        """Source and result in one frame, upright and cut to the face: registered pixel by pixel where both are the same photo."""
        return self._source_face[0], self.registration.result

    @cached_property
    def registration(self) -> Registration:
        """The result laid on the source: first by landmarks, then by the flow's trimmed similarity."""
        source, _ = self._source_face
        to_result = similarity(source.landmarks, self.result.landmarks)
        result = View.of(self.result, to_result, source.size, self.ipd)
        to_result = compose(to_result, self._similarity_of(dense_flow(source.pattern, result.pattern)))
        result = View.of(self.result, to_result, source.size, self.ipd)
        fine = self.ipd < FINE_FLOW
        flow = dense_flow(source.pattern, result.pattern, fine=fine)
        back = dense_flow(result.pattern, source.pattern, fine=fine)
        rest = flow - flow_of(self._similarity_of(flow), source.size)
        return Registration(to_result, result, read_only(rest), read_only(round_trip_error(flow, back)))

    def _similarity_of(self, flow: Flow) -> Affine:
        """What ``flow`` does to the face as a whole."""
        source, _ = self._source_face
        rows, columns = np.array(np.nonzero(source.region("face", grow=0.05)[::STRIDE, ::STRIDE] > 0.5)) * STRIDE
        points = np.stack([columns, rows], axis=1).astype(np.float32)
        return trimmed_similarity(points, points + flow[rows, columns])

    @cached_property
    def coherence(self) -> float:
        """How alike the mid bands (5-22 mm) of source and result run over the face, after registration: median local correlation."""
        source, result = self.faces
        inside = (source.region("face") > 0.5) & (result.valid > 0)
        if inside.sum() < 0.3 * (source.region("face") > 0.5).sum():
            return 0.0
        local = [local_correlation(source.band(b), result.band(b), 0.12 * self.ipd)[inside] for b in ("D", "E")]
        return float(np.median(np.maximum(*local)))

    @cached_property
    def scenes(self) -> tuple[View, View]:
        """Source and result in one frame around head and shoulders, at SCENE_IPD or less, registered like ``faces``."""
        ipd = min(self.ipd, SCENE_IPD)
        source, to_source = self._source_view(ipd, SCENE)
        face_to_source = self._source_face[1]
        to_result = compose(self.registration.to_result, compose(invert(face_to_source), to_source))
        return source, View.of(self.result, to_result, source.size, ipd)

    @cached_property
    def tones(self) -> tuple[Tone, ...]:
        """What the change of light from source to result may have been, the likelier first; empty where too little is seen to tell.

        Read in ``scenes`` from the person's hair and clothes, and from the background where it was kept; never from skin.
        """
        source, result = self.scenes
        a, b = (gaussian(view.pixels, 0.03 * view.ipd) for view in (source, result))
        others = cv2.erode(source.valid * result.valid, np.ones((3, 3))) * ~_like_skin(a, source) * (1 - source.region("face", 0.1))
        person = source.portrait.person
        worn, behind = others * (person > 0.95), others * (person < 0.05)
        return tuple(sorted((tone for tone in map(partial(_tone, a, b, worn, behind), CURVES) if tone), key=lambda t: t.misfit))

    @cached_property
    def source_layers(self) -> Layers:
        """The source's alpha, foreground and background in the frame of ``scenes``, solved once for all pairs of this source."""
        scene, to_source = self._source_view(min(self.ipd, SCENE_IPD), SCENE)
        key = ("layers", scene.ipd)
        if key not in self.source.views:
            self.source.views[key] = _layers(self.source, to_source, scene)
        layers: Layers = self.source.views[key]
        return layers

    @property
    def _source_face(self) -> tuple[View, Affine]:
        return self._source_view(self.ipd, FACE)

    def _source_view(self, ipd: float, field: Field) -> tuple[View, Affine]:
        """The source in a frame of its own, and the map from there to the source's pixels: shared by all pairs of this source."""
        known = self.source.views
        if (ipd, field) not in known:
            to_source, size = self.source.frame(ipd, field)
            known[ipd, field] = View.of(self.source, to_source, size, ipd), to_source
        view: tuple[View, Affine] = known[ipd, field]
        return view


def _layers(source: Portrait, to_source: Affine, scene: View) -> Layers:
    """Solved in the source's own upright frame, because the scene's has corners that no picture fills."""
    near = _around(positions(to_source, scene.size), 0).clipped(source.width, source.height)
    to_near, size = crop_and_scale(near, scene.ipd / source.ipd)
    small = replace(source, facts={}).resampled(to_near, size)
    planes = (small.alpha, small.foreground, small.plate)
    to_small = compose(invert(to_near), to_source)
    alpha, front, back = (read_only(warp(plane, to_small, scene.size)) for plane in planes)
    return Layers(read_only(np.clip(alpha, 0, 1)), front, back)


def _around(seen: Flow, margin: int) -> Box:
    """The box around the corners of a picture whose pixels lie at ``seen``, and ``margin`` pixels more."""
    corners = seen[[0, 0, -1, -1], [0, -1, 0, -1]]
    (left, top), (right, bottom) = np.floor(corners.min(0)) - margin, np.ceil(corners.max(0)) + margin + 1
    return Box(int(left), int(top), int(right), int(bottom))


def _like_skin(image: Image, view: View) -> NDArray[np.bool_]:
    """Where ``image`` has the colour of the face's skin, (H, W): neck, hands and ears too."""
    lab, skin = lab_from_linear(image), view.skin > 0.5
    usual = np.median(lab[skin], axis=0) if skin.any() else np.array([60.0, 12.0, 16.0])
    return np.asarray((np.hypot(*(lab[..., 1:] - usual[1:]).transpose(2, 0, 1)) < 8) & (np.abs(lab[..., 0] - usual[0]) < 30))


def _tone(a: Image, b: Image, worn: Plane, behind: Plane, along: Along) -> Tone | None:
    """The change from ``a`` to ``b`` as told by what is ``worn``, and by what is ``behind`` too where that agrees."""
    tone = tone_between(a, b, worn, along)
    background = behind > 0.5
    if not background.any():
        return tone
    kept = tone is None or float(np.median(tone.residual(a[background], b[background]))) < KEPT
    return tone_between(a, b, worn + behind, along) if kept else tone
