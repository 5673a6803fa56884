"""What of keras and tensorflow is not here, and what to use instead."""

from __future__ import annotations

__all__ = ["ADVICE"]

ADVICE = {
    "backend.get_session": "TensorFlow's sessions are not here: leave the line out.",
    "backend.set_session": "TensorFlow's sessions are not here: leave the line out.",
    "distribution": "a model runs on one machine here: leave the distribution out.",
    "export": "SavedModel is not here: model.save(path.keras), which Keras reads and exports.",
    "layers.DenseFeatures": "feature columns ended with Keras 2: keras.utils.FeatureSpace.",
    "layers.JaxLayer": "JAX is not here: write the computation in keras.ops, in a layer of your own.",
    "layers.RandomHeight": "sizes of images within a batch do not change here: keras.layers.RandomZoom.",
    "layers.RandomWidth": "sizes of images within a batch do not change here: keras.layers.RandomZoom.",
    "layers.TFSMLayer": "SavedModel is not here: keras.models.load_model of a .keras or .h5 file.",
    "layers.TorchModuleWrapper": "PyTorch is not here: write the computation in keras.ops, in a layer of your own.",
    "tensorflow.ConfigProto": "TensorFlow's sessions are not here: leave the line out.",
    "tensorflow.RaggedTensor": "rows of different lengths are not here: keras.utils.pad_sequences, or padded_batch of a dataset.",
    "tensorflow.Session": "sessions are not here: call functions and models, whose results are values at once.",
    "tensorflow.SparseTensor": "sparse tensors are not here: use a dense one, or keras.layers.Embedding for indices.",
    "tensorflow.contrib": "tf.contrib ended with TensorFlow 1.",
    "tensorflow.data.TFRecordDataset": "hornbeam.datasets.load(path) reads TFRecord files.",
    "tensorflow.distribute.TPUStrategy": "there are no TPUs here: leave the strategy out.",
    "tensorflow.estimator": "estimators ended with TensorFlow 2.16: write a keras.Model and call fit.",
    "tensorflow.global_variables_initializer": "variables have their values at once: leave the line out.",
    "tensorflow.io.FixedLenFeature": "hornbeam.datasets.load(path) reads TFRecord files, and finds their columns.",
    "tensorflow.io.parse_single_example": "hornbeam.datasets.load(path) reads TFRecord files, and finds their columns.",
    "tensorflow.lite": "TensorFlow Lite is not here: model.save writes a file that Keras reads and converts.",
    "tensorflow.placeholder": "placeholders are not here: a function's arguments, or keras.Input, take their place.",
    "tensorflow.lookup": "tables are not here: keras.layers.StringLookup and IntegerLookup, or a dict of Python in dataset.map.",
    "tensorflow.ragged": "rows of different lengths are not here: keras.utils.pad_sequences, or padded_batch of a dataset.",
    "tensorflow.saved_model": "SavedModel is not here: model.save(path.keras) and keras.models.load_model.",
    "tensorflow.scan": "TensorFlow's scan is not here: keras.ops.scan(f, init, xs).",
    "tensorflow.sparse": "sparse tensors are not here: use a dense one, or keras.layers.Embedding for indices.",
    "tensorflow.summary": "tf.summary is not here: keras.callbacks.TensorBoard writes logs.",
    "tensorflow.train": "tf.train is not here: keras.optimizers; for checkpoints keras.callbacks.ModelCheckpoint, "
    "BackupAndRestore, or model.save_weights.",
    "tensorflow_addons": "what it added is in Keras and here: optimizers.AdamW, LAMB, RAdam, Lookahead; losses; layers.",
    "tensorflow_datasets": "keras.datasets, or hornbeam.datasets.load of local files.",
    "tensorflow_hub": "keras.applications, or keras.models.load_model of a local file.",
}
