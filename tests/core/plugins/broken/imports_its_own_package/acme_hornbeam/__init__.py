import acme_hornbeam.conv  # noqa: F401
