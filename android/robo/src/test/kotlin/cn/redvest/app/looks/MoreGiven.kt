package cn.redvest.app.looks

import cn.redvest.core.Act
import cn.redvest.core.CatalogueView
import cn.redvest.core.CategoryGroup
import cn.redvest.core.CategoryRow
import cn.redvest.core.ClockName
import cn.redvest.core.ClockRow
import cn.redvest.core.Draft
import cn.redvest.core.Fix
import cn.redvest.core.FixSource
import cn.redvest.core.GridName
import cn.redvest.core.GridRow
import cn.redvest.core.Handler
import cn.redvest.core.HistoryRow
import cn.redvest.core.LateRow
import cn.redvest.core.Outcome
import cn.redvest.core.PhotoRow
import cn.redvest.core.PlaceView
import cn.redvest.core.Position
import cn.redvest.core.Reason
import cn.redvest.core.Shows
import cn.redvest.core.Status
import cn.redvest.core.TicketDetail
import cn.redvest.core.TicketRow

/** A category to choose. */
fun category(zh: String, en: String, urgent: Boolean = false, code: String = zh): CategoryRow = CategoryRow(
    code, zh, en, "", "M06", urgent, Outcome.RECTIFIED, photosBefore = 2u, photosAfter = 1u, accuracyGateM = 30u, handler = Handler.AGENCY,
)

private val FEW = listOf(
    category("暴露垃圾", "Exposed litter"), category("积存垃圾渣土", "Heaped refuse and rubble"),
    category("占用消防通道", "Fire lane blocked", urgent = true),
)

/** A catalogue with a few categories. */
val CATALOGUE: CatalogueView = CatalogueView(
    "市容环境", "City appearance", "", "", FEW,
    listOf(
        CategoryGroup("M06", "市容环境", "Appearance and environment", FEW),
        CategoryGroup("M07", "宣传广告", "Signs and advertising", FEW), CategoryGroup("M09", "街面秩序", "Order in the street", FEW),
    ),
)

/** Grids of two levels. */
val GRIDS: List<GridRow> = listOf(
    GridRow("SQ01", "和平社区", "社区", "Community", hasChildren = true, hasShape = true, path = "红旗街道"),
    GridRow("WG01", "和平一网格", "网格", "Grid", hasChildren = false, hasShape = true, path = "红旗街道 / 和平社区"),
)

/** Where the reports of these sheets are. */
val HERE: Position = Position(312_325_000, 1_214_725_000)

/** What is known of the place. */
fun place(near: List<TicketRow> = emptyList(), gateMet: Boolean = true): PlaceView = PlaceView(
    grid = "WG01",
    gridPath = listOf(GridName("SQ01", "和平社区", "社区", "Community"), GridName("WG01", "和平一网格", "网格", "Grid")),
    borders = listOf(
        cn.redvest.core.Border(
            "WG01", "和平一网格",
            listOf(listOf(Position(312_318_000, 1_214_719_000), Position(312_318_000, 1_214_733_000), Position(312_331_000, 1_214_731_000), Position(312_330_000, 1_214_717_000))),
        ),
    ),
    gateM = 30u, gateMet = gateMet, handlerZh = "城市管理局", handlerEn = "City management", nearby = near, shownLat = null, shownLon = null,
)

/** A measurement so exact. */
fun fix(metres: Int): Fix = Fix(HERE, (metres * 100).toUInt(), FixSource.SATELLITE, 800u, false)

/** A draft of a report. */
val DRAFT: Draft = Draft(
    id = "d", ticket = null, started = NOW - 5 * MINUTES, changed = NOW, category = "06010", pin = HERE, fix = fix(8), grid = null,
    place = null, words = null, before = emptyList(), after = emptyList(), outcome = null, gateReason = null, recurs = null, source = null,
)

/** Why a good measurement was not waited for. */
val GATE: List<Reason> = listOf(
    Reason("tall_buildings", "高楼遮挡", "Tall buildings"), Reason("indoors", "室内", "Indoors"), Reason("danger", "现场危险，不能停留", "Too dangerous to stay"),
)

private fun photo(shows: Shows, name: String) = PhotoRow(name, "e1", shows, 1u, null, NOW, emptyList(), null, null, null, null)

private fun event(zh: String, en: String, author: String, at: Long, words: String? = null, pending: Status? = null, late: LateRow? = null) = HistoryRow(
    event = "e$at", kind = en, kindZh = zh, kindEn = en, author = author, mine = false, received = at + 4 * MINUTES, happened = at,
    unsure = false, aboutZh = null, aboutEn = null, words = words, place = null, distanceM = null, erased = false, photos = 1u, pending = pending, late = late,
)

/** A ticket's own screen. */
fun detail(acts: List<Act> = listOf(Act.ACCEPT, Act.RETURN, Act.RECTIFY, Act.ADD_EVIDENCE, Act.COMMENT, Act.ASK), late: Boolean = false): TicketDetail = TicketDetail(
    row = ticketRow(urged = 1, round = 2), cooperatingZh = listOf("和平一网格"), rectification = null, ask = null, wish = null, recurs = null,
    clocks = listOf(
        ClockRow(ClockName.ACCEPT, NOW + HOURS, HOURS, true, null), ClockRow(ClockName.RECTIFY, NOW - HOURS, -HOURS, true, null),
        ClockRow(ClockName.DISPATCH, null, null, false, true),
    ),
    marks = emptyList(),
    history = listOf(
        event("上报", "Reported", "李红", NOW - 3 * HOURS, "垃圾桶旁堆了很多袋子"),
        event("处置", "Put right", "王强", NOW - 2 * HOURS).copy(distanceM = 35u),
        event("处置", "Put right", "赵敏", NOW - 90 * MINUTES).copy(distanceM = 1_240u),
        event("催办", "Reminded", "周静", NOW - HOURS), event("签收", "Accepted", "王强", NOW - 2 * MINUTES, pending = Status.WAITING,
            late = if (late) LateRow("late_stage", "工单已不在待签收阶段。", "The ticket had moved on.", "签收", "acceptance", "赵敏", NOW - 10 * MINUTES) else null),
    ),
    photos = listOf(photo(Shows.BEFORE, "p1"), photo(Shows.BEFORE, "p2"), photo(Shows.AFTER, "p3")),
    acts = acts, photosBefore = 2u, photosAfter = 1u, accuracyGateM = 30u, rectifyLimit = null, handOn = true, usualOutcome = Outcome.RECTIFIED,
)
