"""How official letters and laws look: numbers, salutations, signatures, chapters, file lists."""

import re

from crawler.clean.page import Block

NAMES_DOCUMENT = re.compile(
    r"(?:办法|规定|细则|通知|标准|制度|规则|意见|方案|条例|规程|规范|目录|名单|指引|守则|指南|须知|章程|决定|决议|通报|"
    r"公告|公示|通告|计划|纲要|要点|报告|函|法|表|预算|决算|清单)(?:[(（《〈【][^()（）]{1,20}[)）》〉】])*[》”]?$"
)
NUMBER = re.compile(r"^[\u3400-\u9fff()·]{2,14}[〔\[(]\d{4}[〕\])]\d{1,4}号$")
FORMAL = re.compile(  # how official letters begin and end
    rf"{NUMBER.pattern}|^[^。]{{2,40}}:$|^(?:抄[送报]|主送|附件?|主题词)\s*:"
    r"|^\(?(?:\d{4}|[一二][〇○零oО0一二三四五六七八九]{3})年.{1,6}月.{1,4}日\)?$|^特此(?:公告|通知|通报|函)"
    r"|^[\u3400-\u9fff]{2,20}(?:会|局|部|委|办|办公室|办事处|工委|公司|政府|中心)$|^\(此[件文].{2,20}\)$"
)
LAW = re.compile(  # and how laws do: when enacted, how divided
    r"^\(.*日.{2,80}(?:通过|批准|修[订正]|公布|施行).{0,12}\)$|^第[一二三四五六七八九十]{1,3}[编章节]\s*\S{1,20}$"
)


def names_document(block: Block) -> bool:
    """Whether a line ends as the titles of regulations and official letters do."""
    return bool(NAMES_DOCUMENT.search(block.folded))
