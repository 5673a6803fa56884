"""Makes example.tfrecord and example.tfrecord.gz: written by genuine TensorFlow 2 (`python make_tfrecord.py`)."""

import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

HERE = Path(__file__).parent


def feature(number):
    whole, real, text = tf.train.Int64List, tf.train.FloatList, tf.train.BytesList
    return tf.train.Features(
        feature={
            "number": tf.train.Feature(int64_list=whole(value=[number - 2])),
            "many": tf.train.Feature(int64_list=whole(value=[number, -(2**40), 2**62])),
            "real": tf.train.Feature(float_list=real(value=[number / 2, -1.25])),
            "text": tf.train.Feature(bytes_list=text(value=["ö".encode() * number])),
            "texts": tf.train.Feature(bytes_list=text(value=[b"a", b"b"])),
            "none": tf.train.Feature(float_list=real(value=[])),
            "large": tf.train.Feature(bytes_list=text(value=[bytes(range(256)) * (50 * number)])),
        }
    )


for packed in ("", "GZIP"):
    path = HERE / ("example.tfrecord" + (".gz" if packed else ""))
    with tf.io.TFRecordWriter(str(path), tf.io.TFRecordOptions(compression_type=packed)) as writer:
        for number in range(3):
            writer.write(tf.train.Example(features=feature(number)).SerializeToString(deterministic=True))
