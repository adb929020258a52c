"""Pair: a source and a result, and what is known of the two together, each fact computed once.

Measures of a result are given a Pair, never a recipe: the audit doesn't trust the editor.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from likeness.comparison.behind import what_became
from likeness.comparison.followed import followed, moved
from likeness.comparison.frame import within_frame
from likeness.comparison.handled import handled
from likeness.comparison.layers import Layers, Near
from likeness.comparison.profile import Coloured, coloured
from likeness.comparison.recolouring import Recolouring, recolourings
from likeness.comparison.shading import Shading, shading_of
from likeness.comparison.shape import Movement, movement
from likeness.comparison.skin_texture import SkinTexture, skin_texture
from likeness.comparison.stretch import Stretch, stretch_of
from likeness.comparison.tones import tones_of
from likeness.comparison.view import View
from likeness.comparison.wall import exchanged
from likeness.image import Affine, Plane, read_only
from likeness.image.filters import gaussian, grown
from likeness.image.flow import Flow, dense_flow, flow_of, round_trip_error, trimmed_similarity
from likeness.image.geometry import compose, invert, similarity
from likeness.image.texture import local_correlation
from likeness.image.tone import Tone
from likeness.lazy import lazy, once
from likeness.portrait import Field, Portrait

FACE = Field(1.6, 1.6, 1.8, 2.4)  # forehead to below the chin, ear to ear
SCENE = Field(3.2, 3.2, 2.8, 3.6)  # the head, its hair and the shoulders
BODY = Field(4.2, 4.2, 1.0, 5.8)  # from the brows down to the chest
ENOUGH_IPD = 256.0  # pixels; pictures to be compared may be reduced to this beforehand: nothing that is measured gets lost
MAX_IPD = 128.0  # pixels: bands B and C are seen whole at 111, and more costs time without telling more
SCENE_IPD = 56.0  # pixels
BODY_IPD = 36.0  # pixels
FINE_FLOW = 110.0  # pixels between the pupils; below it the flow goes down to single pixels
STRIDE = 6  # pixels between the samples that a similarity is fitted to
Mode = Literal["same-photo", "other-photo"]
Fact = TypeVar("Fact")
Background = Literal["unseen", "kept", "blurred", "replaced", "unknown"]
LEAST_BEHIND = 60  # pixels
RIM = 0.05  # IPD from a picture's end or frame, where its pixels are mixed with what is not there
SAME_PHOTO = 0.88  # median coherence of the mid bands: edits stay over 0.99, other photos of the same person under 0.76
PAINTED, HALF_COHERENT = 0.75, 0.4  # correlation of the whole person: filters that paint over stay above, other photos under 0.63
BRUSH = (0.05, 0.4)  # IPD; what a paint filter leaves where it was


@dataclass(frozen=True, eq=False)
class Registration:
    """How the result lies on the source, in the frame of the source's aligned face."""

    to_result: Affine  # view pixels -> result pixels: a similarity, or of a picture stretched as a whole an affine map
    result: View
    flow: Flow  # where the source's pixels are in the result's view, after that map: what was reshaped
    error: Plane  # round-trip error of that flow, pixels
    stretch: Stretch | None = None  # of the whole picture, undone by to_result


