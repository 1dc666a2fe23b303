package cn.redvest.app.looks

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.place.PlaceMap
import cn.redvest.app.place.Lost
import cn.redvest.app.report.ReportActs
import cn.redvest.app.report.ReportState
import cn.redvest.app.report.ReportView
import cn.redvest.app.report.Shot
import cn.redvest.app.report.categories
import cn.redvest.app.report.grids
import cn.redvest.app.report.shootTrouble
import cn.redvest.app.report.shootView
import cn.redvest.app.ticket.TicketActs
import cn.redvest.app.ticket.TicketState
import cn.redvest.app.ticket.ticketBody
import cn.redvest.app.ticket.ticketFoot
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.button
import cn.redvest.app.ui.column
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.text
import cn.redvest.app.work.Which
import cn.redvest.app.work.WorkActs
import cn.redvest.app.work.WorkState
import cn.redvest.app.work.workBody
import cn.redvest.core.Act
import cn.redvest.core.Outcome
import cn.redvest.core.PhotoRow
import cn.redvest.core.Pressing
import cn.redvest.core.TicketDetail
import cn.redvest.core.Work

/** The screens of reporting, and those of tickets. */
val MORE_SAMPLES: List<Sample> = listOf(
    Sample("report-shoot") { ui -> ui.shootView(View(ui.context).apply { setBackgroundColor(ui.color(R.color.ink_soft)) }, ui.say(R.string.shoot_title), null, {}, {}) },
    Sample("report-busy") { ui -> ui.shootTrouble(CameraTrouble.BUSY, ui.say(R.string.report), {}, {}, {}, {}) },
    Sample("report-category") { ui ->
        framed(ui, R.string.choose_category) { body(ui.categories(CATALOGUE, false, "M06", {}, {})) }
    },
    Sample("report-grid") { ui -> framed(ui, R.string.pick_grid) { body(ui.grids(GRIDS, GRIDS, emptyList(), {}, {}, {})) } },
    Sample("report-new") { ui -> report(ui, NEW) },
    Sample("report-full") { ui -> report(ui, FULL) },
    Sample("report-full-disk") { ui -> report(ui, FULL.copy(failure = ui.pick(FULL_DISK.first, FULL_DISK.second), waiting = 2)) },
    Sample("report-map") { ui -> map(ui) },
    Sample("work") { ui -> work(ui, WORK) },
    Sample("work-empty") { ui -> work(ui, WORK.copy(rows = emptyList(), kinds = emptyList(), more = false)) },
    Sample("ticket") { ui -> ticket(ui, detail()) },
    Sample("ticket-late") { ui -> ticket(ui, detail(listOf(Act.PASS, Act.SEND_BACK, Act.URGE, Act.CARD, Act.VOID), late = true)) },
)

private val NEW = ReportState(
    DRAFT.copy(pin = null, category = null), null, listOf(Shot("a", null)), emptyList(), null, null, null, emptyList(), null, false, NOW,
)

private val FULL = ReportState(
    DRAFT.copy(outcome = Outcome.RECTIFIED), category("占用消防通道", "Fire lane blocked", urgent = true), listOf(Shot("a", null)), listOf(Shot("b", null)),
    place(listOf(ticketRow(distance = 23)), gateMet = false), fix(64), Lost.OFF, GATE, "请至少拍一张照片。", false, NOW,
)

private val FULL_DISK = "存储空间已满。请清理空间后重试，此前保存的内容都还在。" to "The storage is full. Free some space, then try again; what was saved before is still there."

private fun framed(ui: Ui, title: Int, fill: Frame.() -> Unit): View = Frame(ui, ui.say(title)) {}.apply(fill)

private fun report(ui: Ui, state: ReportState): View {
    val view = ReportView(ui, object : ReportActs {
        override fun shoot(after: Boolean) = Unit
        override fun drop(shot: Shot) = Unit
        override fun category() = Unit
        override fun map() = Unit
        override fun grid() = Unit
        override fun locate() = Unit
        override fun reason(code: String) = Unit
        override fun spot(outcome: Outcome?) = Unit
        override fun open(ticket: String) = Unit
        override fun words(place: String, words: String) = Unit
        override fun save() = Unit
    })
    view.show(state)
    return framed(ui, R.string.report) {
        body(ui.column(16) {
            put(view.view)
            put(ui.button(ui.say(R.string.discard), Loud.Quiet) {})
        })
        foot(view.foot(false))
    }
}

private fun map(ui: Ui): View = framed(ui, R.string.pin_title) {
    body(ui.column(8) {
        put(ui.text(ui.say(R.string.pin_more), Type.Soft))
        put(PlaceMap(ui) {}.apply { show(HERE, fix(30), place(listOf(ticketRow()))) }, height = ui.dp(360))
    })
    foot(ui.footer(ui.button(ui.say(R.string.pin_back)) {}, ui.button(ui.say(R.string.pin_here), Loud.Main) {}))
}

private val WORK = WorkState(
    rows = listOf(
        ticketRow(pressing = Pressing.OVERDUE, due = NOW - HOURS, carded = 1, urged = 1), ticketRow(zh = "占道经营", en = "Stalls on the road", returned = 3, round = 2),
        ticketRow(zh = "道路破损", en = "Damaged road", pressing = Pressing.ON_TIME, due = NOW + 50 * HOURS, pending = 1, probablyLate = 1),
        ticketRow(zh = "非机动车乱停放", en = "Bicycles parked in the way", suspendedUntil = NOW + 72 * HOURS, place = null),
    ),
    more = true, which = Which.ToDo(null), kinds = listOf(Which.ToDo(null), Which.ToDo(Work.RECTIFY), Which.ToDo(Work.REVIEW), Which.Mine), now = NOW,
)

private fun work(ui: Ui, state: WorkState): View = framed(ui, R.string.to_do) {
    body(ui.workBody(state, object : WorkActs {
        override fun which(which: Which) = Unit
        override fun open(ticket: String) = Unit
        override fun more() = Unit
    }))
}

private fun ticket(ui: Ui, detail: TicketDetail): View {
    val acts = object : TicketActs {
        override fun act(act: Act) = Unit
        override fun goThere() = Unit
        override fun photo(photo: PhotoRow) = Unit
    }
    return framed(ui, R.string.ticket) {
        body(ui.ticketBody(TicketState(detail, NOW), acts))
        foot(ui.ticketFoot(detail, acts))
    }
}
