"""A network that learns to write, letter by letter, as scripts for Keras of 2016 had it. Runs unchanged:

    hornbeam run examples/keras_scripts/lstm_text_generation.py some_text.txt

Give it at least 100,000 letters, better a million; it takes a few rounds until what it writes looks like language.
"""

import random
import sys

import numpy as np
from keras.callbacks import LambdaCallback
from keras.layers import LSTM, Activation, Dense
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.utils.data_utils import get_file

if len(sys.argv) > 1:
    path = sys.argv[1]
else:
    path = get_file("nietzsche.txt", origin="https://s3.amazonaws.com/text-datasets/nietzsche.txt")
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 60
limit = int(sys.argv[3]) if len(sys.argv) > 3 else None

with open(path) as f:
    text = f.read().lower()[:limit]
chars = sorted(set(text))
print("letters:", len(text), "different ones:", len(chars))
char_indices = {c: i for i, c in enumerate(chars)}
indices_char = {i: c for i, c in enumerate(chars)}

maxlen, step = 40, 3
sentences = [text[i : i + maxlen] for i in range(0, len(text) - maxlen, step)]
next_chars = [text[i + maxlen] for i in range(0, len(text) - maxlen, step)]
x = np.zeros((len(sentences), maxlen, len(chars)), dtype=np.bool_)
y = np.zeros((len(sentences), len(chars)), dtype=np.bool_)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        x[i, t, char_indices[char]] = 1
    y[i, char_indices[next_chars[i]]] = 1
print("examples:", len(sentences))

model = Sequential()
model.add(LSTM(128, input_shape=(maxlen, len(chars))))
model.add(Dense(len(chars)))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(lr=0.01))


def sample(preds, temperature=1.0):
    """Draw a letter: the lower the temperature, the more often the likeliest."""
    preds = np.log(np.asarray(preds).astype("float64") + 1e-12) / temperature
    preds = np.exp(preds - preds.max())
    return np.argmax(np.random.multinomial(1, preds / preds.sum(), 1))


def on_epoch_end(epoch, logs):
    print("\n----- after epoch", epoch)
    start = random.randint(0, len(text) - maxlen - 1)
    for diversity in [0.2, 0.5, 1.0]:
        sentence = text[start : start + maxlen]
        print("----- temperature", diversity, "from:", repr(sentence))
        written = ""
        for _ in range(200):
            x_pred = np.zeros((1, maxlen, len(chars)))
            for t, char in enumerate(sentence):
                x_pred[0, t, char_indices[char]] = 1.0
            preds = model.predict(x_pred, verbose=0)[0]
            next_char = indices_char[sample(preds, diversity)]
            written += next_char
            sentence = sentence[1:] + next_char
        print(written)


model.fit(x, y, batch_size=128, epochs=epochs, callbacks=[LambdaCallback(on_epoch_end=on_epoch_end)])
