"""Functions and classes by the names and signatures that Keras gives them, those of Keras 2 that Keras 3 dropped among them."""
