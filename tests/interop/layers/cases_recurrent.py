"""Recurrent layers."""

from case import HOLES, case, nested

SEQ = [[3, 4, 2]]
ALL = {"return_sequences": True, "return_state": True}

CASES = [
    *(case(n, {"units": 3, **ALL}, SEQ, masked=m) for n in ("LSTM", "GRU", "SimpleRNN") for m in (None, HOLES)),
    *(case(n, {"units": 3, "go_backwards": True, **ALL}, SEQ, masked=HOLES) for n in ("LSTM", "GRU", "SimpleRNN")),
    *(case(n, {"units": 3, "activation": "relu"}, SEQ) for n in ("LSTM", "GRU", "SimpleRNN")),
    *(case(n, {"units": 2, "use_bias": False, "activation": "silu"}, SEQ, masked=HOLES) for n in ("LSTM", "GRU", "SimpleRNN")),
    case("LSTM", {"units": 2, "recurrent_activation": "hard_sigmoid", "activation": "softsign"}, SEQ),
    case("GRU", {"units": 3, "reset_after": False, **ALL}, SEQ, masked=HOLES),
    case("GRU", {"units": 3, "reset_after": False, "activation": "gelu"}, SEQ),
    case("RNN", {"cell": nested("LSTMCell", units=3), "zero_output_for_mask": True, **ALL}, SEQ, masked=HOLES),
    *(
        case("Bidirectional", {"layer": nested(n, units=2, return_sequences=s), "merge_mode": mode}, SEQ, masked=m)
        for n, s, mode, m in (
            ("LSTM", True, "concat", HOLES), ("GRU", False, "sum", None), ("SimpleRNN", True, "ave", None),
            ("LSTM", False, "mul", HOLES), ("GRU", True, None, None),
        )
    ),
    case("Bidirectional", {"layer": nested("LSTM", units=2, **ALL)}, SEQ),
]  # fmt: skip