@dataclass(frozen=True, eq=False)
class Pair:
    """Two pictures to compare: the person's ``source`` and a ``result`` that says it shows the same person.

    ``others``: further photos of the person, for what several can tell better than one. ``mirrored``: the result was turned back.
    ``faces_seen``: how many faces the result shows; it is about the one most like the source.
    """

    source: Portrait
    result: Portrait
    others: tuple[Portrait, ...] = ()
    mirrored: bool = False
    faces_seen: int = 1

    @lazy
    def ipd(self) -> float:
        """Pixels between the pupils at which the two are compared: the lower resolution of the two, at most MAX_IPD."""
        return min(self.source.ipd, self.result.ipd, MAX_IPD)

    @property
    def quality(self) -> int:
        """The JPEG quality of the result's file, 1..100; 100 of other files."""
        return self.result.photo.metadata.jpeg_quality or 100

    @lazy
    def mode(self) -> Mode:
        """Whether the result's pixels derive from this source, be it painted over."""
        return "same-photo" if self.coherence >= SAME_PHOTO or self._painted_over else "other-photo"

    @lazy
    def faces(self) -> tuple[View, View]:
        """Source and result in one frame, upright and cut to the face: registered pixel by pixel where both are the same photo."""
        return self._source_face[0], self.registration.result

    @lazy
    def registration(self) -> Registration:
        """The result laid on the source: first by landmarks, then by the flow's trimmed similarity; one stretched as a whole is put right."""
        source, _ = self._source_face
        to_result = similarity(source.landmarks, self.result.landmarks)
        result = View.of(self.result, to_result, source.size, self.ipd)
        flow = dense_flow(source.pattern, result.pattern)
        to_result = compose(to_result, self._similarity_of(flow))
        scene = self._source_view(min(self.ipd, SCENE_IPD), SCENE)
        stretch = stretch_of(self._source_face, scene, flow, self.result, to_result)
        to_result = compose(to_result, stretch.by) if stretch else to_result
        result = View.of(self.result, to_result, source.size, self.ipd)
        fine = self.ipd < FINE_FLOW
        flow = dense_flow(source.pattern, result.pattern, fine=fine)
        back = dense_flow(result.pattern, source.pattern, fine=fine)
        rest = flow - flow_of(self._similarity_of(flow), source.size)
        return Registration(to_result, result, read_only(rest), read_only(round_trip_error(flow, back)), stretch)

    @lazy
    def movement(self) -> Movement:
        """How the face moved within the frame of ``faces``, where that could be followed: what was reshaped."""
        return movement(*self.faces, self.registration.flow, self.registration.error)

    def _similarity_of(self, flow: Flow) -> Affine:
        """What ``flow`` does to the face as a whole."""
        source, _ = self._source_face
        rows, columns = np.array(np.nonzero(source.region("face", grow=0.05)[::STRIDE, ::STRIDE] > 0.5)) * STRIDE
        points = np.stack([columns, rows], axis=1).astype(np.float32)
        return trimmed_similarity(points, points + flow[rows, columns])

    @lazy
    def skin_texture(self) -> SkinTexture:
        """What the result's skin has of the source's texture, and what handling of the whole picture would have left of it."""
        to_result, flow, error = (getattr(self.registration, name) for name in ("to_result", "flow", "error"))
        reshaped = moved(flow, error, self.ipd)
        maps = (self._source_face[1], to_result)
        planes = handled(self.source, self.result, self.faces, maps, reshaped, kept=self.background == "kept")
        return skin_texture(self.faces, planes)

    @lazy
    def coherence(self) -> float:
        """How alike the mid bands (5-22 mm) of source and result run over the face, after registration: median local correlation."""
        source, result = self.faces
        inside = (source.region("face") > 0.5) & (result.valid > 0)
        if inside.sum() < 0.3 * (source.region("face") > 0.5).sum():
            return 0.0
        local = [local_correlation(source.band(b), result.band(b), 0.12 * self.ipd)[inside] for b in ("D", "E")]
        return float(np.median(np.maximum(*local)))

    @lazy
    def _painted_over(self) -> bool:
        """Whether the whole person lies where the source's does, its fine detail apart: a cartoon made of the source, no other photo."""
        if self.coherence < HALF_COHERENT:
            return False
        source, result = self.scenes
        seen = grown((source.valid * result.valid) > 0, -BRUSH[0] * source.ipd) & (source.person > 0.9)
        if seen.sum() < LEAST_BEHIND:
            return False
        finest, coarsest = (width * source.ipd for width in BRUSH)
        a, b = ((gaussian(view.log_luma, finest) - gaussian(view.log_luma, coarsest))[seen] for view in (source, result))
        a, b = a - a.mean(), b - b.mean()
        return bool(a @ b > PAINTED * np.sqrt((a @ a) * (b @ b)))

    @lazy
    def scenes(self) -> tuple[View, View]:
        """Source and result in one frame around head and shoulders, at SCENE_IPD or less, registered like ``faces``."""
        return self._framed(SCENE, min(self.ipd, SCENE_IPD))

    @lazy
    def bodies(self) -> tuple[View, View]:
        """Source and result in one frame from the brows down to the chest, at BODY_IPD or less, registered like ``faces``."""
        return self._framed(BODY, min(self.ipd, BODY_IPD))

    def _framed(self, field: Field, ipd: float) -> tuple[View, View]:
        source, to_source = self._source_view(ipd, field)
        face_to_source = self._source_face[1]
        to_result = compose(self.registration.to_result, compose(invert(face_to_source), to_source))
        result = View.of(self.result, to_result, source.size, ipd)
        return source, replace(result, valid=within_frame(source, result))

    @lazy
    def behind(self) -> NDArray[np.bool_]:
        """Where, in the frame of ``scenes``, both pictures surely show background, (H, W)."""
        source, result = self.scenes
        persons = (source.person, result.person) if self.mode == "other-photo" else (source.person,)
        seen = grown((source.valid * result.valid) > 0, -RIM * source.ipd)
        return read_only(seen & ~grown(np.max(persons, axis=0) > 0.05, 0.15 * source.ipd))

    @lazy
    def background(self) -> Background:
        """What became of the source's background. ``unknown`` in another photo, which has its own; ``unseen``: none is seen in both."""
        if self.mode == "other-photo":
            return "unknown"
        if self.behind.sum() < LEAST_BEHIND:
            return "unseen"
        before = self.scenes[0].pixels
        before = np.minimum(self.tones[0].of(before), 1) if self.tones else before
        return what_became(self.even_scenes, before, self.behind, exchanged=self._exchanged)

    @lazy
    def _exchanged(self) -> bool:
        """Whether what is behind is another wall, told without the curves that could turn one wall into the other."""
        return exchanged(*self.even_scenes, self.behind)

    @lazy
    def tones(self) -> tuple[Tone, ...]:
        """What the change of light from source to result may have been, the likelier first; empty where too little is seen to tell.

        Read in ``scenes`` from the person's hair and clothes, and from the background where it was kept; never from skin.
        """
        return tones_of(*self.even_scenes, other_wall=self._exchanged)

    @lazy
    def recolourings(self) -> tuple[Recolouring, ...]:
        """The skin beside the light that the rest of the picture shares; empty where too little is seen to tell."""
        return recolourings(self.even_scenes, self.even_faces, self.background)

    @lazy
    def coloured(self) -> Coloured:
        """What ``recolourings`` compares, the result read in the source's colour profile where that was dropped."""
        spaces = self.source.photo.space, self.result.photo.space
        return coloured(spaces, self.background, Coloured(self.even_scenes, self.even_faces, self.recolourings))

    @lazy
    def shading(self) -> Shading | str:
        """Light and shade on the face in both pictures; a sentence where too little of it is seen."""
        return shading_of(self.followed, self.scenes, self.registration.to_result, (self.result.width, self.result.height))

    @lazy
    def followed(self) -> tuple[View, View]:
        """``faces``, the result's laid back where it was reshaped."""
        source, result = self.faces
        return source, followed(source, result, moved(self.registration.flow, self.registration.error, self.ipd))

    @lazy
    def even_faces(self) -> tuple[View, View]:
        """``followed``, the result without a vignette that it has beyond the source's."""
        return self._even(self.followed)

    @lazy
    def even_scenes(self) -> tuple[View, View]:
        """``scenes``, the result without a vignette that it has beyond the source's."""
        return self._even(self.scenes)

    def _even(self, views: tuple[View, View]) -> tuple[View, View]:
        if self.mode == "other-photo" or isinstance(self.shading, str) or self.shading.vignette is None:
            return views
        to_face = similarity(views[0].landmarks, self.faces[0].landmarks)
        return views[0], self.shading.vignette.off(views[1], compose(self.registration.to_result, to_face))

    @lazy
    def source_alpha(self) -> Plane:
        """How much of each pixel of the source is the person, in the frame of ``scenes``, solved once for all pairs of this source."""
        scene, near = self._source_near
        return self._of_source(("alpha", scene.ipd), lambda: near.alpha(scene.size))

    @lazy
    def source_layers(self) -> Layers:
        """The source's alpha, foreground and background in the frame of ``scenes``, solved once for all pairs of this source."""
        scene, near = self._source_near
        return self._of_source(("layers", scene.ipd), lambda: Layers(self.source_alpha, *near.colours(scene.size)))

    @property
    def _source_near(self) -> tuple[View, Near]:
        """The source's scene, and what the layers are solved on."""
        scene, to_source = self._source_view(min(self.ipd, SCENE_IPD), SCENE)
        return scene, self._of_source(("near", scene.ipd), lambda: Near.of(self.source, to_source, scene))

    @lazy
    def result_layers(self) -> Layers:
        """The result's own alpha, foreground and background in the frame of ``scenes``: of another photo the source's says nothing."""
        ipd = min(self.ipd, SCENE_IPD)
        to_source, scene = self._source_view(ipd, SCENE)[1], self.scenes[1]
        to_result = compose(self.registration.to_result, compose(invert(self._source_face[1]), to_source))
        near = Near.of(self.result, to_result, scene)
        return Layers(near.alpha(scene.size), *near.colours(scene.size))

    @property
    def to_source(self) -> Affine:
        """The map from the frame of ``faces`` to the source's pixels."""
        return self._source_face[1]

    @property
    def _source_face(self) -> tuple[View, Affine]:
        return self._source_view(self.ipd, FACE)

    def _source_view(self, ipd: float, field: Field) -> tuple[View, Affine]:
        """The source in a frame of its own, and the map from there to the source's pixels: shared by all pairs of this source."""

        def seen(to_source: Affine, size: tuple[int, int]) -> tuple[View, Affine]:
            return View.of(self.source, to_source, size, ipd), to_source

        return self._of_source((ipd, field), lambda: seen(*self.source.frame(ipd, field)))

    def _of_source(self, key: Hashable, compute: Callable[[], Fact]) -> Fact:
        """What is known of the source by the name of ``key``, computed once for all pairs of this source."""
        return once(self.source.views, key, compute)
