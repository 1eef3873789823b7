"""Notices that local unions write by a formula: no two are of the same event.

Of each formula the same body sends several, a year or a month apart, and several bodies send the
same; only who, when, where and how many differ.
"""

from collections.abc import Iterator
from random import Random

PLACES = (
    "临溪县",
    "望川区",
    "北圩市",
    "鹤岭县",
    "双桥镇",
    "青陂区",
    "石泉县",
    "东浦市",
    "雁池县",
    "南汊区",
)
PEOPLE = (
    "周广文",
    "邓秋萍",
    "罗启明",
    "段玉兰",
    "胡建国",
    "汪雪梅",
    "程志远",
    "苏小红",
    "江大川",
    "方凤英",
)
TRADES = ("纺织", "建材", "物流", "餐饮", "矿山", "家政", "环卫", "机电", "食品", "医药")
FIRMS = ("宏达", "金穗", "四海", "华泰", "新源", "大同", "安平", "隆昌", "恒信", "瑞丰")
MEETING = (
    "{place}总工会第{ordinal}届委员会第{times}次全体会议于{year}年{month}月{day}日在{place}职工之家召开。"
    "会议由{place}总工会主席{one}主持，{n}名委员出席。会议听取并审议通过了常务委员会工作报告和经费审查委员会"
    "工作报告，替补{two}为委员、常务委员。会议号召全{unit}各级工会组织和广大职工群众振奋精神，扎实工作，"
    "为{place}高质量发展作出新的更大贡献。"
)
FEE = (
    "各基层工会：根据上级工会有关规定，现将{year}年度第{quarter}季度工会经费上缴有关事项通知如下。一、上缴比例按"
    "职工工资总额的百分之二计提，其中{n}%上缴{place}总工会。二、请于{month}月{day}日前将经费汇入指定账户，"
    "逾期按日加收滞纳金。三、联系人{one}，电话{phone}。特此通知。{place}总工会财务部，{year}年{month}月。"
)
HEAT = (
    "{month}月{day}日，{place}总工会党组书记、主席{one}一行来到{firm}{trade}有限公司，看望慰问高温下坚守岗位的一线"
    "职工，为他们送上毛巾、凉茶、藿香正气水等防暑降温用品{n}份，价值{sum}元。{one}叮嘱企业负责人{two}合理安排"
    "作业时间，落实防暑降温措施，确保职工身体健康和生产安全。据悉，今年以来{place}总工会已走访企业{m}家，"
    "慰问职工{total}人次。"
)
ELECTION = (
    "近日，{place}{firm}{trade}集团工会召开第{ordinal}次会员代表大会，应到代表{n}人，实到{m}人，符合法定人数。大会以"
    "无记名投票方式选举产生了新一届工会委员会、经费审查委员会和女职工委员会，{one}当选为工会主席，{two}当选为"
    "经费审查委员会主任。{place}总工会对选举结果作了批复，任期自{year}年{month}月起五年。"
)
JOBS = (
    "为搭建用工企业与求职者的对接平台，{place}总工会定于{year}年{month}月{day}日上午九时在{place}人民广场举办"
    "{trade}行业专场招聘会。届时将有{firm}等{n}家企业参加，提供岗位{total}个，月薪{sum}元起。请有求职意向的下岗职工、"
    "农民工和高校毕业生携带本人身份证和简历参加。咨询电话{phone}，联系人{one}。"
)
CONTRACT = (
    "本公司工会与行政方经平等协商，于{year}年{month}月{day}日签订《工资专项集体合同》，约定职工年度工资增长不低于"
    "{n}%，最低工资标准为每月{sum}元，覆盖职工{total}人。协商首席代表：行政方{one}，职工方{two}。合同自签订之日起"
    "生效，有效期一年，已报{place}人力资源和社会保障局备案。现予公示。{place}{firm}{trade}有限公司工会委员会。"
)
STUDENTS = (
    "{month}月{day}日上午，{place}总工会举行{year}年“金秋助学”助学金发放仪式，为{n}名困难职工子女发放助学金{sum}元。"
    "副主席{one}在仪式上讲话，勉励受助学生自强不息、刻苦学习，早日成才回报社会。受助学生代表{three}作了发言。"
    "“金秋助学”活动开展以来，{place}总工会已累计资助学生{total}人次。"
)
CONTEST = (
    "{year}年{place}{trade}行业职工技能大赛日前落下帷幕。大赛由{place}总工会、人力资源和社会保障局联合主办，{firm}集团"
    "承办，历时{m}天，共有{n}名选手参加。经过理论考试和实际操作两个环节的角逐，{three}获得第一名，{four}获得第二名。"
    "获得第一名的选手将由{place}总工会授予“五一劳动奖章”。"
)
FORMULAS = (MEETING, FEE, HEAT, ELECTION, JOBS, CONTRACT, STUDENTS, CONTEST)
DIGITS = "一二三四五六七八九十"


def formulas(count: int, seed: int = 11, *, yearly: bool = False) -> Iterator[tuple[str, str]]:
    """Give as many notices as asked for: the day of publication and the text.

    Bodies keep their people for years. All else is drawn anew for each notice; `yearly`: only dates
    and figures are, as where a body writes what it wrote a year ago.
    """
    random = Random(seed)
    for number in range(count):
        turn = number // len(FORMULAS)
        place = PLACES[turn % len(PLACES)]
        seat = PLACES.index(place)
        steady = Random(seat) if yearly else random
        year = 2010 + turn // len(PLACES) if yearly else random.randrange(2010, 2024)
        month, day = random.randrange(1, 13), random.randrange(1, 29)
        yield (
            f"{year}-{month:02}-{day:02}",
            FORMULAS[number % len(FORMULAS)].format(
                place=place,
                unit=place[-1],
                ordinal=random.choice(DIGITS),
                times=random.choice(DIGITS),
                quarter=random.choice(DIGITS[:4]),
                year=year,
                month=month,
                day=day,
                one=PEOPLE[seat],
                two=steady.choice(PEOPLE),
                three=random.choice(PEOPLE),
                four=random.choice(PEOPLE),
                n=random.randrange(20, 90),
                m=random.randrange(6, 40),
                sum=random.randrange(20, 99) * 100,
                total=random.randrange(300, 3000),
                phone=f"0{steady.randrange(310, 999)}-{steady.randrange(2000000, 8999999)}",
                firm=steady.choice(FIRMS),
                trade=steady.choice(TRADES),
            ),
        )
