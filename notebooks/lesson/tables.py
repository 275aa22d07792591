"""Tables of an LSTM unit's twelve numbers, as text."""
import numpy as np

GATES = ("forget gate", "input gate", "candidate", "output gate")
NAMES = [f"{gate} {letter}" for gate in GATES for letter in "wub"]


def compare(digits=4, **columns):
    """Print two matrices of a unit's twelve numbers side by side, and how far they are apart.

    columns: two matrices (4, 3) by name, rows in the order of weight_matrix; digits: after the point.
    ValueError for another count of columns, or another shape.
    """
    matrices = [np.asarray(matrix, dtype=float) for matrix in columns.values()]
    if [matrix.shape for matrix in matrices] != [(4, 3), (4, 3)]:
        raise ValueError(f"columns: got {columns!r}, want two matrices (4, 3) by name")
    width = max(digits + 5, *(len(name) + 2 for name in columns))
    print(f"{'':15}" + "".join(f"{name:>{width}}" for name in columns) + "  difference")
    for name, one, other in zip(NAMES, *(matrix.ravel().tolist() for matrix in matrices)):
        print(f"{name:15}{one:{width}.{digits}f}{other:{width}.{digits}f}{abs(one - other):12.{digits}f}")
