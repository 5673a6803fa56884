"""Makes ctc.npz: losses and gradients of PyTorch's ctc_loss, and what Keras's ctc_loss and ctc_decode answer.

Run with PyTorch 2.13.0 and Keras 3.15.1 with JAX on a CPU: `python make_ctc.py`. The test beside it needs none of them.
"""

import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import keras
import numpy as np
import torch


def main():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(5, 12, 6), scale=2).astype("float32")
    labels = rng.integers(1, 6, (5, 5)).astype("int32")
    labels[0] = [2, 2, 2, 4, 4]  # repetitions need blanks between
    lengths, steps = np.array([5, 4, 3, 1, 0], "int32"), np.array([12, 12, 7, 1, 5], "int32")
    stored = {"logits": logits, "labels": labels, "lengths": lengths, "steps": steps}
    for blank in (0, 5):
        x = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
        found = torch.nn.functional.ctc_loss(
            torch.log_softmax(x, -1).transpose(0, 1), torch.tensor((labels + blank) % 6), torch.tensor(steps),
            torch.tensor(lengths), blank=blank, reduction="none",
        )  # fmt: skip
        (found * torch.arange(1.0, 6.0)).sum().backward()
        stored |= {f"torch/{blank}/loss": found.detach().numpy(), f"torch/{blank}/gradient": x.grad.numpy()}
        stored[f"keras/{blank}/loss"] = keras.ops.ctc_loss(
            (labels + blank) % 6, logits, lengths, steps, mask_index=blank
        )
        for merge in (True, False):
            found = keras.ops.ctc_decode(logits, steps, merge_repeated=merge, mask_index=blank)
            stored |= {f"greedy/{blank}/{merge}/{i}": t for i, t in enumerate(found)}
        for width in (3, 20):
            found = keras.ops.ctc_decode(logits, steps, "beam_search", width, 3, mask_index=blank)
            stored |= {f"beam/{blank}/{width}/{i}": t for i, t in enumerate(found)}
    np.savez_compressed(Path(__file__).with_name("ctc.npz"), **{k: np.asarray(v) for k, v in stored.items()})


if __name__ == "__main__":
    main()
