"""How large the face is."""

from __future__ import annotations

from likeness.image.geometry import scale_of
from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading, measure


@measure(title="Eye distance", group="source", unit="px", about="source")
def eye_distance(portrait: Portrait) -> Reading | NotAssessed:
    """Pixels between the pupils in the full-size photo: how much of the person there is to work with. ISO/IEC 29794-5 inter-eye distance."""
    pixels = portrait.ipd * scale_of(portrait.to_photo) * portrait.photo.scale
    return Reading(
        pixels,
        f"the eyes are {pixels:.0f} px apart",
        region="eyes",
        advice="Come closer or use the camera's full resolution, so that your face is larger in the photo.",
    )
