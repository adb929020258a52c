"""Where the audit's limits come from: photos, edits of known kind and dose, and what the measures say of them.

``python -m calibration FOLDER`` writes src/likeness/calibration.json; ``python -m benchmarks audit`` reports on people that it never saw.
"""
