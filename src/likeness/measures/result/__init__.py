"""Measures of a result against its source: is it still them, and does it look real?"""
