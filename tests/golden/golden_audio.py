#!/usr/bin/env python3
"""Golden values for the features of recordings, worked out from their equations (core/data/audio_features.hpp) by sums alone.

Needs numpy only, uses no Fourier or cosine transform of a library, and shares no code with recur.

    python3 golden_audio.py            writes audio.json beside this script
    python3 golden_audio.py --check    compares with the file that is there
"""
import argparse
import json
import pathlib
import sys

import numpy as np

RATE, WINDOW, HOP, POINTS = 8000, 200, 80, 256  # 25 ms every 10 ms; the power of two above the window
FILTERS, COEFFICIENTS, PRE_EMPHASIS, FLOOR = 20, 13, 0.97, 1e-8


def samples():
    """A glide with noise that stops: 640 samples of which the last are zero, in steps of 2^-15."""
    i = np.arange(640)
    rng = np.random.default_rng(7)
    x = 0.5 * np.sin(2 * np.pi * (300 + i) * i / RATE) + rng.uniform(-0.01, 0.01, i.size)
    return np.where(i < 420, np.round(x * 32768), 0) / 32768


def mel(hertz):
    return 2595 * np.log10(1 + hertz / 700)


def filter_weights():
    """[M, F/2 + 1]"""
    corners = np.linspace(0, mel(RATE / 2), FILTERS + 2)
    at = mel(np.arange(POINTS // 2 + 1) * RATE / POINTS)
    rising = (at[None] - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - at[None]) / (corners[2:] - corners[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling))


def log_mel(x):
    y = x - PRE_EMPHASIS * np.concatenate([x[:1], x[:-1]])
    n = np.arange(WINDOW)
    window = 0.54 - 0.46 * np.cos(2 * np.pi * n / (WINDOW - 1))
    fourier = np.exp(-2j * np.pi * np.outer(n, np.arange(POINTS // 2 + 1)) / POINTS)
    starts = range(0, x.size - WINDOW + 1, HOP)
    power = np.array([np.abs((y[s:s + WINDOW] * window) @ fourier) ** 2 for s in starts])
    return np.log(np.maximum(power @ filter_weights().T, FLOOR))


def cepstra(s):
    j, i = np.arange(1, FILTERS + 1), np.arange(COEFFICIENTS)
    basis = np.sqrt(np.where(i == 0, 1, 2) / FILTERS)[:, None] * np.cos(np.pi * np.outer(i, j - 0.5) / FILTERS)
    return s @ basis.T


def slopes(c):
    last = len(c) - 1
    at = lambda t: c[min(max(t, 0), last)]
    return np.array([sum(s * (at(t + s) - at(t - s)) for s in (1, 2)) / 10 for t in range(len(c))])


def golden():
    x = samples()
    s = log_mel(x)
    c = cepstra(s)
    d = slopes(c)
    tables = {"samples": x, "log_mel": s, "mfcc": np.hstack([c, d, slopes(d)])}
    return {name: {"shape": list(value.shape), "data": value.ravel().tolist()} for name, value in tables.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    path = pathlib.Path(__file__).resolve().parent / "audio.json"
    content = golden()
    if parser.parse_args().check:
        there = json.loads(path.read_text())
        for name, table in content.items():
            if not np.allclose(table["data"], there[name]["data"], rtol=1e-12, atol=1e-12):
                sys.exit(f"{path.name}: {name} differs")
        print(path.name, "agrees")
    else:
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(table)}" for name, table in content.items())
        path.write_text("{\n" + lines + "\n}\n")
        print(path.name, "written")


if __name__ == "__main__":
    main()
