"""Makes images.npz: what genuine Keras's ops.image computes for each case of CASES, and the gradients of the first array.

Run with Keras 3.15.1 and JAX on a CPU: `python make_images.py`. The test beside it needs neither.
"""

import inspect
import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import jax
import jax.numpy as jnp
import keras
import numpy as np

POINTS = [[0.0, 0.0], [0.0, 4.0], [6.0, 0.0], [6.0, 4.0]]
MOVED = [[0.5, 1.0], [-1.0, 4.5], [5.0, 0.3], [6.5, 3.0]]
TURN = [0.9, -0.3, 1.2, 0.25, 1.1, -0.7, 0.0, 0.0]
SHIFT = [1.0, 0.0, -2.5, 0.0, 1.0, 7.25, 0.0, 0.0]
SHAPE = [2, 5, 7, 3]


def case(name, *arrays, dtype="float32", **how):
    """Arrays are shapes to draw, or dicts with the values."""
    return {"name": name, "arrays": list(arrays), "dtype": dtype, "how": how}


CASES = [
    *(case("resize", SHAPE, size=size, interpolation=kind, antialias=smooth)
      for size in ([8, 4], [3, 12]) for kind in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
      for smooth in (False, True)),
    case("resize", SHAPE, size=[4, 4], crop_to_aspect_ratio=True),
    case("resize", SHAPE, size=[4, 4], pad_to_aspect_ratio=True, fill_value=0.5),
    case("resize", [3, 5, 7], size=[6, 6], data_format="channels_first", interpolation="bicubic"),
    *(case("resize", [5, 7, 3], size=[9, 3], interpolation=kind, dtype="uint8") for kind in ("bilinear", "bicubic", "nearest")),
    *(case("affine_transform", SHAPE, {"values": [TURN, SHIFT]}, interpolation=kind, fill_mode=mode, fill_value=0.3)
      for kind in ("bilinear", "nearest") for mode in ("constant", "nearest", "wrap", "mirror", "reflect")),
    case("affine_transform", [3, 5, 7], {"values": TURN}, data_format="channels_first"),
    case("perspective_transform", SHAPE, {"values": [POINTS] * 2}, {"values": [MOVED, POINTS]}, fill_value=0.2),
    case("perspective_transform", [5, 7, 1], {"values": POINTS}, {"values": MOVED}, interpolation="nearest"),
    *(case("map_coordinates", [4, 3], {"values": [[0.0, 2.5, -1.25, 3.0, 9.75], [1.5, -0.5, 2.0, 7.3, -4.4]]}, order=order,
           fill_mode=mode, fill_value=2.0)
      for order in (0, 1) for mode in ("constant", "nearest", "wrap", "mirror", "reflect")),
    case("map_coordinates", [4, 3, 2], {"values": [[[0.2, 2.5]], [[1.5, 0.1]], [[0.5, 0.75]]]}, order=1),
    case("map_coordinates", [4, 3], {"values": [[0.5, 1.5, 2.25], [1.0, 0.5, 1.75]]}, order=1, dtype="int32"),
    case("gaussian_blur", SHAPE, kernel_size=[3, 5], sigma=[0.8, 1.7], data_format="channels_last"),
    case("gaussian_blur", [3, 5, 7], kernel_size=[3, 3], sigma=[1.0, 2.0], data_format="channels_first"),
    case("sobel_edges", SHAPE),
    case("ssim", [2, 13, 12, 3], [2, 13, 12, 3]),
    case("ssim", [9, 8, 1], [9, 8, 1], filter_size=5, filter_sigma=0.9, max_val=2.0),
    case("rgb_to_grayscale", SHAPE),
    case("rgb_to_grayscale", SHAPE, dtype="uint8"),
    case("rgb_to_hsv", SHAPE),
    case("rgb_to_hsv", [3, 5, 7], data_format="channels_first"),
    case("hsv_to_rgb", SHAPE),
    case("hsv_to_rgb", [3, 5, 7], data_format="channels_first"),
    case("pad_images", SHAPE, top_padding=1, left_padding=2, target_height=9, right_padding=3),
    case("crop_images", [3, 5, 7], bottom_cropping=1, left_cropping=2, target_height=2, target_width=4, data_format="channels_first"),
    case("extract_patches", SHAPE, size=[2, 3]),
    case("extract_patches", SHAPE, size=2, strides=1, padding="same", dilation_rate=2),
    case("extract_patches", [3, 5, 7], size=[3, 2], strides=[2, 1], data_format="channels_first"),
    case("extract_patches", [1, 4, 5, 3, 2], size=[2, 2, 1]),
    case("extract_patches_3d", [4, 5, 3, 2], size=2, strides=1, padding="same"),
    case("scale_and_translate", [4, 5], {"values": [0.6, 1.7]}, {"values": [0.3, -1.1]}, output_shape=[4, 7],
         spatial_dims=[0, 1], method="linear"),
    case("scale_and_translate", [4, 5, 2], {"values": [1.4]}, {"values": [0.2]}, output_shape=[4, 8, 2],
         spatial_dims=[1], method="lanczos3", antialias=False),
    case("scale_and_translate", [4, 5], {"values": [0.5, 0.8]}, {"values": [0.0, 0.4]}, output_shape=[3, 4],
         spatial_dims=[0, 1], method="cubic"),
]  # fmt: skip

