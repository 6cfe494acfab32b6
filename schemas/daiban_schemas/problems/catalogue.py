"""What can be wrong with the files that the catalogue takes in."""

from daiban_schemas.problems import Problem

CATALOGUE: dict[str, Problem] = {
    # The catalogue: files that are taken in, then their sheets, cells and questions
    "workbook.too_large": Problem(
        413,
        "文件太大",
        "文件不要超过 5 MB，不要放图片和别的内容",
        "File too large",
        "At most 5 MB, and nothing else in it",
    ),
    "workbook.unreadable": Problem(
        422, "文件打不开", "请用表格软件另存为 XLSX 格式再上传", "Not a readable XLSX file", "Save it as XLSX again"
    ),
    "workbook.macros": Problem(
        422, "不收带宏的文件", "请另存为不带宏的 XLSX 格式", "A file with macros", "Save it as XLSX without macros"
    ),
    "workbook.too_many_rows": Problem(
        422, "行数太多", "每张表不要超过 2000 行", "Too many rows", "At most 2,000 in each sheet"
    ),
    "catalogue.faulty": Problem(
        422, "文件里有不对的地方", "什么都没有改动，请按列出的位置改好再上传", "Faults in the file", "Mend those listed"
    ),
    "catalogue.edition": Problem(
        409, "事项版本已变", "请重新导出，在新版本上修改", "The edition has moved on", "Export again and edit that"
    ),
    "catalogue.no_draft": Problem(
        409,
        "没有等着发布的文件",
        "请先上传文件，看过改动再发布",
        "Nothing waits to be published",
        "Upload a file first",
    ),
    "catalogue.not_seen": Problem(
        409,
        "改动和您看到的不一样了",
        "什么都没有发布，请再看一遍现在的改动",
        "The changes are not those that were shown",
        "Look at them again; nothing was published",
    ),
    "catalogue.until": Problem(
        422, "停用日期已经过去", "请写今天或以后的日期", "The day has passed", "Name today or a later day"
    ),
    "catalogue.ends": Problem(
        409, "停用的个数对不上", "请先试导入，核对会停用哪些，写明个数", "Other endings than told", "Do a dry run first"
    ),
    "catalogue.item": Problem(404, "没有这个事项", "请核对事项编码", "No such item in force", "Check the item's code"),
    "catalogue.window": Problem(
        422, "没有这个窗口", "请先在「窗口」表里写上", "No such window", "Add it to the windows first"
    ),
    "catalogue.centre": Problem(
        422, "没有这个中心，或有重名", "请核对中心名称", "No such centre, or two", "Check the centre's name"
    ),
    "catalogue.nowhere": Problem(
        422, "没写窗口设在哪里", "请写中心名称，或注明各中心都有", "A window nowhere", "Name its centres, or all"
    ),
    "catalogue.code": Problem(
        422, "编码写得不对", "编码只用字母、数字和短横线", "Not a code", "Letters, digits and hyphens only"
    ),
    "catalogue.promise": Problem(
        422, "承诺时限比法定时限长", "请核对两个时限", "The promise is longer than the law allows", "Check both limits"
    ),
    "catalogue.twice": Problem(422, "重复了", "请去掉一个", "Twice", "Take one away"),
    "catalogue.unwritable": Problem(
        422, "有表格里写不了的字符", "请删去制表符等看不见的字符和 ${", "Characters no sheet holds", "Take them out"
    ),
    "sheet.missing": Problem(422, "缺这张表", "请用导出的文件作模板", "Sheet missing", "Start from an export"),
    "sheet.unknown": Problem(422, "多了这张表", "请删去这张表", "Unknown sheet", "Delete it"),
    "sheet.no_heading": Problem(422, "缺表头", "请用导出的文件作模板", "No heading", "Start from an export"),
    "sheet.column_missing": Problem(422, "缺这一列", "请补上这一列", "Column missing", "Add the column"),
    "sheet.column_unknown": Problem(422, "多了这一列", "请删去这一列", "Unknown column", "Delete the column"),
    "sheet.column_twice": Problem(422, "这一列有两个", "请删去一个", "Column twice", "Delete one of them"),
    "sheet.stray": Problem(422, "表头之外有内容", "请删去这些内容", "Something beside the table", "Delete it"),
    "cell.formula": Problem(422, "这里是公式", "请改成文字或数字", "A formula", "Write the value itself"),
    "cell.error": Problem(422, "这里不是文字、数字或日期", "请重新填写", "No plain value", "Fill in again"),
    "cell.limit": Problem(
        422, "时限写得不对", "请写成 15工作日 或 30自然日", "Not a time limit", "Write it as in an exported file"
    ),
    "question.name": Problem(
        422, "题号写得不对", "题号用小写字母开头的字母、数字和下划线", "Not a question's id", "Like family_income"
    ),
    "question.choices": Problem(
        422,
        "选项写得不对",
        "单选和多选要有选项，各不相同，别的题型没有",
        "Wrong choices",
        "Distinct, where one chooses",
    ),
    "question.limits": Problem(
        422, "限制写得不对", "整数可限大小，文字可限字数", "Wrong limits", "Numbers have bounds, texts a length"
    ),
    "question.condition": Problem(
        422, "条件写得不对", "条件只能看前面的是否、单选或整数题", "Wrong condition", "Refer to an earlier question"
    ),
    "xlsform.unsupported": Problem(
        422, "本系统的表单表达不了", "请改用支持的写法", "Our forms cannot say this", "Use what they can say"
    ),
    "xlsform.refused": Problem(422, "不是规范的 XLSForm", "请按提示修改", "Not a valid XLSForm", "Mend what is told"),
    "xlsform.other_item": Problem(
        422, "这是别的事项的表单", "请核对 form_id", "The form of another item", "Check form_id"
    ),
}
