"""What readers might type into a search box, for Hypothesis."""

from hypothesis import strategies as st

SIGNS = [*'"“”「」()（）:：-－*＊ 　,，、.。\n\x00\\{}^+~']
WORDS = ["AND", "OR", "NOT", "ＡＮＤ", " OR ", " NOT ", "and", "title:", "ſection:", "author："]
WORDS += ["foo:", "NEAR(", "工会", "工會", "covid-19", "é", "e\u0301", "𠮷", "會(huì)"]
WORDS += [
    "site:",
    "flag:",
    "-flag:",
    "region：",
    "language:",
    "before:",
    "after:",
    "on:",
    "suspect",
    "unknown",
]
WORDS += ["2009", "2009-05", "2009-05-01", "9999", "1000-01-01", "2009年5月1日", "zh", "CN"]
ODD = ["\ud800", "\ue000", "\ue005", "\U000f0000", "\u0301", "ก", "한", "①", "ﬁ"]
PIECES = st.sampled_from([*SIGNS, *WORDS, *ODD])
QUERIES = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))
