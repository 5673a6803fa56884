"""Two networks that compete, with a training loop of their own, as scripts for TensorFlow have it. Runs unchanged:

    hornbeam run examples/keras_scripts/gan_digits.py [epochs]

One network makes digits of 8 x 8 pixels from noise, the other tells them from real ones.
"""

import sys

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras
from tensorflow.keras import layers

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 60
tf.random.set_seed(0)
noise_size, batch_size = 16, 64
digits = (load_digits().images[..., np.newaxis] / 16).astype("float32")
dataset = tf.data.Dataset.from_tensor_slices(digits).shuffle(len(digits)).batch(batch_size, drop_remainder=True)
dataset = dataset.prefetch(tf.data.AUTOTUNE)

judge = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(32, 3, strides=2, padding="same"),
        layers.LeakyReLU(0.2),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(1),
    ]
)
maker = keras.Sequential(
    [
        keras.Input((noise_size,)),
        layers.Dense(4 * 4 * 32, activation="relu"),
        layers.Reshape((4, 4, 32)),
        layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="relu"),
        layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
    ]
)
judge_optimizer, maker_optimizer = keras.optimizers.Adam(5e-4, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5)
loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)


@tf.function
def train_step(real):
    noise = tf.random.normal((tf.shape(real)[0], noise_size))
    with tf.GradientTape() as judge_tape, tf.GradientTape() as maker_tape:
        made = maker(noise, training=True)
        on_real, on_made = judge(real, training=True), judge(made, training=True)
        judge_loss = loss_fn(tf.ones_like(on_real), on_real) + loss_fn(tf.zeros_like(on_made), on_made)
        maker_loss = loss_fn(tf.ones_like(on_made), on_made)
    gradients = judge_tape.gradient(judge_loss, judge.trainable_variables)
    judge_optimizer.apply_gradients(zip(gradients, judge.trainable_variables, strict=True))
    gradients = maker_tape.gradient(maker_loss, maker.trainable_variables)
    maker_optimizer.apply_gradients(zip(gradients, maker.trainable_variables, strict=True))
    return judge_loss, maker_loss


for epoch in range(epochs):
    losses = [train_step(real) for real in dataset]
    if epoch % 10 == 9 or epoch == epochs - 1:
        judged, made = (float(tf.reduce_mean(part)) for part in zip(*losses, strict=True))
        print(f"epoch {epoch + 1}: judge {judged:.3f} maker {made:.3f}")

pictures = maker(tf.random.normal((500, noise_size)))[..., 0].numpy()
print("pixels where digits have ink and where they have none:")
ink = digits.mean(axis=(0, 3)) > 0.5
print(
    f"made {pictures[:, ink].mean():.2f} {pictures[:, ~ink].mean():.2f}, real {digits[:, ink].mean():.2f} {digits[:, ~ink].mean():.2f}"
)
for row in pictures[:5].transpose(1, 0, 2):
    print("  ".join("".join(" .:*#"[min(4, int(5 * p))] for p in line) for line in row))
