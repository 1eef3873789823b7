"""Notices as local unions write them, all of one wording, and what becomes of them elsewhere.

The sentences are our own. A notice differs from the next in names, places, numbers and dates alone;
a reprint keeps these and is edited otherwise.
"""

from collections.abc import Sequence
from random import Random

PREAMBLES = (
    (
        "为深入贯彻落实上级工会关于加强职工服务工作的部署要求，进一步发挥工会组织联系职工群众的桥梁纽带作用，"
        "切实维护广大职工合法权益，不断增强职工的获得感、幸福感和安全感，团结动员广大职工立足岗位、奋发有为、建功立业，"
    ),
    (
        "为弘扬劳模精神、劳动精神和工匠精神，营造劳动光荣、技能宝贵、创造伟大的浓厚氛围，激发广大职工学技术、比技能、"
        "创一流的热情，在全社会形成尊重劳动、尊重知识、尊重人才、尊重创造的良好风尚，"
    ),
)
SLOGANS = (
    (
        "大家纷纷表示，要以此次活动为新的起点，把学到的东西带回班组、带到一线，以更加饱满的热情和更加务实的作风投入到"
        "今后的工作中去，为企业发展和职工福祉作出新的更大的贡献。"
    ),
    (
        "会议强调，各级工会要提高认识、加强领导、精心组织、狠抓落实，把好事办好、实事办实，真正做到职工有所呼、工会有所应，"
        "让职工群众时时感受到娘家人的温暖。"
    ),
)
EVENTS = (
    (
        "{town}总工会于{month}月{day}日在{place}举办“送清凉”慰问活动，向{workers}名一线职工发放防暑降温用品{goods}份。"
        "{town}总工会主席{chair}到场慰问，职工代表{member}发言。活动共投入资金{money}万元。"
    ),
    (
        "{month}月{day}日，{town}总工会职工技能比赛在{place}开赛，来自{teams}家企业的{workers}名选手参加了{goods}个工种的角逐。"
        "{town}总工会主席{chair}致辞，参赛选手{member}代表全体选手表态，比赛设奖金{money}万元。"
    ),
)
TOWNS = tuple(a + b for a in "临河朔海青白石沙云龙" for b in "澜口方港山河门湾阳泉林原")
PLACES = tuple(
    f"{a}{b}"
    for a in "东西南北新老大小红"
    for b in ("关广场", "岭矿区", "湖体育馆", "桥工地", "街文化宫")
)
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙", "建国卫红秀英明芳志强丽娟军洪海燕玉兰"
FILLER = tuple("的是在了和与及对把将被让从向为以到等也都就还更最再已")
HEADERS = ("本站讯 ", "（通讯员来稿）", "据兄弟单位网站消息，")
FOOTERS = (
    "\n（来源：兄弟单位网站）",
    "\n编后：此稿转自他处，特此说明。",
    "\n上一篇：通知公告 下一篇：学习园地",
)


def facts(random: Random) -> dict[str, str]:
    """The names and numbers of one event."""
    names = [random.choice(FAMILY) + "".join(random.sample(GIVEN, 2)) for _ in range(2)]
    return {
        "town": random.choice(TOWNS) + random.choice("市县区"),
        "place": random.choice(PLACES),
        "chair": names[0],
        "member": names[1],
        "month": str(random.randint(1, 12)),
        "day": str(random.randint(1, 28)),
        "workers": str(random.randint(50, 999)),
        "goods": str(random.randint(11, 98)),
        "teams": str(random.randint(11, 98)),
        "money": str(random.randint(3, 99)),
    }


def notice(random: Random, wording: int = 0, preambles: int = 1) -> str:
    """One notice; the more preambles, the more of it is what the others say as well."""
    lead = "".join(PREAMBLES[(wording + n) % 2] for n in range(preambles))
    slogans = "\n".join(SLOGANS[(wording + n) % 2] for n in range(preambles))
    return f"{lead}{EVENTS[wording].format(**facts(random))}\n{slogans}"


def edited(random: Random, text: str, rate: float) -> str:
    """The text with a share of its characters exchanged, dropped or added; figures are kept."""
    made: list[str] = []
    for character in text:
        chance = random.random() if not character.isdecimal() else 1
        if chance < rate / 2:
            made.append(random.choice(FILLER))
        elif chance < rate * 0.75:
            continue
        elif chance < rate:
            made += (character, random.choice(FILLER))
        else:
            made.append(character)
    return "".join(made)


def framed(random: Random, text: str) -> str:
    """The text under another header and above another footer."""
    return random.choice(HEADERS) + text + random.choice(FOOTERS)


def spun(random: Random, text: str, words: Sequence[tuple[str, str]]) -> str:
    """The text with words exchanged for others of their meaning, as spinners do."""
    for word, other in words:
        if random.random() < 0.9:
            text = text.replace(word, other)
    return text
