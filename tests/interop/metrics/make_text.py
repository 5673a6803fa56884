"""Makes text.json: BLEU and chrF of sacrebleu 2.6.0 and ROUGE of rouge-score 0.1.2 of random sentences.

Run where they are installed: `python make_text.py`. The test beside it needs neither.
"""

import json
import random
from pathlib import Path

import sacrebleu
from rouge_score import rouge_scorer

RNG = random.Random(0)
SOME = "the The a cat dog sat on mat, mat. it's 3.5 1,000 3-4 (big) black&white &amp; <b> well-known end! why? 'so' x"
WORDS = SOME.split()
ROUGES = ("rouge1", "rouge2", "rougeL", "rougeLsum")


def sentence():
    words = [RNG.choice(WORDS) for _ in range(RNG.randint(1, 12))]
    return "".join(w + (RNG.choice([" ", " ", " ", "\n"]) if i < len(words) - 1 else "") for i, w in enumerate(words))


def near(text):
    """A sentence with some words changed."""
    return " ".join(w if RNG.random() < 0.7 else RNG.choice(WORDS) for w in text.split(" "))


def main():
    cases = []
    for number in range(24):
        count, references = RNG.randint(1, 5), RNG.randint(1, 3)
        given = [[sentence() for _ in range(references)] for _ in range(count)]
        said = [near(g[0]) if number % 4 else sentence() for g in given]
        if number == 3:
            said[0] = ""
        streams = [list(s) for s in zip(*given, strict=True)]
        found = {}
        for how in ("exp", "floor", "add-k", "none"):
            for words in ("13a", "none", "char"):
                bleu = sacrebleu.BLEU(smooth_method=how, tokenize=words, lowercase=how == "none")
                found[f"bleu {how} {words}"] = bleu.corpus_score(said, streams).score
        found["bleu 2"] = sacrebleu.BLEU(max_ngram_order=2).corpus_score(said, streams).score
        for order in (0, 2):
            found[f"chrf {order}"] = sacrebleu.CHRF(word_order=order).corpus_score(said, streams).score
        found["chrf spaces"] = sacrebleu.CHRF(whitespace=True, beta=1, lowercase=True).corpus_score(said, streams).score
        scorer = rouge_scorer.RougeScorer(ROUGES)
        scores = [scorer.score_multi(g, s) for g, s in zip(given, said, strict=True)]
        for kind in ROUGES:
            for i, measure in enumerate(("precision", "recall", "f1_score")):
                found[f"{kind} {measure}"] = sum(score[kind][i] for score in scores) / count
        cases.append({"given": given, "said": said, "found": {k: round(v, 9) for k, v in found.items()}})
    Path(__file__).with_name("text.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
