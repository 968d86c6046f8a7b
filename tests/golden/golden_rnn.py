#!/usr/bin/env python3
"""Golden values for vanilla RNN, LSTM and GRU, worked out from the equations in the papers.

Needs numpy only and shares no code with recur: forward by a loop over time, gradients by back-propagation
through time derived by hand, and both are held to central differences before anything is written.

    python3 golden_rnn.py            writes the files beside this script
    python3 golden_rnn.py --check    compares with the files that are there

Equations (x_t [N, I], h, c [N, H], G gates; W [I, G*H], U [H, G*H], b [G*H]; s = logistic function)
  rnn_tanh, rnn_relu  Elman, "Finding structure in time", 1990
      h_t = f(x_t W + h_{t-1} U + b)
  lstm  Hochreiter, Schmidhuber, 1997, with the forget gate of Gers, Schmidhuber, Cummins, "Learning to
        forget", 2000; gates in the order i f c o
      i, f, o = s(a_i), s(a_f), s(a_o);  k = tanh(a_c);  c_t = f c_{t-1} + i k;  h_t = o tanh(c_t)
  gru   Cho et al., 2014, with the product after the reset; gates u r o; u is the paper's z
      u, r = s(a_u), s(a_r);  k = tanh(x W_o + (r h_{t-1}) U_o + b_o);  h_t = u h_{t-1} + (1 - u) k
  lbr_gru  the reset after the product (Cho et al., arXiv v1; cuDNN, PyTorch); bias u r o u', [4H]
      k = tanh(x W_o + b_o + r (h_{t-1} U_o + b_u'))

With lengths, a sequence's states stay what they are from its end on, and its outputs there are zero.
The loss is sum(y * d_y) + sum(h_T * d_h) [+ sum(c_T * d_c)], so d_y and d_h are the gradients that come in.
"""
import argparse
import json
import pathlib
import sys

import numpy as np

T, N, I, H = 5, 3, 4, 5
LENGTHS = np.array([5, 2, 4])
CELLS = {"rnn_tanh": (1, 1), "rnn_relu": (1, 1), "lstm": (4, 4), "gru": (3, 3), "lbr_gru": (3, 4)}  # gates, biases


def s(a):
    return 1 / (1 + np.exp(-a))


def forward(cell, p, lengths):
    """p: the inputs by name -> outputs y [T, N, H], the final states, and what each step keeps for the way back."""
    h, c = p["h0"], p.get("c0", np.zeros((N, H)))
    W, U, b = p["W"], p["U"], p["b"]
    y, tape = np.zeros((T, N, H)), []
    for t in range(T):
        x, kept = p["x"][t], {"h": h, "c": c}
        c_new = c
        if cell in ("rnn_tanh", "rnn_relu"):
            a = x @ W + h @ U + b
            h_new = np.tanh(a) if cell == "rnn_tanh" else np.maximum(a, 0)
        elif cell == "lstm":
            i, f, k, o = np.split(x @ W + h @ U + b, 4, axis=1)
            i, f, k, o = s(i), s(f), np.tanh(k), s(o)
            c_new = f * c + i * k
            h_new = o * np.tanh(c_new)
            kept.update(i=i, f=f, k=k, o=o, c_new=c_new)
        else:
            u, r = np.split(s(x @ W[:, :2 * H] + h @ U[:, :2 * H] + b[:2 * H]), 2, axis=1)
            if cell == "gru":
                k = np.tanh(x @ W[:, 2 * H:] + (r * h) @ U[:, 2 * H:] + b[2 * H:])
            else:
                kept["inner"] = h @ U[:, 2 * H:] + b[3 * H:]
                k = np.tanh(x @ W[:, 2 * H:] + b[2 * H:3 * H] + r * kept["inner"])
            h_new = u * h + (1 - u) * k
            kept.update(u=u, r=r, k=k)
        kept["h_new"] = h_new
        alive = (t < lengths)[:, None]
        kept["alive"] = alive
        tape.append(kept)
        y[t] = np.where(alive, h_new, 0)
        h, c = np.where(alive, h_new, h), np.where(alive, c_new, c)
    return y, h, c, tape


