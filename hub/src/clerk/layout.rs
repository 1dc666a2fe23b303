//! The tables that a clerk can give: their columns, by which headers each is recognised, and examples.
//!
//! Reading and templates use the same description, so a template always reads back.

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    /// The header in a template.
    pub(super) zh: &'static str,
    /// The header in English; recognised too.
    pub(super) en: &'static str,
    /// Other headers that mean it, without spaces, stars and brackets, in lower case.
    pub(super) aliases: &'static [&'static str],
    /// Whether a table without it is refused.
    pub(super) required: bool,
    /// What to write in it.
    pub(super) note_zh: &'static str,
    /// The same in English.
    pub(super) note_en: &'static str,
}

/// A table.
#[derive(Debug)]
pub(super) struct Layout {
    /// Its name, which is the name of the sheet in a template.
    pub(super) zh: &'static str,
    /// Its name in English.
    pub(super) en: &'static str,
    /// Its columns; the rest of the code names them by their index.
    pub(super) columns: &'static [Column],
    /// Rows of a template, with the columns in this order.
    pub(super) examples: &'static [&'static [&'static str]],
}

/// Columns of [`PEOPLE`].
pub(super) mod people {
    pub(in super::super) const NAME: usize = 0;
    pub(in super::super) const PHONE: usize = 1;
    pub(in super::super) const ROLES: usize = 2;
    pub(in super::super) const GRIDS: usize = 3;
    pub(in super::super) const AGENCY: usize = 4;
    pub(in super::super) const DUTY: usize = 5;
    pub(in super::super) const TITLE: usize = 6;
    pub(in super::super) const NUMBER: usize = 7;
}

pub(super) const PEOPLE: Layout = Layout {
    zh: "人员",
    en: "People",
    columns: &[
        Column {
            zh: "姓名",
            en: "name",
            aliases: &["人员姓名", "fullname"],
            required: true,
            note_zh: "必填。",
            note_en: "Required.",
        },
        Column {
            zh: "手机",
            en: "phone",
            aliases: &["手机号", "手机号码", "电话", "联系电话", "联系方式", "mobile", "telephone"],
            required: false,
            note_zh: "11 位手机号，每人一个；填了编号的可不填。",
            note_en: "Mobile number, one a person; may be left out where there is a number (编号).",
        },
        Column {
            zh: "角色",
            en: "role",
            aliases: &["roles", "人员角色", "身份"],
            required: true,
            note_zh: "志愿者、网格员、网格长、经办人、督查员、创文办；可填多个，用顿号隔开。",
            note_en: "volunteer, grid member, grid manager, agency handler, supervisor, office; several with commas.",
        },
        Column {
            zh: "网格",
            en: "grid",
            aliases: &["网格编码", "所属网格", "所在网格", "gridcode", "grids"],
            required: false,
            note_zh: "网格员、网格长必填网格编码；督查员填其督查的网格，不填为全区。可填多个。",
            note_en: "Grid codes: required of grid members and managers; a supervisor without one has the whole workspace.",
        },
        Column {
            zh: "单位",
            en: "agency",
            aliases: &["单位编码", "责任单位", "所属单位", "agencycode", "department"],
            required: false,
            note_zh: "经办人必填责任单位编码。",
            note_en: "Agency code, required of agency handlers.",
        },
        Column {
            zh: "包联点位",
            en: "duty",
            aliases: &["包联", "点位", "包联路段", "包联网格", "dutygrids", "dutypoints"],
            required: false,
            note_zh: "包联的网格编码或点位编码，可填多个：可查看那里的工单并补充照片。",
            note_en: "Codes of grids or duty points: gives a view of the tickets there.",
        },
        Column {
            zh: "职务",
            en: "title",
            aliases: &["备注", "职务/备注", "备注/职务", "岗位", "remark", "note", "remarks"],
            required: false,
            note_zh: "显示在姓名旁边，可不填。",
            note_en: "Shown beside the name.",
        },
        Column {
            zh: "编号",
            en: "id",
            aliases: &["人员编号", "工号", "number", "externalid", "staffno"],
            required: false,
            note_zh: "本单位的人员编号，长期不变；有编号时换手机号不会变成另一个人。",
            note_en: "A number of your own that never changes; with it a new phone number does not make a new person.",
        },
    ],
    examples: &[
        &["王小明", "13800000001", "网格员", "SQ01-01", "", "", "专职网格员", "0001"],
        &["李华", "13800000002", "网格长、督查员", "SQ01", "", "", "社区书记", "0002"],
        &["赵敏", "13800000003", "经办人", "", "CG", "SQ01-01", "城管中队", "0003"],
        &["陈静", "13800000004", "志愿者", "", "", "", "", ""],
        &["周强", "13800000005", "创文办", "", "", "", "主任", "0005"],
    ],
};

/// Columns of [`AGENCIES`].
pub(super) mod agencies {
    pub(in super::super) const CODE: usize = 0;
    pub(in super::super) const NAME: usize = 1;
    pub(in super::super) const NAME_EN: usize = 2;
    pub(in super::super) const CATEGORIES: usize = 3;
    pub(in super::super) const GROUPS: usize = 4;
    pub(in super::super) const GRIDS: usize = 5;
}

const CODE: Column = Column {
    zh: "编码",
    en: "code",
    aliases: &["代码", "单位编码", "网格编码", "点位编码", "路段编码", "agencycode", "gridcode", "pointcode"],
    required: true,
    note_zh: "必填，全区唯一，停用后不再使用；只用字母、汉字、数字、-、_、.，最长 40 字节。",
    note_en: "Required, unique, never used again; letters, digits, '-', '_' and '.', at most 40 bytes.",
};
const NAME: Column = Column {
    zh: "名称",
    en: "name",
    aliases: &["单位名称", "单位", "网格名称", "点位名称", "路段名称", "责任单位"],
    required: true,
    note_zh: "必填；同一编码占多行时后几行可不填。",
    note_en: "Required; may be left out in further rows of the same code.",
};
const NAME_EN: Column = Column {
    zh: "英文名称",
    en: "name_en",
    aliases: &["英文名", "englishname", "nameen"],
    required: false,
    note_zh: "可不填。",
    note_en: "Optional.",
};

pub(super) const AGENCIES: Layout = Layout {
    zh: "责任单位",
    en: "Agencies",
    columns: &[
        CODE,
        NAME,
        NAME_EN,
        Column {
            zh: "事项",
            en: "categories",
            aliases: &["事项编码", "牵头事项", "主办事项", "category"],
            required: false,
            note_zh: "该单位主办的事项编码，可填多个；优先于分组。",
            note_en: "Codes of the categories that it leads; they go before groups.",
        },
        Column {
            zh: "分组",
            en: "groups",
            aliases: &["分组编码", "牵头分组", "事项分组", "大类", "group"],
            required: false,
            note_zh: "该单位主办的事项分组编码，可填多个。",
            note_en: "Codes of the groups that it leads.",
        },
        Column {
            zh: "网格",
            en: "grids",
            aliases: &["网格编码", "范围", "限定网格", "grid"],
            required: false,
            note_zh: "只在这些网格内主办；不填为全区。范围不同的事项请分行填写。",
            note_en: "Leads only in these grids; empty for everywhere. Write another row for another area.",
        },
    ],
    examples: &[
        &["CG", "城市管理局", "Urban Management", "", "M06、M07", ""],
        &["CG", "", "", "", "M09", "SQ01"],
        &["JJ", "交警大队", "Traffic Police", "M09009、M09010", "", ""],
        &["WY", "物业办", "", "", "", ""],
    ],
};

/// Columns of [`DUTIES`].
pub(super) mod duties {
    pub(in super::super) const CODE: usize = 0;
    pub(in super::super) const NAME: usize = 1;
    pub(in super::super) const NAME_EN: usize = 2;
    pub(in super::super) const KIND: usize = 3;
    pub(in super::super) const GRIDS: usize = 4;
    pub(in super::super) const MEMBERS: usize = 5;
}

pub(super) const DUTIES: Layout = Layout {
    zh: "包联点位",
    en: "Responsibilities",
    columns: &[
        CODE,
        NAME,
        NAME_EN,
        Column {
            zh: "类型",
            en: "kind",
            aliases: &["路段/点位", "type"],
            required: false,
            note_zh: "路段或点位；不填为点位。",
            note_en: "road or point; point where empty.",
        },
        Column {
            zh: "网格",
            en: "grids",
            aliases: &["网格编码", "所在网格", "grid"],
            required: true,
            note_zh: "所在网格的编码，可填多个。",
            note_en: "Codes of the grids that it lies in.",
        },
        Column {
            zh: "责任人",
            en: "members",
            aliases: &["包联人", "包联责任人", "人员", "member", "people"],
            required: false,
            note_zh: "责任人的编号或手机号，可填多个；须先导入人员。",
            note_en: "Numbers or phone numbers of members, who must be imported before.",
        },
    ],
    examples: &[
        &["LD-01", "人民路（东段）", "Renmin Road East", "路段", "SQ01-01", "0003"],
        &["DW-01", "东门农贸市场", "", "点位", "SQ01", "13800000002、0001"],
    ],
};

/// Columns of [`GRIDS`].
pub(super) mod grids {
    pub(in super::super) const CODE: usize = 0;
    pub(in super::super) const NAME: usize = 1;
    pub(in super::super) const LEVEL: usize = 2;
    pub(in super::super) const PARENT: usize = 3;
}

pub(super) const GRIDS: Layout = Layout {
    zh: "网格",
    en: "Grids",
    columns: &[
        CODE,
        NAME,
        Column {
            zh: "层级",
            en: "level",
            aliases: &["级别", "网格级别", "网格层级", "等级"],
            required: true,
            note_zh: "区县、街道、社区、网格、微网格，或已发布的层级名称、编码。",
            note_en: "district, street, community, grid, microgrid, or a level that is published.",
        },
        Column {
            zh: "上级",
            en: "parent",
            aliases: &["上级编码", "上级网格", "上级网格编码", "父级", "parentcode"],
            required: false,
            note_zh: "上级网格的编码；最上一级不填。",
            note_en: "Code of the grid above; empty for the topmost.",
        },
    ],
    examples: &[
        &["JD01", "东门街道", "街道", ""],
        &["SQ01", "东门社区", "社区", "JD01"],
        &["SQ01-01", "第一网格", "网格", "SQ01"],
    ],
};
