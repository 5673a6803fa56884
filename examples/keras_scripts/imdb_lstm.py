"""Is a review of a film good or bad? An LSTM over its words, as scripts for Keras of 2016 had it. Runs unchanged:

    hornbeam run examples/keras_scripts/imdb_lstm.py [folder or file of the reviews]

See `hornbeam.datasets.imdb.load_data` for where the reviews may lie. It ends with an accuracy of at least 0.85.
"""

import sys

import numpy as np
from keras.datasets import imdb
from keras.layers import LSTM, Dense, Embedding
from keras.models import Sequential
from keras.preprocessing import sequence

max_features, maxlen, batch_size = 5000, 400, 128
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 10
np.random.seed(1337)

print("Loading data...")
path = sys.argv[1] if len(sys.argv) > 1 else "imdb.npz"
(x_train, y_train), (x_test, y_test) = imdb.load_data(path=path, num_words=max_features)
print(len(x_train), "train sequences,", len(x_test), "test sequences")
x_train = sequence.pad_sequences(x_train, maxlen=maxlen)
x_test = sequence.pad_sequences(x_test, maxlen=maxlen)

model = Sequential()
model.add(Embedding(max_features, 50, input_length=maxlen))
model.add(LSTM(32))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
print(model.summary())

model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, validation_data=(x_test, y_test))
score, acc = model.evaluate(x_test, y_test, batch_size=batch_size)
print("Test score:", score)
print("Test accuracy:", acc)
