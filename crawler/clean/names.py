"""People's names as bylines give them."""

import re

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范"
    "江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶"
    "黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲欧靳祁路涂"
    "兰甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜成饶宁凌盛查单冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党阳司费蒙席晏隋古"
    "强穆姬宫景米麦谈柏艾沙鄢桂瞿应邝鄂肖闫付丛岑苟封边卞姬仇郎桑寇甄尧湛郗糜商边全佟郁楚窦冀巩储池都蔺惠荣"
    "水胥荆官原宗茅匡丘危印昌计褚巫明宣花雍平丰师伊粟占揭邸井来晁郜逯仝栾敖娄淦初宾赫满代木仲帅迟亓扈矫姬阚"
    "支谌隆祖衣庾麻占缪敬次仁扎洛旦巴索格央德强其丹多拉尼达降阿买艾吐热努古木卡玉如赛依沐区甄畅展战皮鞠漆鹿"
)
"""First characters of Chinese surnames and of the commonest transcribed names, Simplified."""

NOT_A_NAME = re.compile(
    r"本[报网站台刊社]|佚名|未知|匿名|管理员|编辑部|编辑|网络|记者|通讯员|综合|整理|转载|本站|原创|投稿|来源|责任|"
    r"作者|摄影|报道|办公室|委员会|总工会|工会|宣传|中心|日报|晚报|新闻|时报|公司|集团|有限|部门|学院|大学|医院|"
    r"admin|editor|webmaster|root|user|test|null|none|unknown|default|staff|author|writer",
    re.IGNORECASE,
)
HAN_NAME = re.compile(
    r"^[\u3400-\u9fff]{2,4}$|^[\u3400-\u9fff]{1,8}(?:[·•・][\u3400-\u9fff]{1,8})+$"
)
LATIN_NAME = re.compile(
    r"^[A-ZÀ-Þ][\w.'’-]*(?:\s+(?:(?:de|van|von|der|la|da|bin|al)\s+)*[A-ZÀ-Þ][\w.'’-]*){1,3}$"
)
SINGLE_SPACED = re.compile(
    r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[ \u3000]+([\u3400-\u9fff])(?![\u3400-\u9fff])"
)
SEPARATORS = re.compile(r"[\s、,，;；/&|]+|(?<=[\u3400-\u9fff])和(?=[\u3400-\u9fff]{2})")
LATIN_SEPARATORS = re.compile(r"\s*(?:,|;|&|\band\b)\s*")
MOST = 8  # names in one byline


def read_names(value: str, folded: str, *, surnames: bool) -> tuple[str, ...] | None:
    """The names of a list such as 张三、李 四 or Ann Lee and Bo Karlsson; None where it is none.

    `folded` is the value in Simplified characters, of the same length. With `surnames` each Chinese
    name must begin with one.
    """
    value = value.strip(" \u3000()（）[]【】:：,，、。.;；|")
    folded = folded.strip(" \u3000()[]【】:,、。.;|")
    if not value or len(value) > 80:
        return None
    if re.search(r"[\u3400-\u9fff]", value):
        pieces = [p for p in SEPARATORS.split(SINGLE_SPACED.sub(r"\1\2", value)) if p]
        plain = [p for p in SEPARATORS.split(SINGLE_SPACED.sub(r"\1\2", folded)) if p]
        if not surnames and len(plain) > 1 and is_han_name(plain[0], surnames=False):
            kept = [n for n, p in enumerate(plain) if n == 0 or is_han_name(p, surnames=True)]
            pieces, plain = [pieces[n] for n in kept if n < len(pieces)], [plain[n] for n in kept]
        fits = len(pieces) == len(plain) and all(is_han_name(p, surnames=surnames) for p in plain)
    else:
        pieces = [
            p
            for p in LATIN_SEPARATORS.split(re.sub(r"^by\s+", "", value, flags=re.IGNORECASE))
            if p
        ]
        fits = all(LATIN_NAME.match(p) and not NOT_A_NAME.search(p) for p in pieces)
    return tuple(dict.fromkeys(pieces)) if fits and 0 < len(pieces) <= MOST else None


def is_han_name(text: str, *, surnames: bool) -> bool:
    """Whether a folded word can be a person's name in Chinese characters."""
    if not HAN_NAME.match(text) or NOT_A_NAME.search(text):
        return False
    return text[0] in SURNAMES or "·" in text or not surnames
