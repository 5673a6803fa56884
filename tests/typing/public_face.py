"""What a user writes, for type checkers to judge. A line whose comment says error has to be one, every other line none."""

from typing import assert_type

import hornbeam as hb
from hornbeam.layers import Dense

model = hb.Sequential([hb.Input((28, 28, 1)), hb.layers.Flatten(), Dense(10, activation="softmax")])
model.compile(hb.optimizers.Adam(1e-3, beta_1=0.8), "sparse_categorical_crossentropy", metrics=["accuracy"])
loss = hb.losses.SparseCategoricalCrossentropy(from_logits=True)

t = hb.ops.zeros((2, 3))
v = hb.Variable([1.0, 2.0])
assert_type(t + 1.0, hb.Tensor)
assert_type(2 - t, hb.Tensor)
assert_type(t @ t.T, hb.Tensor)
assert_type(v * v, hb.Tensor)
assert_type(t == t, hb.Tensor)
assert_type(t < 1, hb.Tensor)
assert_type(t.sum(axis=0, keepdims=True), hb.Tensor)
assert_type(t.reshape(3, 2), hb.Tensor)
assert_type(t[0], hb.Tensor)
assert_type(hb.ops.tanh(t), hb.Tensor)
assert_type(hb.ops.max(t), hb.Tensor)
assert_type(hb.ops.where(t > 0, t, 0.0), hb.Tensor)
t += 1
assert_type(t, hb.Tensor)

reveal_type(Dense)
reveal_type(hb.layers.Dense)
reveal_type(hb.Sequential)
reveal_type(hb.optimizers.Adam)
reveal_type(Dense.__init__)

Dense()  # error: units are missing
Dense("many")  # error: units are a number
Dense(10, use_bias="no")  # error: a truth value
hb.layers.Conv2D(8)  # error: kernel_size is missing
hb.optimizers.Adam(beta_1="high")  # error: a number
hb.layers.Dence  # error: no such layer
hb.ops.tahn  # error: no such operation
t.summ()  # error: no such method