ELASTIC = {"alpha": 3.0, "sigma": 0.8, "fill_mode": "mirror"}


def main():
    rng, stored = np.random.default_rng(0), {}
    for number, one in enumerate(CASES):
        arrays = []
        for a in one["arrays"]:
            if isinstance(a, dict):
                arrays.append(np.asarray(a["values"], "float32"))
            elif one["dtype"] == "float32":
                arrays.append(rng.uniform(0.0, 1.0, a).astype("float32"))
            else:
                arrays.append(rng.integers(0, 256, a).astype(one["dtype"]))
        function = getattr(keras.ops.image, one["name"])
        how = {k: tuple(v) if isinstance(v, list) else v for k, v in one["how"].items()}

        def call(x, arrays=arrays, function=function, how=how, name=one["name"]):
            rest = [jnp.asarray(a) for a in arrays[1:]]
            if name == "scale_and_translate":
                return function(
                    x,
                    how["output_shape"],
                    *rest,
                    *(how[k] for k in ("spatial_dims", "method")),
                    how.get("antialias", True),
                )
            return function(x, *rest, **how)

        out = call(jnp.asarray(arrays[0]))
        for i, a in enumerate(arrays):
            stored[f"{number}/in/{i}"] = a
        stored[f"{number}/out"] = np.asarray(out)
        if one["dtype"] == "float32":
            weigh = jnp.cos(jnp.arange(out.size)).reshape(out.shape)
            stored[f"{number}/grad"] = np.asarray(
                jax.grad(lambda x, w=weigh: (call(x) * w).sum())(jnp.asarray(arrays[0]))
            )
    stored["elastic/in"] = rng.uniform(0.0, 1.0, (2, 9, 7, 3)).astype("float32")
    stored["elastic/noise"] = rng.normal(size=(2, 2, 9, 7)).astype("float32")
    given = iter(jnp.asarray(stored["elastic/noise"]))
    drawn, jax.random.normal = jax.random.normal, lambda *args, **how: next(given)
    stored["elastic/out"] = np.asarray(keras.ops.image.elastic_transform(stored["elastic/in"], **ELASTIC))
    jax.random.normal = drawn
    stored["elastic/how"] = np.frombuffer(json.dumps(ELASTIC).encode(), dtype="uint8")
    names = {one["name"] for one in CASES} | {"elastic_transform"}
    arguments = {n: str(inspect.signature(getattr(keras.ops.image, n))) for n in sorted(names)}
    stored["signatures"] = np.frombuffer(json.dumps(arguments).encode(), dtype="uint8")
    stored["cases"] = np.frombuffer(json.dumps(CASES).encode(), dtype="uint8")
    np.savez_compressed(Path(__file__).with_name("images.npz"), **stored)


if __name__ == "__main__":
    main()
