"""Archives of any size, of our own sentences: a quarter Traditional, a tenth reprints.

    python tests/benchmarks/archive_maker.py 10000 100000

stores that many articles and says, at each size, how fast the last tenth went in and what each
table takes. `--without-reprints` leaves that step out, `--profile` says where the time goes.
"""

import cProfile
import pstats
import sqlite3
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from unittest.mock import patch

from opencc import OpenCC

sys.path.insert(0, str(Path(__file__).parents[1]))

from notices import edited, framed

from archive.records import Article, Capture, SiteRecord
from archive.store import Store

WORD_LIST = """
职工 企业 工人 工资 劳动 合同 安全 生产 班组 车间 技术 比赛 师傅 徒弟 劳模
代表 大会 主席 会员 权益 维护 法律 援助 培训 困难 帮扶 慰问 家属 子女 助学
医疗 互助 保障 活动 文化 体育 图书 书屋 歌咏 摄影 展览 春节 中秋 高温 工地
农民 进城 拖欠 协商 集体 协议 调解 仲裁 法院 检查 整改 隐患 矿山 煤炭 钢铁
纺织 铁路 港口 码头 司机 快递 骑手 环卫 教师 护士 医生 邮政 电力 通信 建筑
机械 化工 食品 酒店 旅游 银行 保险 街道 社区 乡镇 园区 项目 工程 投资 市场
产品 质量 创新 改革 发展 经济 社会 政府 部门 领导 干部 群众 青年 妇女 退休
老人 健康 生活 收入 住房 交通 环境 春天 夏天 冬天 早晨 夜班 食堂 宿舍 澡堂
浴室 厂房 仓库 设备 电机 锅炉 焊接 车床 图纸 标准 记录 报告 通知 决定 意见
方案 计划 总结 表彰 奖励 先进 模范 荣誉 奖章 旗帜 歌声 掌声 微笑 握手 问候
关心 支持 帮助 解决 落实 推进 加强 完善 建立 开展 举办 组织 参加 学习 讨论
研究 部署 要求 强调 指出 认为 表示 希望 相信 决心 努力 成为 作为 通过 根据
关于 对于 已经 正在 将要 仍然 不断 逐步 全面 深入 广泛 积极 主动 认真 及时
有效 明显 显著 昨天 今天 明天 去年 今年 上午 下午 记者 采访 现场 看到 听到
来到 走进 离开 回到 全省 全市 全县 全厂 全体 各级
"""
WORDS = tuple(WORD_LIST.split())
SITES = 40
UNION = "工会"
WORDS_OF_A_TEXT = 740
"""About 1,345 characters, as articles have on average."""
REPRINTS = 0.1
TRADITIONAL = 0.25
WITH_UNION = 0.9
BATCH = 100


@cache
def _traditional() -> dict[str, str]:
    converter = OpenCC("s2t")
    return {word: converter.convert(word) for word in [*WORDS, UNION]}


def text_of(random: Random) -> str:
    """A text of no particular event; some words are much more frequent than others."""
    size = int(WORDS_OF_A_TEXT * random.lognormvariate(-0.1, 0.5))
    made = [UNION] if random.random() < WITH_UNION else []
    while len(made) < size:
        size_of_clause = random.randint(4, 9)
        made += (WORDS[int(len(WORDS) * random.random() ** 1.6)] for _ in range(size_of_clause))
        if random.random() < 0.15:
            made += (str(random.randint(2, 2000)), random.choice("年月日人名元个"))
        made.append(random.choice("，，，。。；\n"))
    if random.random() < TRADITIONAL:
        made = [_traditional().get(word, word) for word in made]
    return "".join(made)


def articles(count: int, seed: int = 1) -> Iterator[tuple[str, Article]]:
    """That many articles, each with its site's id."""
    random = Random(seed)
    originals: list[str] = []
    for number in range(count):
        if originals and random.random() < REPRINTS:
            text = framed(random, edited(random, random.choice(originals), random.random() / 60))
        else:
            text = text_of(random)
            originals.append(text)
        day = date(2000, 1, 1) + timedelta(days=random.randrange(9_000))
        site = f"site{random.randrange(SITES):02}"
        title = text[:18].replace("\n", "")
        yield site, Article(f"http://{site}.example/a/{number}", title, text, day.isoformat())


def store_all(store: Store, some: Iterable[tuple[str, Article]], first: int) -> int:
    """Put articles into an archive, in transactions of BATCH; give how many there are then."""
    number = first
    for batch in batched(some):
        with store.transaction():
            for site, article in batch:
                record = Capture(
                    f"urn:uuid:{number:012}", article.url, "2026-01-01T00:00:00Z", 200, "text/html",
                    f"sha1:{number}", "one.warc.gz", number,
                )  # fmt: skip
                store.save(record, article, site)
                number += 1
    return number


def batched(some: Iterable[tuple[str, Article]]) -> Iterator[list[tuple[str, Article]]]:
    """BATCH articles at a time."""
    rest = iter(some)
    while batch := list(islice(rest, BATCH)):
        yield batch


def sizes(db: sqlite3.Connection, count: int) -> str:
    """The bytes an article takes, in each of the largest tables."""
    pages = db.execute(
        "SELECT t.tbl_name, sum(s.pgsize) FROM dbstat AS s JOIN sqlite_master AS t"
        " ON t.name = s.name GROUP BY 1 HAVING sum(s.pgsize) > 40 * ? ORDER BY 2 DESC",
        [count],
    )
    return ", ".join(f"{name} {size // count:,}" for name, size in pages)


def main() -> None:
    """Store and measure."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("counts", nargs="+", type=int)
    parser.add_argument("--without-reprints", action="store_true")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if given.without_reprints:
            stack.enter_context(patch("archive.reprints.finding.add", lambda *_: None))
        profile = stack.enter_context(cProfile.Profile()) if given.profile else None
        store = stack.enter_context(Store(Path(folder) / "archive.db", "1"))
        for site in range(SITES):
            store.put_site(
                SiteRecord(f"site{site:02}", f"站{site}", f"http://site{site:02}.example/")
            )
        _measure(store, given.counts)
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def _measure(store: Store, counts: list[int]) -> None:
    """Say at each count how fast the articles before it went in: the last tenth of it, at most."""
    source = articles(max(counts))
    done = 0
    for count in sorted(counts):
        done = store_all(store, islice(source, count - count // 10 - done), done)
        last = list(islice(source, count - done))
        start, cpu = time.perf_counter(), time.process_time()
        done = store_all(store, last, done)
        rate = len(last) / (time.perf_counter() - start)
        each = (time.process_time() - cpu) / len(last) * 1e6
        joined = store.db.execute("SELECT count(*) FROM reprints").fetchone()[0]
        print(f"{count:,} articles: {rate:,.0f}/s, {each:,.0f} µs of CPU each; {joined:,} joined")
        print(f"  bytes an article: {sizes(store.db, count)}", flush=True)


if __name__ == "__main__":
    main()
