"""Is this word a Vietnamese syllable? Tells in which of the old encodings a text was written."""

import unicodedata
from functools import lru_cache

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
SHARP_OR_HEAVY = frozenset("\u0301\u0323")  # the only tones before a final c, ch, k, p or t
_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x"
_RIMES = (
    "a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu y yêm yên yêng yêt yêu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong "
    "op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh "
    "uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu"
)
ONSETS = frozenset({"", *_ONSETS.split()})
RIMES = frozenset(_RIMES.split())


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether `word` could be one syllable of Vietnamese, in any case and any form of Unicode."""
    marked = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in marked if mark in TONES]
    if len(tones) > 1:
        return False
    plain = unicodedata.normalize("NFC", "".join(letter for letter in marked if letter not in TONES))
    if plain.endswith(("c", "ch", "k", "p", "t")) and not SHARP_OR_HEAVY.issuperset(tones):
        return False
    return any(plain[:cut] in ONSETS and plain[cut:] in RIMES for cut in range(min(4, len(plain))))


def share_of_syllables(words: list[str]) -> float:
    """How many of `words` are syllables, from 0 to 1; 0 for no words."""
    return sum(map(is_syllable, words)) / len(words) if words else 0.0
