"""What a manifest is written with: components, the kinds they come in, and their identities in saved files.

A manifest is data. It names classes and functions as "module:Attribute", so that reading it imports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from ..errors import HornbeamError, InvalidArgumentError, UnknownNameError

__all__ = ["FIRST_PARTY", "KINDS", "BackendComponent", "Component", "Config", "Identity", "kind_of"]

# A plugin of ours is one whose entry point and distribution are a pair of this table. Its names are reserved.
FIRST_PARTY: Mapping[str, str] = MappingProxyType(
    {
        "core": "hornbeam-core",
        "layers": "hornbeam-layers",
        "optimizers": "hornbeam-optimizers",
        "models": "hornbeam-models",
        "datasets": "hornbeam-datasets",
        "apps": "hornbeam-apps",
        "cpu": "hornbeam-cpu",
        "cuda": "hornbeam-cuda",
        "distributed": "hornbeam-distributed",
    }
)


class Kind(NamedTuple):
    """A kind of component: how one of it is called, what its target has to be, and who of ours has most of it."""

    singular: str
    wants: str  # "class" or "callable"
    home: str  # the plugin of ours
    base: str = ""  # the class of core that the target has to derive from, "module:Class"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "layers": Kind("layer", "class", "layers", "hornbeam.layer:Layer"),
        "initializers": Kind("initializer", "callable", "layers"),
        "regularizers": Kind("regularizer", "callable", "layers"),
        "constraints": Kind("constraint", "callable", "layers"),
        "activations": Kind("activation", "callable", "layers"),
        "optimizers": Kind("optimizer", "class", "optimizers"),
        "schedules": Kind("schedule", "class", "optimizers"),
        "losses": Kind("loss", "callable", "optimizers"),
        "metrics": Kind("metric", "callable", "optimizers"),
        "models": Kind("model", "class", "models"),
        "callbacks": Kind("callback", "class", "models"),
        "loaders": Kind("loader", "callable", "datasets"),
        "applications": Kind("application", "callable", "apps"),
        "commands": Kind("command", "callable", "apps"),
        "backends": Kind("backend", "callable", "core"),
    }
)

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_IDENTITY = re.compile(r"([\w.-]+)/([A-Za-z_][\w.-]*)(?:@([1-9][0-9]*))?")
_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


def kind_of(kind: str) -> Kind:
    """The kind called `kind`, in the plural.

    Raises:
        UnknownNameError: there is no such kind.

    Example:
        >>> kind_of("losses").singular
        'loss'
    """
    if not isinstance(kind, str) or kind not in KINDS:
        raise UnknownNameError("kind of component", kind, KINDS)
    return KINDS[kind]


@dataclass(frozen=True)
class Component:
    """One thing that a plugin provides, named by where it is: nothing is imported before it is used.

    Args:
        name: how it is looked up. Letters, digits, "_", "." and "-"; for a class, its name.
        target: where it is, "package.module:Attribute".
        summary: one line for listings.
        since: the version of the plugin that first had it.
        version: version of its configuration, at least 1. Raise it when `get_config` changes its meaning.
        aliases: further names, such as "mse". the name in snake case is one without being listed.

    Raises:
        InvalidArgumentError: an argument is not as said above.

    Example:
        >>> Component("FancyConv", "acme_hornbeam.conv:FancyConv", summary="A convolution with a hat", since="0.2")
        Component('FancyConv', 'acme_hornbeam.conv:FancyConv')
        >>> Component("FancyConv", "acme_hornbeam.conv")
        Traceback (most recent call last):
        ...
        hornbeam.errors.InvalidArgumentError: Component 'FancyConv': target must be "package.module:Attribute", got \
