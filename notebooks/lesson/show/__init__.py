"""What pictures are made of: the live picture, curves, the unit, shapes and colours.  Knows no lesson."""
