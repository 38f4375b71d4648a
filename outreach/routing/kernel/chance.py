"""Random numbers of our own: xorshift64* (Marsaglia 2003; Vigna 2016), the same on every machine."""

import numpy as np

from outreach.routing.kernel.compiled import compiled

_A, _B, _C = np.uint64(12), np.uint64(25), np.uint64(27)
_SPREAD = np.uint64(2685821657736338717)
_HALF, _ELEVEN = np.uint64(32), np.uint64(11)


@compiled
def bits(w):
    """64 random bits."""
    x = np.uint64(w.chance)
    x ^= x >> _A
    x ^= x << _B
    x ^= x >> _C
    w.chance = np.int64(x)
    return x * _SPREAD


@compiled
def below(w, limit):
    """A whole number from 0 to `limit` - 1."""
    return np.int64(((bits(w) >> _HALF) * np.uint64(limit)) >> _HALF)


@compiled
def fraction(w):
    """A number from 0 up to but without 1."""
    return np.float64(np.int64(bits(w) >> _ELEVEN)) * (1.0 / 9007199254740992.0)