def backward(cell, p, tape, d_y, d_h, d_c):
    """Gradients of sum(y d_y) + sum(h_T d_h) + sum(c_T d_c) by every input."""
    W, U = p["W"], p["U"]
    g = {name: np.zeros_like(value) for name, value in p.items()}
    for t in reversed(range(T)):
        k_t = tape[t]
        h, c, alive, x = k_t["h"], k_t["c"], k_t["alive"], p["x"][t]
        e = np.where(alive, d_h + d_y[t], 0)  # what reaches h_new; past the end it goes round the cell instead
        d_h_before, d_c_before = np.where(alive, 0, d_h), np.where(alive, 0, d_c)
        if cell in ("rnn_tanh", "rnn_relu"):
            a = e * (1 - k_t["h_new"] ** 2) if cell == "rnn_tanh" else e * (k_t["h_new"] > 0)
            g["U"] += h.T @ a
            d_h_before = d_h_before + a @ U.T
        elif cell == "lstm":
            i, f, k, o = k_t["i"], k_t["f"], k_t["k"], k_t["o"]
            q = np.tanh(k_t["c_new"])
            e_c = np.where(alive, d_c, 0) + e * o * (1 - q ** 2)
            a = np.concatenate([e_c * k * i * (1 - i), e_c * c * f * (1 - f), e_c * i * (1 - k ** 2),
                                e * q * o * (1 - o)], axis=1)
            g["U"] += h.T @ a
            d_h_before = d_h_before + a @ U.T
            d_c_before = d_c_before + e_c * f
        else:
            u, r, k = k_t["u"], k_t["r"], k_t["k"]
            a_u = e * (h - k) * u * (1 - u)
            a_k = e * (1 - u) * (1 - k ** 2)
            d_h_before = d_h_before + e * u
            if cell == "gru":
                d_rh = a_k @ U[:, 2 * H:].T
                a_r = d_rh * h * r * (1 - r)
                g["U"][:, 2 * H:] += (r * h).T @ a_k
                d_h_before = d_h_before + d_rh * r
            else:
                a_r = a_k * k_t["inner"] * r * (1 - r)
                g["U"][:, 2 * H:] += h.T @ (a_k * r)
                g["b"][3 * H:] += (a_k * r).sum(axis=0)
                d_h_before = d_h_before + (a_k * r) @ U[:, 2 * H:].T
            gates = np.concatenate([a_u, a_r], axis=1)
            g["U"][:, :2 * H] += h.T @ gates
            d_h_before = d_h_before + gates @ U[:, :2 * H].T
            a = np.concatenate([gates, a_k], axis=1)
        g["W"] += x.T @ a
        g["b"][:a.shape[1]] += a.sum(axis=0)
        g["x"][t] = a @ W.T
        d_h, d_c = d_h_before, d_c_before
    g["h0"] = d_h
    if "c0" in g:
        g["c0"] = d_c
    return g


def loss(cell, p, lengths, d):
    y, h, c, _ = forward(cell, p, lengths)
    total = (y * d["y"]).sum() + (h * d["h"]).sum()
    return total + (c * d["c"]).sum() if cell == "lstm" else total


def check_by_central_differences(cell, p, lengths, d, gradients):
    step = 1e-6
    for name, gradient in gradients.items():
        for index in np.ndindex(gradient.shape):
            at = p[name][index]
            p[name][index] = at + step
            above = loss(cell, p, lengths, d)
            p[name][index] = at - step
            below = loss(cell, p, lengths, d)
            p[name][index] = at
            slope = (above - below) / (2 * step)
            error = abs(slope - gradient[index]) / max(1, abs(slope))
            assert error < 1e-8, f"{cell} d:{name}{list(index)}: {gradient[index]} by hand, {slope} by differences"


def golden(cell, with_lengths, seed):
    rng = np.random.default_rng(seed)
    gates, biases = CELLS[cell]
    draw = lambda *shape: rng.uniform(-1, 1, shape).round(3)  # three digits: exact to write down, short to read
    p = {"x": draw(T, N, I), "W": draw(I, gates * H), "U": draw(H, gates * H), "b": draw(biases * H), "h0": draw(N, H)}
    d = {"y": draw(T, N, H), "h": draw(N, H), "c": np.zeros((N, H))}
    if cell == "lstm":
        p["c0"], d["c"] = draw(N, H), draw(N, H)
    lengths = LENGTHS if with_lengths else np.full(N, T)
    y, h, c, tape = forward(cell, p, lengths)
    gradients = backward(cell, p, tape, d["y"], d["h"], d["c"])
    check_by_central_differences(cell, p, lengths, d, gradients)

    tensors = dict(p)
    tensors.update({"d:y": d["y"], "d:h_final": d["h"], "y": y, "h_final": h})
    if cell == "lstm":
        tensors.update({"d:c_final": d["c"], "c_final": c})
    if with_lengths:
        tensors["lengths"] = lengths.astype(float)
    tensors.update({"d:" + name: value for name, value in gradients.items()})
    return {"cell": cell, "T": T, "N": N, "I": I, "H": H,
            "tensors": {name: {"shape": list(v.shape), "data": v.ravel().tolist()} for name, v in tensors.items()}}


def one_tensor_a_line(content):
    tensors = ",\n".join(f"  {json.dumps(name)}: {json.dumps(tensor)}" for name, tensor in content["tensors"].items())
    sizes = json.dumps({name: value for name, value in content.items() if name != "tensors"})
    return f"{sizes[:-1]}, \"tensors\": {{\n{tensors}\n}}}}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    folder = pathlib.Path(__file__).resolve().parent
    for number, cell in enumerate(CELLS):
        for with_lengths in (False, True):
            content = golden(cell, with_lengths, seed=2 * number + with_lengths)
            path = folder / f"{cell}{'_lengths' if with_lengths else ''}.json"
            if check:
                there = json.loads(path.read_text())["tensors"]
                for name, tensor in content["tensors"].items():
                    if not np.allclose(tensor["data"], there[name]["data"], rtol=1e-12, atol=1e-14):
                        sys.exit(f"{path.name}: {name} differs")
            else:
                path.write_text(one_tensor_a_line(content))
            print(path.name, "agrees" if check else "written")


if __name__ == "__main__":
    main()
