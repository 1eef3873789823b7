from crawler.clean.characters import clean_characters, plain_title
from crawler.clean.compose import apply, settle
from crawler.clean.page import Block


def clean(*lines: str) -> tuple[list[str], set[str]]:
    blocks = [Block(line) for line in lines]
    flags = {flag.name for flag in clean_characters(blocks)}
    for block in blocks:
        settle(block)
    return [apply(block) for block in blocks], flags


def test_pinyin_strewn_by_machine_goes() -> None:
    noisy = "總工會(huì)開(kāi)會(huì)，會(huì)員們(mén)說(shuō)好。"
    assert clean(noisy) == (["總工會開會，會員們說好。"], {"pinyin_noise"})


def test_readings_that_an_author_gave_stay() -> None:
    lines = [
        "郏(jiá)县的工友来了。",
        "“行(háng)业”和“行(xíng)走”，同一个字两种读法，还有“重(zhòng)量”。",
    ]
    assert clean(*lines) == (lines, set())


def test_what_cannot_be_seen_goes() -> None:
    assert clean("热\u200b水\ufeff到了\u00ad。") == (["热水到了。"], set())
    many = "热\u200b水\u200b" * 20
    assert clean(many)[1] == {"char_noise"}


def test_emoji_between_the_characters_of_words() -> None:
    assert clean("热😀水🎉到💰了码😀头") == (["热水到了码头"], set())
    single = "今天真高兴😀大家都来了"
    assert clean(single) == ([single], set())


def test_spaces_before_stops_go_where_they_are_a_habit() -> None:
    assert clean("一 ，二 ，三 。四 。五 ！")[0] == ["一，二，三。四。五！"]
    assert clean("一 ，二")[0] == ["一 ，二"]


def test_lost_characters_are_flagged_and_left() -> None:
    line = "工友們拿到了獎(jiǎng)?wù)\ufffd鲍@。"
    assert clean(line)[1] == {"encoding_damage"}
    assert "\ufffd" in clean(line)[0][0]
    assert clean("真的吗?他问。") == (["真的吗?他问。"], set())


def test_the_title_too() -> None:
    blocks = [Block("總工會(huì)開(kāi)會(huì)，會(huì)員們(mén)說(shuō)好。")]
    flags = list(clean_characters(blocks))
    assert plain_title("工會(huì)\u200b開(kāi)會(huì)", flags) == "工會開會"
    assert plain_title("郏(jiá)县", []) == "郏(jiá)县"


def test_what_was_repaired_and_what_is_lost_make_one_flag() -> None:
    meant = "职工书屋的书都是大家从家里带来的，借书不用登记。"
    misread = Block(meant.encode("gb18030").decode("latin-1"))
    blocks = [misread, Block("新来的徒工领到了\ufffd套工作服，很高兴。")]
    (flag,) = clean_characters(blocks)
    assert flag.name == "encoding_damage"
    assert "repaired" in flag.evidence
    assert "lost" in flag.evidence
    settle(misread)
    assert apply(misread) == meant