'acme_hornbeam.conv'.
    """

    name: str
    target: str
    summary: str = ""
    since: str = ""
    version: int = 1
    aliases: Iterable[str] = ()

    def __post_init__(self) -> None:
        who = f"{type(self).__name__} {self.name!r}"
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise InvalidArgumentError(
                f"{who}: a name starts with a letter and has letters, digits, '_', '.' and '-' only."
            )
        if not isinstance(self.target, str) or not _TARGET.fullmatch(self.target):
            raise InvalidArgumentError(f'{who}: target must be "package.module:Attribute", got {self.target!r}.')
        for argument in ("summary", "since"):
            if not isinstance(value := getattr(self, argument), str):
                raise InvalidArgumentError(f"{who}: {argument} must be text, got {value!r}.")
        if not isinstance(self.version, int) or isinstance(self.version, bool) or self.version < 1:
            raise InvalidArgumentError(f"{who}: version must be a whole number from 1 on, got {self.version!r}.")
        if isinstance(self.aliases, str) or not isinstance(self.aliases, Iterable):
            raise InvalidArgumentError(f"{who}: aliases must be a list of names, got {self.aliases!r}.")
        aliases = tuple(self.aliases)
        for alias in aliases:
            if not isinstance(alias, str) or not _NAME.fullmatch(alias):
                raise InvalidArgumentError(f"{who}: {alias!r} is not a name that can be an alias.")
        object.__setattr__(self, "aliases", aliases)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.target!r})"


def _always_usable() -> str | None:
    """The probe of a backend that needs nothing."""
    return None


@dataclass(frozen=True, repr=False)
class BackendComponent(Component):
    """A backend: a component with a probe, which tells whether it can run on this machine.

    Args:
        probe: function without arguments that answers None (usable) or the reason why not, in words. It is called
            when backends are listed or chosen, so it should be quick and import as little as it can.
        priority: the usable backend with the highest is the default. NumPy has 0, hornbeam-cpu 100, hornbeam-cuda
            200; below 0 is never chosen by itself.
        notes: function without arguments that answers what a usable backend does without here, and what to do about it,
            in lines of text. Only `doctor` asks.

    Raises:
        InvalidArgumentError: an argument is not as said above, or for `Component`.

    Example:
        >>> def probe():
        ...     return "no device found"
        >>> BackendComponent("acme", "acme_hornbeam.backend:AcmeBackend", probe=probe, priority=50)
        BackendComponent('acme', 'acme_hornbeam.backend:AcmeBackend')
    """

    probe: Callable[[], str | None] = field(default=_always_usable)
    priority: int = 0
    notes: Callable[[], list[str]] = field(default=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("probe", "notes"):
            if not callable(given := getattr(self, name)):
                raise InvalidArgumentError(f"BackendComponent {self.name!r}: {name} must be a function, got {given!r}.")
        if not isinstance(self.priority, int) or isinstance(self.priority, bool):
            raise InvalidArgumentError(
                f"BackendComponent {self.name!r}: priority must be a whole number, got {self.priority!r}."
            )

    def why_not(self) -> str | None:
        """None if this backend can be used here, else the reason. Never raises: a failing probe is a reason.

        Example:
            >>> BackendComponent("acme", "acme:Backend", probe=lambda: 1 / 0).why_not()
            'its probe raised ZeroDivisionError: division by zero'
        """
        try:
            answer = self.probe()
        except (Exception, SystemExit) as error:
            # Our own errors already say everything; others need their class to be understood.
            told = str(error) if isinstance(error, HornbeamError) else f"{type(error).__name__}: {error}"
            return f"its probe raised {told}"
        if answer is not None and not (isinstance(answer, str) and answer):
            return f"its probe answered {answer!r}; expected None (usable) or the reason why not"
        return answer


@dataclass(frozen=True)
class Config:
    """What `configure(config)` is given, once, before anything else is asked of a plugin.

    Args:
        plugin: the name the plugin is installed under.
        api: version of the plugin interface that this core speaks.
        version: version of hornbeam-core.
        options: the environment variables `HORNBEAM_<PLUGIN>_<OPTION>`, as {"option": value}.

    Example:
        >>> Config("acme", 1, "0.1.0", {"cache": "/tmp/acme"}).options["cache"]
        '/tmp/acme'
    """

    plugin: str
    api: int
    version: str
    options: Mapping[str, str]


class Identity(NamedTuple):
    """What a saved file calls a component: "plugin/Name@version", and the distribution that had it.

    Example:
        >>> str(Identity("layers", "Dense", 1, "hornbeam-layers"))
        'layers/Dense@1'
        >>> Identity.parse("layers/Dense@1").name
        'Dense'
    """

    plugin: str
    name: str
    version: int = 1
    distribution: str = ""

    def __str__(self) -> str:
        return f"{self.plugin}/{self.name}@{self.version}"

    @classmethod
    def parse(cls, text: str, distribution: str = "") -> Identity:
        """Read "plugin/Name@version"; without "@version" it is 1.

        Raises:
            InvalidArgumentError: the text is not written like that.
        """
        match = _IDENTITY.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise InvalidArgumentError(f'An identity is written "plugin/Name@version", got {text!r}.')
        return cls(match[1], match[2], int(match[3] or 1), distribution)
