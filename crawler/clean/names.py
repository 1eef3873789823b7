"""People's names as bylines give them."""

import re

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏"
    "蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万"
    "顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦"
    "柳欧祝纪尚毕耿芦左季管符辛苗詹曲靳祁路涂兰甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜成饶宁凌盛查单"
    "冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党阳司费蒙席晏隋古强穆姬宫景米麦谈柏艾沙鄢桂瞿应邝鄂"
    "肖闫付丛岑苟封边卞仇郎桑寇甄尧湛郗糜全佟郁楚窦冀巩储池蔺惠荣水胥荆官原宗茅匡丘危印昌计褚"
    "巫明宣花雍平丰伊粟占揭邸井来晁郜逯仝栾敖娄淦初宾赫满代木仲帅迟亓扈矫阚厉容乌雒逄訾邰冼揣"
    "濮皋钭茆诸狐皇甫尉慕轩辕宇长刁钮苍寿燕浦农别茹习宦鱼慎戈庾暨衡弘禄阙殳沃蔚夔隆厍勾融冷毋"
    "乜鞠须巢蒯後红竺盖益桓仉督缑亢况琴海晋法汝钦佘佴伯赏墨哈谯笪爱福郏衣麻缪敬次仁扎洛旦巴索"
    "禹贝狄臧闻莘昝嵇贲杭荀芮羿汲邴隗宓蓬戎祖韶蓟薄卓郦璩裘戚权束谌郄苌麴禤衷庹蹇俸"
    "格央德其丹多拉尼达降阿买吐热努卡玉如赛依沐区畅展战皮漆鹿"
)
"""First characters of Chinese surnames and of the commonest transcribed names, Simplified."""

NOT_A_NAME = re.compile(
    r"本[报网站台刊社]|佚名|未知|匿名|管理员|编辑部|编辑|网络|记者|通讯员|综合|整理|转载|本站|原创|投稿|来源|责任|"
    r"作者|摄影|报道|审核|校对|初审|复审|终审|供稿|撰稿|制图|办公室|委员会|总工会|工会|宣传|中心|日报|晚报|新闻|时报|公司|集团|有限|部门|学院|大学|医院|"
    r"权[益威利限]|^其[一二三四五六七八九十]$|查看|展开|收起|评论|旧版|文章|全文|更多|阅读|登[录陆]|注册|返回|首页|打印|关闭|收藏|"
    r"admin|editor|webmaster|root|user|test|null|none|unknown|default|staff|author|writer",
    re.IGNORECASE,
)
HAN_NAME = re.compile(
    r"^[\u3400-\u9fff]{2,4}$|^[\u3400-\u9fff]{1,8}(?:[·•・][\u3400-\u9fff]{1,8})+$"
)
LATIN_NAME = re.compile(
    r"^[A-ZÀ-Þ][\w.'’-]*(?:\s+(?:(?:de|van|von|der|la|da|bin|al)\s+)*[A-ZÀ-Þ][\w.'’-]*){1,3}$"
)
TOLD = re.compile(r"[。！？?!：:“”「」]")
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
    surnames = surnames or value.rstrip().endswith("。")
    value = value.strip(" \u3000()（）[]【】:：,，、。.;；|")
    folded = folded.strip(" \u3000()[]【】:,、。.;|")
    if not value or len(value) > 80 or TOLD.search(value):
        return None
    if re.search(r"[\u3400-\u9fff]", value):
        pieces = [p for p in SEPARATORS.split(SINGLE_SPACED.sub(r"\1\2", value)) if p]
        plain = [p for p in SEPARATORS.split(SINGLE_SPACED.sub(r"\1\2", folded)) if p]
        spaced = not re.search(r"[、,，;；/&|]", value)
        if spaced and not surnames and len(plain) > 1 and is_han_name(plain[0], surnames=False):
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
