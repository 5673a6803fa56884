"""What this package offers to the registry. Reading it imports no application."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1
APPLICATIONS = "hornbeam_apps.applications"
NETWORKS = {  # by module
    "convnext": ("ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge"),
    "densenet": ("DenseNet121", "DenseNet169", "DenseNet201"),
    "efficientnet": tuple(f"EfficientNetB{i}" for i in range(8)),
    "efficientnet_v2": tuple(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "L", "M", "S")),
    "inception_resnet_v2": ("InceptionResNetV2",),
    "inception_v3": ("InceptionV3",),
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "mobilenet_v3": ("MobileNetV3Large", "MobileNetV3Small"),
    "nasnet": ("NASNetLarge", "NASNetMobile"),
    "resnet": ("ResNet50", "ResNet101", "ResNet152"),
    "resnet_v2": ("ResNet50V2", "ResNet101V2", "ResNet152V2"),
    "vgg16": ("VGG16",),
    "vgg19": ("VGG19",),
    "xception": ("Xception",),
}


@hookimpl
def provide_applications() -> list[Component]:
    """The well-known networks for images."""
    return [
        Component(name, f"{APPLICATIONS}.{module}:{name}", summary="a network for images, as in Keras Applications")
        for module, names in NETWORKS.items()
        for name in names
    ]


@hookimpl
def provide_layers() -> list[Component]:
    """Layers that only those networks have."""
    return [
        Component(
            "CustomScaleLayer", f"{APPLICATIONS}.inception_resnet_v2:CustomScaleLayer", summary="a + scale * b, of two"
        ),
        Component("LayerScale", f"{APPLICATIONS}.convnext:LayerScale", summary="a factor for each channel"),
        Component(
            "StochasticDepth", f"{APPLICATIONS}.convnext:StochasticDepth", summary="in training, some samples set to 0"
        ),
    ]


@hookimpl
def provide_commands() -> list[Component]:
    """Commands beside core's."""
    return [
        Component(
            "demo", "hornbeam_apps.demo:main", summary="train a network on handwritten digits, look at it, save it"
        ),
        Component("run", "hornbeam_apps.run:main", summary="run a script for Keras, unchanged, on Hornbeam"),
    ]
