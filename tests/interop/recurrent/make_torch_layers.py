"""Makes torch_layers.npz: PyTorch's recurrent layers and their gradients, with weights in the order of cuDNN's gates.

PyTorch hands its weights to cuDNN block by block as they are: gates i, f, g, o of an LSTM, r, z, n of a GRU. Run with PyTorch 2.13.0
on a CPU: `python make_torch_layers.py`. The test beside it needs it not.
"""

from pathlib import Path

import numpy as np
import torch

TIME, BATCH, FEATURES, UNITS = 4, 3, 2, 3
CELLS = {
    "lstm": (torch.nn.LSTM, {}),
    "gru": (torch.nn.GRU, {}),
    "tanh": (torch.nn.RNN, {"nonlinearity": "tanh"}),
    "relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
}


def main():
    stored = {}
    for number, (cell, (kind, options)) in enumerate(CELLS.items()):
        rng = np.random.default_rng(number)
        layer = kind(FEATURES, UNITS, dtype=torch.float64, **options)
        weights = [getattr(layer, name) for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")]
        with torch.no_grad():
            for weight in weights:
                weight.copy_(torch.from_numpy(rng.uniform(-1, 1, tuple(weight.shape))))
        count = 2 if cell == "lstm" else 1
        x = torch.from_numpy(rng.uniform(-1, 1, (TIME, BATCH, FEATURES))).requires_grad_()
        first = [torch.from_numpy(rng.uniform(-1, 1, (1, BATCH, UNITS))).requires_grad_() for _ in range(count)]
        y, last = layer(x, tuple(first) if count == 2 else first[0])
        results = [y, *(last if count == 2 else [last])]
        cotangents = [torch.from_numpy(rng.uniform(-1, 1, tuple(r.shape))) for r in results]
        gradients = torch.autograd.grad(results, [x, *first, *weights], cotangents)
        groups = {
            "weights": weights,
            "given": [x, *first],
            "results": results,
            "cotangents": cotangents,
            "gradients": gradients,
        }
        for kind_of, several in groups.items():
            for i, tensor in enumerate(several):
                stored[f"{cell}/{kind_of}/{i}"] = tensor.detach().numpy()
    np.savez_compressed(Path(__file__).with_name("torch_layers.npz"), **stored)


if __name__ == "__main__":
    main()
