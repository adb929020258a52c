"""Measures of a photo alone: can it carry a headshot?"""
