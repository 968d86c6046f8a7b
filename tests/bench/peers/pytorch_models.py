"""What is measured of PyTorch: functions without arguments that do one training step, or one step of inference.

A training step is forward, backward, and the gradients of the weights and of the input, as recur's benchmark does it.
Sizes are T time steps, N sequences, I inputs, H hidden units.
"""
import torch
from torch import nn


class MinimalGatedUnit(nn.Module):
    """Zhou et al., 2016, as a PyTorch user would write it: a Python loop over time."""

    def __init__(self, inputs, hidden):
        super().__init__()
        bound = hidden ** -0.5
        draw = lambda *shape: nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))
        self.W, self.U, self.V = draw(inputs, 2 * hidden), draw(hidden, hidden), draw(hidden, hidden)

    def step(self, x, h):
        f_in, c_in = (x @ self.W).chunk(2, dim=1)
        f = torch.sigmoid(f_in + h @ self.U)
        c = torch.tanh(c_in + (f * h) @ self.V)
        return (1 - f) * h + f * c

    def forward(self, x):
        h = x.new_zeros(x.shape[1], self.U.shape[0])
        outputs = []
        for x_t in x.unbind(0):
            h = self.step(x_t, h)
            outputs.append(h)
        return torch.stack(outputs), h


def training_step(layer, T, N, I, H):
    x = torch.randn(T, N, I, requires_grad=True)
    d_y = torch.randn(T, N, H)
    learned = [x, *layer.parameters()]

    def run():
        for tensor in learned:
            tensor.grad = None
        y, _ = layer(x)
        y.backward(d_y)

    return run


def builtin_training_step(name, T, N, I, H):
    layer = {"lstm": nn.LSTM, "gru": nn.GRU, "vanilla": nn.RNN}[name](I, H)
    return training_step(layer, T, N, I, H)


def gated_training_step(T, N, I, H, form):
    """form: eager; compile_sequence (the loop unrolled into one graph); compile_step (the body of the loop compiled)."""
    layer = MinimalGatedUnit(I, H)
    torch._dynamo.reset()
    if form == "compile_sequence":
        return training_step(torch.compile(layer), T, N, I, H)
    if form == "compile_step":
        layer.step = torch.compile(layer.step)
    return training_step(layer, T, N, I, H)


def inference_steps(name, H):
    """The ways to do one step for one sequence with a carried state, by name; the fastest counts."""
    x = torch.randn(1, H)
    ways = {}

    def carried(cell, state, wrap=lambda s: s):
        def run():
            nonlocal state
            with torch.inference_mode():
                state = wrap(cell(x, state))
        return run

    if name == "mgu":
        unit = MinimalGatedUnit(H, H)
        ways["eager"] = carried(unit.step, torch.zeros(1, H))
        torch._dynamo.reset()
        ways["compile"] = carried(torch.compile(unit.step), torch.zeros(1, H))
        return ways

    cell_type, layer_type = {"lstm": (nn.LSTMCell, nn.LSTM), "gru": (nn.GRUCell, nn.GRU),
                             "vanilla": (nn.RNNCell, nn.RNN)}[name]
    zeros = torch.zeros(1, H)
    ways["cell"] = carried(cell_type(H, H), (zeros, zeros) if name == "lstm" else zeros)
    # A layer over a sequence of one step, without a batch.
    ways["layer"] = carried(layer_type(H, H), (zeros, zeros) if name == "lstm" else zeros, wrap=lambda out: out[1])
    return ways
