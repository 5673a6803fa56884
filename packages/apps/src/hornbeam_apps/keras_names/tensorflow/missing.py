"""What of tensorflow is not here, and what to use instead."""

from __future__ import annotations

__all__ = ["ADVICE"]

ADVICE = {
    "tensorflow.ConfigProto": "TensorFlow's sessions are not here: leave the line out.",
    "tensorflow.RaggedTensor": "rows of different lengths are not here: keras.utils.pad_sequences, or padded_batch of a dataset.",
    "tensorflow.Session": "sessions are not here: call functions and models, whose results are values at once.",
    "tensorflow.SparseTensor": "sparse tensors are not here: use a dense one, or keras.layers.Embedding for indices.",
    "tensorflow.TensorArray": "a Python list and tf.stack take its place, or keras.ops.scan within a compiled function.",
    "tensorflow.contrib": "tf.contrib ended with TensorFlow 1.",
    "tensorflow.data.TFRecordDataset": "hornbeam.datasets.load(path) reads TFRecord files.",
    "tensorflow.data.TextLineDataset": "hornbeam.datasets.load(path) reads files of text.",
    "tensorflow.debugging": "tf.debugging is not here: keras.callbacks.TerminateOnNaN names the operation; assert takes values.",
    "tensorflow.distribute": "strategies are not here: leave the scope out; a step uses all cores of the machine.",
    "tensorflow.estimator": "estimators ended with TensorFlow 2.16: write a keras.Model and call fit.",
    "tensorflow.global_variables_initializer": "variables have their values at once: leave the line out.",
    "tensorflow.io": "tf.io is not here: hornbeam.datasets.load reads images, audio, text, CSV and TFRecord files; "
    "keras.utils.load_img one image.",
    "tensorflow.lite": "TensorFlow Lite is not here: model.save writes a file that Keras reads and converts.",
    "tensorflow.numpy_function": "functions of datasets are given arrays' values: call NumPy in them directly.",
    "tensorflow.placeholder": "placeholders are not here: a function's arguments, or keras.Input, take their place.",
    "tensorflow.py_function": "functions of datasets are run in Python: call yours directly.",
    "tensorflow.saved_model": "SavedModel is not here: model.save(path.keras) and keras.models.load_model.",
    "tensorflow.scan": "TensorFlow's scan is not here: keras.ops.scan(f, init, xs).",
    "tensorflow.signal": "tf.signal is not here: keras.ops.fft, keras.ops.stft and keras.layers.MelSpectrogram.",
    "tensorflow.strings": "tensors of text are not here: Python's own methods in dataset.map, or keras.layers.TextVectorization.",
    "tensorflow.summary": "tf.summary is not here: keras.callbacks.TensorBoard writes logs.",
    "tensorflow.train": "tf.train is not here: keras.optimizers; for checkpoints keras.callbacks.ModelCheckpoint, "
    "BackupAndRestore, or model.save_weights.",
    "tensorflow.unique": "how many values are unique depends on the values: keras.ops.unique(x, size=n).",
    "tensorflow_addons": "what it added is in Keras and here: optimizers.AdamW, LAMB, RAdam, Lookahead; losses; layers.",
    "tensorflow_datasets": "keras.datasets, or hornbeam.datasets.load of local files.",
    "tensorflow_hub": "keras.applications, or keras.models.load_model of a local file.",
}
