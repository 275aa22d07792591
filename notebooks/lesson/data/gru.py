"""The GRU, the third runner of lesson 10: a gated network with one memory h and two gates.

    z = sigmoid(W_z [h, x, 1])       update gate: the share of the memory that stays
    r = sigmoid(W_r [h, x, 1])       reset gate: the share of the memory that the candidate sees
    g = tanh(W_g [r h, x, 1])        candidate
    h' = z h + (1 - z) g

Source: K. Cho and others, "Learning phrase representations using RNN encoder-decoder for statistical machine
translation", 2014.
"""
from collections import namedtuple

import numpy as np

from lstm_core import sigmoid
from lstm_layers import LayerBack, _Layer

GRUStep = namedtuple("GRUStep", "z r seen g kept added h")  # seen: r h; kept: z h; added: (1 - z) g


def gru_step(W, h, x):
    """Run n GRU cells once.  W: rows for update gate, reset gate, candidate (3n, n + m + 1); h (n, B); x (m + 1, B),
    its last row 1."""
    n = len(h)
    z, r = np.split(sigmoid(W[:2 * n] @ np.concatenate([h, x])), 2)
    seen = r * h
    g = np.tanh(W[2 * n:] @ np.concatenate([seen, x]))
    kept, added = z * h, (1 - z) * g
    return GRUStep(z, r, seen, g, kept, added, kept + added)


class GRULayer(_Layer):
    """n GRU cells that read m inputs and each other's memory.  W: (3n, n + m + 1), as in gru_step, in float64."""
    gates = 3

    def _allocate(self, T, B):
        self._Z = np.ones((T + 1, self.n + self.m + 1, B))

    def forward(self, xs, h=None):
        """Return the memory after every step, (T, n, B); xs, h: as in LSTMLayer.forward."""
        T, n, self._steps = self._begin(xs, h=h), self.n, []
        for page, after in zip(self._Z[:T], self._Z[1:]):
            self._steps.append(gru_step(self.W, page[:n], page[n:]))
            after[:n] = self._steps[-1].h
        self._ran = T
        return self._Z[1:T + 1, :n].copy()

    def backward(self, dh):
        """Go back through the sequence of the last forward; dh as in LSTMLayer.backward.  The LayerBack has no c."""
        (dhs, dh), n, dW = self._slopes(dh), self.n, np.zeros_like(self.W)
        W_zr, W_g = self.W[:2 * n], self.W[2 * n:]
        for page, done, dh_t in zip(self._Z[self._ran - 1::-1], self._steps[::-1], dhs[::-1]):
            (h, x), (z, r, seen, g, *_), dh = np.split(page, [n]), done, dh + dh_t
            # h' = z h + (1 - z) g
            da_g = dh * (1 - z) * (1 - g * g)
            dseen = W_g[:, :n].T @ da_g
            da_zr = np.concatenate([dh * (h - g) * z * (1 - z), dseen * h * r * (1 - r)])
            dW[:2 * n] += da_zr @ page.T
            dW[2 * n:] += da_g @ np.concatenate([seen, x]).T
            dh = dh * z + dseen * r + W_zr[:, :n].T @ da_zr
        return LayerBack(dW, None, dh)
